import { describe, expect, it } from 'vitest';
import { buildSignalState } from '../../src/analytics/signals/signal-state.js';
import { Cache, MemoryStore, Namespaces, Provenance, type Store } from '../../src/cache/index.js';
import { CachedLoader } from '../../src/loaders/cached-loader.js';
import { instrumentsPolicy, computeKnown, type NoArguments } from '../../src/loaders/instruments.js';
import type { SeriesKey } from '../../src/loaders/series.js';
import { computeSignals, signalsPolicy, type Signal } from '../../src/loaders/signals.js';
import type { Candle } from '../../src/market/candle.js';
import type { Instrument } from '../../src/market/instrument.js';
import type { MarketData } from '../../src/market/market-data.js';
import { GatewayError } from '../../src/support/gateway-error.js';
import { csvOf, openFiles } from '../upstream/csv/csv-folder.js';
import type { ManualClock } from '../support/manual-clock.js';
import { createLoaderWorld } from './loader-world.js';

const KEY = { symbol: 'BTC-USD', timeframe: 'M15' } as const;
const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 15, 12);

describe('signals loader', () => {
  it('holds what the last closed candles say, until the next one closes', async () => {
    const { request, market, clock, provenance } = createLoaderWorld();
    const signal = await request().signals.load(KEY);
    const [candles] = await market.candles([{ ...KEY, limit: 500 }]);
    if (!candles || candles instanceof Error) throw new Error('There are no candles.');
    const state = buildSignalState(candles, 498);
    expect(signal).toMatchObject({ ...KEY, lastProcessed: NOON, nextClose: NOON + 15 * MINUTE, state });
    expect(provenance.of(signal)).toMatchObject({
      status: 'MISS',
      ttlMs: 14.5 * MINUTE,
      tags: ['signals:BTC-USD:M15'],
    });
    clock.advance(10 * MINUTE);
    expect(provenance.of(await request().signals.load(KEY))?.status).toBe('HIT');
    clock.advance(5 * MINUTE);
    const next = await request().signals.load(KEY);
    expect([next.lastProcessed, provenance.of(next)?.status]).toEqual([NOON + 15 * MINUTE, 'MISS']);
  });

  it.each([1, 2, 5])(
    'is advanced by %d new candles, and fetches no more than these, the one before and the open one',
    async (count) => {
      const world = createCountingWorld();
      await world.request().signals.load(KEY);
      for (let time = 0; time < 3; time += 1) {
        world.clock.advance(count * 15 * MINUTE);
        const signal = await world.request().signals.load(KEY);
        expect(world.counts.at(-1)).toEqual([count + 2]);
        expectSame(signal, await cold(world.clock.now()));
      }
      expect(world.counts).toHaveLength(4);
    },
  );

  it('asks the source once for 243 symbols, and once for what is new in them', async () => {
    const world = createCountingWorld();
    const instruments = await world.market.instruments();
    const keys = instruments.map(({ symbol }) => ({ symbol, timeframe: 'M15' as const }));
    expect(keys).toHaveLength(243);
    const first = await world.request().signals.loadMany(keys);
    expect(first.map((signal) => (signal instanceof Error ? signal : signal.symbol))).toEqual(
      keys.map(({ symbol }) => symbol),
    );
    expect(world.counts).toEqual([Array(243).fill(500)]);
    world.clock.advance(15 * MINUTE);
    const second = await world.request().signals.loadMany(keys);
    expect(second.every((signal) => !(signal instanceof Error) && signal.lastProcessed === NOON + 15 * MINUTE)).toBe(
      true,
    );
    expect(world.counts.slice(1)).toEqual([Array(243).fill(3)]);
  });

  it('goes on over buckets in which nothing traded, and is not built anew for them', async () => {
    const isQuiet = ({ time }: Candle) => time % (5 * 15 * MINUTE) === 0;
    const world = createCountingWorld((candles) => candles.filter((candle) => !isQuiet(candle)));
    await world.request().signals.load(KEY);
    for (let time = 0; time < 12; time += 1) {
      world.clock.advance(45 * MINUTE);
      expectSame(await world.request().signals.load(KEY), await cold(world.clock.now(), world.alter));
    }
    expect(world.calls.map(([only]) => only?.from === undefined)).toEqual([true, ...Array<boolean>(12).fill(false)]);
  });

  it('is fresh to the close alone before which its candles were fetched', async () => {
    const fetching = { ms: 1_000 };
    const world = createLoaderWorld((market) => ({
      candles: async (requests) => {
        const candles = await market.candles(requests);
        world.clock.advance(fetching.ms);
        return candles;
      },
    }));
    world.clock.advance(14.5 * MINUTE - 500);
    const early = await world.request().signals.load(KEY);
    fetching.ms = 0;
    const later = await world.request().signals.load(KEY);
    expect([early.lastProcessed, later.lastProcessed]).toEqual([NOON, NOON + 15 * MINUTE]);
  });

  it('asks again in a minute where the last bucket has no candle, which may be late', async () => {
    let late = NOON;
    const world = createCountingWorld((candles) => candles.filter(({ time }) => time !== late));
    await world.request().signals.load(KEY);
    world.clock.advance(15 * MINUTE);
    const load = async () => {
      const signal = await world.request().signals.load(KEY);
      const { status, ttlMs } = world.provenance.of(signal) ?? {};
      return [status, ttlMs, signal.lastProcessed];
    };
    expect(await load()).toEqual(['MISS', MINUTE, NOON]);
    late = NaN;
    world.clock.advance(MINUTE / 2);
    expect(await load()).toEqual(['HIT', MINUTE / 2, NOON]);
    world.clock.advance(MINUTE / 2);
    expect(await load()).toEqual(['MISS', 13.5 * MINUTE, NOON + 15 * MINUTE]);
    expect(world.counts).toEqual([[499], [2], [3]]);
  });

  it.each<[string, (candle: Candle) => Candle]>([
    ['close', (candle) => ({ ...candle, close: candle.close * 2 })],
    ['high', (candle) => ({ ...candle, high: candle.high * 2 })],
    ['volume', (candle) => ({ ...candle, volume: candle.volume + 1 })],
  ])('is built anew where the %s of the last candle was revised', async (_, revise) => {
    let isRevised = false;
    const world = createCountingWorld((candles) => (isRevised ? candles.map(revise) : candles));
    const keys = [KEY, { ...KEY, symbol: 'ETH-USD' }];
    await world.request().signals.loadMany(keys);
    isRevised = true;
    world.clock.advance(15 * MINUTE);
    const [signal] = await world.request().signals.loadMany(keys);
    // All that is to be built anew in one more call.
    expect(world.counts).toEqual([500, 3, 500].map((count) => [count, count]));
    expectSame(signal, await cold(world.clock.now(), world.alter));
  });

  it('is built anew where its last candle is gone, and only that one of the batch', async () => {
    let gone = -1;
    const world = createCountingWorld((candles, symbol) =>
      symbol === 'ETH-USD' ? candles.filter(({ time }) => time !== gone) : candles,
    );
    const keys = [KEY, { ...KEY, symbol: 'ETH-USD' }, { ...KEY, symbol: 'SOL-USD' }];
    await world.request().signals.loadMany(keys);
    gone = NOON - 15 * MINUTE;
    world.clock.advance(15 * MINUTE);
    const [, eth] = await world.request().signals.loadMany(keys);
    expect(world.counts.slice(1)).toEqual([[3, 2, 3], [499]]);
    expect(world.calls[2]?.map(({ symbol, from }) => [symbol, from])).toEqual([['ETH-USD', undefined]]);
    expectSame(eth, await cold(world.clock.now(), world.alter, 'ETH-USD'));
  });

  it('is built anew where more candles are new than one call answers', async () => {
    const world = createCountingWorld();
    const key = { symbol: 'BTC-USD', timeframe: 'M1' } as const;
    await world.request().signals.load(key);
    world.clock.advance(498 * MINUTE);
    await world.request().signals.load(key);
    expect(world.counts).toEqual([[500], [500], [500]]);
    world.clock.advance(497 * MINUTE);
    const signal = await world.request().signals.load(key);
    expect(world.counts.slice(3)).toEqual([[499]]);
    expect(signal.lastProcessed).toBe(NOON + 995 * MINUTE);
  });

  it('is built anew by force, and after its tag was raised', async () => {
    const { request, cache, calls, provenance } = createLoaderWorld();
    await request().signals.load(KEY);
    const forced = await request().signals.load(KEY, { force: true });
    expect(provenance.of(forced)?.status).toBe('REFRESHED');
    await cache.invalidate(['signals:BTC-USD']);
    await request().signals.load(KEY);
    expect(calls.map(([only]) => only?.from)).toEqual([undefined, undefined, undefined]);
  });

  it('fails alone where its candles do, and goes on from where it was when they are back', async () => {
    let broken: (candles: readonly Candle[]) => readonly Candle[] | Error = (candles) => candles;
    const world = createCountingWorld((candles, symbol) => (symbol === 'ETH-USD' ? broken(candles) : candles));
    const keys = [KEY, { ...KEY, symbol: 'ETH-USD' }, { ...KEY, symbol: 'NOPE' }];
    const load = async () => {
      world.clock.advance(15 * MINUTE);
      const signals = await world.request().signals.loadMany(keys);
      return signals.map((signal) => (signal instanceof Error ? signal : signal.lastProcessed));
    };
    expect(await load()).toEqual([
      NOON + 15 * MINUTE,
      NOON + 15 * MINUTE,
      expect.objectContaining({ code: 'NOT_FOUND' }),
    ]);
    broken = () => new GatewayError('UPSTREAM_UNAVAILABLE', 'down');
    expect((await load()).slice(0, 2)).toEqual([
      NOON + 30 * MINUTE,
      expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }),
    ]);
    // The wrong way round: what is wrong with one answer is wrong with that one alone.
    broken = ([last, ...next]) => (last ? [last, ...next.toReversed()] : []);
    expect((await load()).slice(0, 2)).toEqual([NOON + 45 * MINUTE, expect.any(RangeError)]);
    broken = (candles) => candles;
    expect((await load()).slice(0, 2)).toEqual([NOON + 60 * MINUTE, NOON + 60 * MINUTE]);
    expect(world.counts.at(-1)).toEqual([3, 5]);
  });

  it('is NOT_FOUND where no candle has closed yet', async () => {
    const world = createCountingWorld((candles) => candles.filter(({ closed }) => !closed));
    await expect(world.request().signals.load(KEY)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'BTC-USD has no closed M15 candle yet.',
    });
  });

  it('never advances in a market that is frozen', async () => {
    const rows = Array.from({ length: 260 }, (_, day) => {
      const date = new Date(Date.UTC(2024, 0, 1) + day * 1_440 * MINUTE).toISOString().slice(0, 10);
      return `${date},9,9,9,${day < 230 ? 300 - day : day},1`;
    });
    const csv = await openFiles({ 'BTC-USD-1d.csv': csvOf(...rows) });
    const { request, clock, calls, provenance } = createLoaderWorld(() => csv);
    const load = () => request().signals.load({ symbol: 'BTC-USD', timeframe: 'D1' });
    const before = await load();
    expect(before).toMatchObject({ lastProcessed: csv.now(), nextClose: null, trend: 'UP' });
    expect(before.events.map(({ kind }) => kind)).toEqual(['GOLDEN_CROSS']);
    expect(provenance.of(before)?.ttlMs).toBe(24 * 60 * MINUTE);
    clock.advance(25 * 60 * MINUTE);
    const after = await load();
    expect(provenance.of(after)?.status).toBe('MISS');
    expect(after).toEqual(before);
    expect(calls.map(([only]) => only?.from)).toEqual([undefined, csv.now() - 1_440 * MINUTE]);
  });
});

describe('signal events', () => {
  const DAYS = 10;

  it('are one for each cross, whatever the number of instances and restarts', async () => {
    const { market, clock, cache } = createLoaderWorld();
    const begun = clock.now();
    const start = (store: Store = new MemoryStore({ clock, maxBytes: 1_000_000 })) =>
      startInstance(store, clock, market);
    const [one, two] = [start(cache.store), start(cache.store)];
    let alone = start();
    const seen: string[][] = [[], [], []];
    const note = (index: number, { events }: Signal) => seen[index]?.push(...events.map(idOf));
    for (let step = 0; clock.now() < begun + DAYS * 1_440 * MINUTE; step += 1) {
      clock.advance((1 + (step % 5)) * 15 * MINUTE);
      // Each advances what the other has stored.
      if (step % 2 === 0) note(0, await one());
      note(1, await two());
      note(0, await one());
      if (step % 7 === 0) alone = start();
      note(2, await alone());
    }
    const ids = seen.map((each) => [...new Set(each)].sort());
    const expected = await crossesOf(market, begun, clock.now());
    expect(expected.length).toBeGreaterThan(3);
    const since = (id: string) => Number(id.split(' ')[1]) >= begun;
    expect(ids.map((each) => each.filter(since))).toEqual([expected, expected, expected]);
    // Each of them saw no more and no fewer than the others, from before the beginning too.
    expect([ids[0], ids[1]]).toEqual([ids[2], ids[2]]);
  });

  /** What one more process of a gateway answers: it has nothing but what is in the store. */
  function startInstance(store: Store, clock: ManualClock, market: MarketData): () => Promise<Signal> {
    const namespaces = new Namespaces();
    namespaces.set('api', 'm.test');
    const cache = new Cache({ store, clock, namespaces });
    const provenance = new Provenance();
    return () => {
      const instruments = new CachedLoader<NoArguments, readonly Instrument[]>({
        ...{ cache, provenance, policy: instrumentsPolicy },
        compute: async () => [await market.instruments()],
      });
      const signals = new CachedLoader<SeriesKey, Signal>({
        ...{ cache, provenance, policy: signalsPolicy },
        compute: (misses) => computeKnown(misses, instruments, (known) => computeSignals(market, known)),
      });
      return signals.load(KEY);
    };
  }

  /** From one computation over all candles at once. */
  async function crossesOf(market: MarketData, from: number, to: number): Promise<string[]> {
    const [candles] = await market.candles([{ ...KEY, to, limit: 5_000 }]);
    if (!candles || candles instanceof Error) throw new Error('There are no candles.');
    const { crosses } = buildSignalState(candles, 5_000);
    return crosses
      .filter(({ time }) => time >= from)
      .map(idOf)
      .sort();
  }
});

/** Private */
function idOf({ kind, time }: { readonly kind: string; readonly time: number }): string {
  return `${kind} ${time}`;
}

type Alter = (candles: readonly Candle[], symbol: string) => readonly Candle[] | Error;

/** Private: a world that counts the candles of each answer, call by call, after they were altered. */
function createCountingWorld(alter: Alter = (candles) => candles) {
  const counts: number[][] = [];
  const world = createLoaderWorld((market) => ({
    candles: async (requests) => {
      const answers = await market.candles(requests);
      const altered = answers.map((candles, i) =>
        candles instanceof Error ? candles : alter(candles, requests[i]?.symbol ?? ''),
      );
      counts.push(altered.map((candles) => (candles instanceof Error ? 0 : candles.length)));
      return altered;
    },
  }));
  return { ...world, counts, alter };
}

/** Private: what a gateway says that has just begun. */
async function cold(now: number, alter?: Alter, symbol: string = KEY.symbol): Promise<Signal> {
  const world = createCountingWorld(alter);
  world.clock.advance(now - world.clock.now());
  return world.request().signals.load({ ...KEY, symbol });
}

/** Private: save how often it was advanced, and what rounding makes of that. */
function expectSame(signal: Signal | Error | undefined, other: Signal): void {
  if (!signal || signal instanceof Error) throw signal ?? new Error('There is no signal.');
  const { symbol, trend, lastProcessed, events, nextClose } = other;
  expect(signal).toMatchObject({ symbol, trend, lastProcessed, events, nextClose });
  expect(signal.ma50).toBeCloseTo(other.ma50 ?? NaN, 9);
  expect(signal.ma200).toBeCloseTo(other.ma200 ?? NaN, 9);
}

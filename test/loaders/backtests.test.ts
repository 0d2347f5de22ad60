import { describe, expect, it } from 'vitest';
import { runBacktest } from '../../src/analytics/backtest/run-backtest.js';
import { thinCurve } from '../../src/analytics/backtest/thin-curve.js';
import { estimateBytes } from '../../src/cache/memory/estimate-bytes.js';
import { isImmutable } from '../../src/support/is-immutable.js';
import { unpackCurve } from '../../src/loaders/packed-curve.js';
import type { Backtest, BacktestKey } from '../../src/loaders/backtests.js';
import { MAX_BARS } from '../../src/loaders/bars.js';
import type { Loaders } from '../../src/loaders/loaders.js';
import { toColumns } from '../../src/market/candle-columns.js';
import type { CandleRequest, MarketData } from '../../src/market/market-data.js';
import { CancelledError } from '../../src/support/cancelled-error.js';
import { createDeferred } from '../../src/support/deferred.js';
import { toError } from '../../src/support/to-error.js';
import { CATALOG } from '../../src/upstream/simulated/catalog.js';
import { SETTINGS } from '../analytics/backtest/support/settings.js';
import { settle, until } from '../support/turns.js';
import { createLoaderWorld } from './loader-world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MIDNIGHT = Date.UTC(2026, 0, 15);
const HUNDRED_DAYS_AGO = MIDNIGHT - 100 * DAY;
const PAIRS = CATALOG.map(({ symbol }) => symbol);

/** Over a hundred days that have ended. */
const KEY = crossing(3);

function crossing(fast: number): BacktestKey {
  const strategy = { name: 'smaCross', fast, slow: 20 } as const;
  const range = { timeframe: 'D1', from: HUNDRED_DAYS_AGO, to: MIDNIGHT } as const;
  return { symbol: 'BTC-USD', ...range, strategy: 'smaCross', settings: { ...SETTINGS, strategy, unit: 1e-8 } };
}

/** The same over other symbols. */
function keysOf(symbols: readonly string[], key = KEY): BacktestKey[] {
  return symbols.map((symbol) => ({ ...key, symbol }));
}

/** A source that is asked for one symbol after the other. */
function oneByOne(): Partial<MarketData> {
  return { requestsPerCall: 1 };
}

function outcomesOf(loading: readonly Promise<Backtest>[]): Promise<(Backtest | Error)[]> {
  return Promise.all(loading.map((each) => each.catch(toError)));
}

describe('backtests', () => {
  it('are what runBacktest makes of the closed candles of the range', async () => {
    const { request, market } = createLoaderWorld();
    const range = { symbol: 'BTC-USD', timeframe: 'D1', from: HUNDRED_DAYS_AGO } as const;
    const [candles] = await market.candles([{ ...range, limit: 1_000 }]);
    if (!candles || candles instanceof Error) throw new Error('No candles.');
    expect(candles.map(({ closed }) => closed)).toEqual([...Array<boolean>(100).fill(true), false]);
    const report = runBacktest(toColumns(candles.slice(0, -1)), KEY.settings);
    expect(report.trades.length).toBeGreaterThan(0);
    const backtest = await request().backtests.load({ ...KEY, to: null });
    const { curve, ...rest } = report;
    expect(backtest).toMatchObject({ ...rest, symbol: 'BTC-USD', timeframe: 'D1' });
    expect(thinCurve(unpackCurve(backtest.packedCurve), 5_000)).toEqual(curve);
  });

  it('run in the pool alone, each with bars of its own that are handed over', async () => {
    const { request, pool } = createLoaderWorld();
    await request().backtests.loadMany(keysOf(PAIRS.slice(0, 3)));
    expect(pool.ran).toEqual(['runBacktest', 'runBacktest', 'runBacktest']);
    // Six numbers for each bar.
    expect(pool.transferred.map(({ byteLength }) => byteLength)).toEqual([4_800, 4_800, 4_800]);
    expect(new Set(pool.transferred).size).toBe(3);
  });

  it('have an id of all that makes them, which stays', async () => {
    const { request } = createLoaderWorld();
    const { settings } = KEY;
    const others: BacktestKey[] = [
      { ...KEY, symbol: 'ETH-USD' },
      { ...KEY, from: HUNDRED_DAYS_AGO + DAY },
      { ...KEY, to: null },
      { ...KEY, timeframe: 'H4' },
      { ...KEY, settings: { ...settings, cash: 9_999 } },
      crossing(4),
    ];
    const { backtests } = request();
    const ids = await Promise.all([KEY, ...others].map(async (key) => (await backtests.load(key)).id));
    expect(new Set(ids).size).toBe(7);
    expect((await request().backtests.load(KEY, { force: true })).id).toBe(ids[0]);
  });

  it('fail by themselves: an unknown symbol, a range without candles or with too few, a thread', async () => {
    const { request, pool } = createLoaderWorld();
    pool.failure = new RangeError('The thread has a fault.');
    const from = Date.UTC(2018, 0, 1);
    const outcomes = await request().backtests.loadMany([
      { ...KEY, symbol: 'NOPE' },
      { ...KEY, from, to: from + DAY },
      { ...KEY, from: null, to: from },
      { ...KEY, from: MIDNIGHT - 20 * DAY },
      KEY,
      { ...KEY, symbol: 'ETH-USD' },
    ]);
    expect(outcomes).toMatchObject([
      { code: 'NOT_FOUND', details: { symbol: 'NOPE' } },
      {
        code: 'BAD_USER_INPUT',
        details: { argument: 'input.from', received: '2018-01-01T00:00:00.000Z to 2018-01-02T00:00:00.000Z' },
      },
      { code: 'BAD_USER_INPUT', details: { argument: 'input.to', received: '2018-01-01T00:00:00.000Z' } },
      {
        code: 'BAD_USER_INPUT',
        details: {
          argument: 'input.strategy.smaCross.slow',
          rule: 'fits into the 20 D1 candles that BTC-USD has in the range (21 are needed)',
          received: 20,
        },
      },
      { message: 'The thread has a fault.' },
      { symbol: 'ETH-USD' },
    ]);
    // What failed was not kept, and what has too few candles never came to a thread.
    expect(pool.ran).toHaveLength(2);
    expect(await request().backtests.load(KEY)).toMatchObject({ symbol: 'BTC-USD' });
  });

  it('count days where the strategy is handed one bar a day', async () => {
    const { request } = createLoaderWorld();
    const daily: BacktestKey = { ...KEY, timeframe: 'H1', settings: { ...KEY.settings, dailySampling: true } };
    const few = request().backtests.load({ ...daily, from: MIDNIGHT - 20 * DAY });
    await expect(few).rejects.toMatchObject({
      details: { rule: 'fits into the 20 days that BTC-USD has in the range (21 are needed)' },
    });
    await expect(request().backtests.load({ ...daily, from: MIDNIGHT - 21 * DAY })).resolves.toMatchObject({
      symbol: 'BTC-USD',
    });
  });
});

describe('the candles of backtests', () => {
  it('are asked for in one call, where the source answers all in one', async () => {
    const { request, calls } = createLoaderWorld();
    const backtests = await request().backtests.loadMany(keysOf(PAIRS));
    expect(backtests.filter((each) => each instanceof Error)).toEqual([]);
    expect(calls).toHaveLength(1);
    const { timeframe, from, to } = KEY;
    expect(calls[0]).toEqual(PAIRS.map((symbol) => ({ symbol, timeframe, from, to, limit: MAX_BARS })));
  });

  it('are asked for sixteen at a time, where each takes a call, and the first results do not wait for the last', async () => {
    const { request, calls, pool } = createLoaderWorld(oneByOne);
    pool.hold();
    const loading = await request().backtests.loadEach(keysOf(PAIRS.slice(0, 40)));
    await until(() => pool.waiting === 16);
    expect(calls.map((requests) => requests.length)).toEqual([16]);
    pool.letGo();
    expect(await outcomesOf(loading.slice(0, 16))).toMatchObject(PAIRS.slice(0, 16).map((symbol) => ({ symbol })));
    await until(() => pool.waiting === 16);
    pool.letGo();
    await until(() => pool.waiting === 8);
    pool.letGo();
    expect(await outcomesOf(loading)).toMatchObject(PAIRS.slice(0, 40).map((symbol) => ({ symbol })));
    expect(calls.map((requests) => requests.length)).toEqual([16, 16, 8]);
  });

  it('are no more at a time than memory bears', async () => {
    const { request, calls } = createLoaderWorld(() => ({ candles: async (requests) => requests.map(() => []) }));
    const long: BacktestKey = { ...KEY, timeframe: 'M1', from: null, to: null };
    await request().backtests.loadMany(keysOf(PAIRS, long));
    expect(calls.map((requests) => requests.length)).toEqual([30, 30, 30, 30, 30, 30, 30, 30, 3]);
  });

  it('are kept for other strategies where each takes a call, and cost more to keep than to ask for where none does', async () => {
    for (const [alter, expected] of [
      [oneByOne, 1],
      [() => ({}), 2],
    ] as const) {
      const { request, calls, provenance } = createLoaderWorld(alter);
      const one = await request().backtests.load(crossing(3));
      const other = await request().backtests.load(crossing(4));
      expect(calls).toHaveLength(expected);
      expect(provenance.of(other)?.status).toBe('MISS');
      const again = await createLoaderWorld().request().backtests.load(crossing(4));
      expect(other).toEqual(again);
      expect(other.statistics).not.toEqual(one.statistics);
    }
  });
});

describe('the candles of the backtests of several requests', () => {
  const SIXTEENS = Array.from({ length: 5 }, (_, i) => keysOf(PAIRS.slice(16 * i, 16 * (i + 1))));

  it('are in memory in three chunks at a time, and the next come as soon as one is done', async () => {
    const { request, pool, calls } = createLoaderWorld(oneByOne);
    pool.hold();
    const loading = SIXTEENS.map((keys) => request().backtests.loadMany(keys));
    await until(() => pool.waiting === 48);
    await settle();
    expect([calls.length, pool.waiting]).toEqual([3, 48]);
    pool.letGo(16);
    await until(() => calls.length === 4);
    await settle();
    expect(calls.length).toBe(4);
    pool.release();
    expect((await Promise.all(loading)).flat().filter((each) => each instanceof Error)).toEqual([]);
  });

  it('are never fetched for who goes while he waits for his turn, and nobody waits for him', async () => {
    const { request, pool, calls } = createLoaderWorld(oneByOne);
    pool.hold();
    const [first = [], second = [], third = [], left = [], last = []] = SIXTEENS;
    const loading = [first, second, third].map((keys) => request().backtests.loadMany(keys));
    await until(() => pool.waiting === 48);
    const stop = new AbortController();
    const leaving = await request().backtestsUntil(stop.signal).loadEach(left);
    await until(() => pool.gathering.waiting === 1);
    stop.abort();
    expect((await outcomesOf(leaving)).every((each) => each instanceof CancelledError)).toBe(true);
    expect(pool.gathering.waiting).toBe(0);
    pool.release();
    await Promise.all([...loading, request().backtests.loadMany(last)]);
    expect(calls.length).toBe(4);
  });

  it('leave their turn where something throws that must not, which fails what waits and nothing after it', async () => {
    let isFaulty = true;
    const world = createLoaderWorld((market) => ({
      ...oneByOne(),
      now: () => {
        if (isFaulty) throw new TypeError('The market has a fault.');
        return market.now();
      },
    }));
    const { backtests } = world.request();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await expect(backtests.load(KEY)).rejects.toThrow('The market has a fault.');
      backtests.clear();
    }
    isFaulty = false;
    await expect(backtests.load(KEY)).resolves.toMatchObject({ symbol: 'BTC-USD' });
  });
});

describe('what takes minutes at a source that is asked for one page after the other', () => {
  it.each([
    ['a chunk of candles', 9, (loaders: Loaders) => loaders.backtests.load(KEY)],
    ['signals', 4, (loaders: Loaders) => loaders.signals.load({ symbol: 'BTC-USD', timeframe: 'H1' })],
    ['the candles of a model', 1.5, (loaders: Loaders) => loaders.models.load({ symbol: 'BTC-USD', timeframe: 'H1' })],
  ])('is waited for: %s, %d minutes', async (_, minutes, load) => {
    const fetched = createDeferred();
    const slow = (market: MarketData) => ({
      ...oneByOne(),
      candles: (requests: readonly CandleRequest[]) => fetched.promise.then(() => market.candles(requests)),
    });
    const { request, calls, clock } = createLoaderWorld(slow, { timesOut: true });
    const loading = load(request());
    await until(() => calls.length === 1);
    clock.advance(minutes * 60_000);
    await settle();
    fetched.resolve();
    await expect(loading).resolves.toMatchObject({ symbol: 'BTC-USD' });
  });
});

describe('the memory of a request', () => {
  it('does not hold the candles of its backtests', async () => {
    const { request, calls } = createLoaderWorld();
    const { backtests } = request();
    await backtests.load(crossing(3));
    await backtests.load(crossing(4));
    expect(calls).toHaveLength(2);
  });
});

describe('what is kept of a backtest', () => {
  it('can be changed by nobody, so that all hits are handed the same, and its curve takes half of what numbers take', async () => {
    const { request } = createLoaderWorld();
    const long = {
      ...KEY,
      from: null,
      settings: { ...KEY.settings, strategy: { name: 'buyAndHold', afterBars: 0 } },
    } as const;
    const backtest = await request().backtests.load(long);
    const [hit, other] = [await request().backtests.load(long), await request().backtests.load(long)];
    expect(hit).toEqual(backtest);
    expect(hit.trades).toBe(other.trades);
    expect(isImmutable(hit.trades)).toBe(true);
    const points = unpackCurve(backtest.packedCurve).time.length;
    expect(points).toBeGreaterThan(1_000);
    expect(estimateBytes(hit)).toBeLessThan(40 * points + 5_000);
  });

  it('answers the second time, without candles and threads, and by force both are asked again', async () => {
    const { request, calls, pool, provenance } = createLoaderWorld();
    const load = async (force = false) => provenance.of(await request().backtests.load(KEY, { force }));
    const tags = ['backtest:BTC-USD:smaCross', 'candles:BTC-USD:D1'];
    expect(await load()).toMatchObject({ status: 'MISS', tags });
    expect(await load()).toMatchObject({ status: 'HIT', tags });
    expect([calls.length, pool.ran.length]).toEqual([1, 1]);
    expect(await load(true)).toMatchObject({ status: 'REFRESHED', tags });
    expect([calls.length, pool.ran.length]).toEqual([2, 2]);
    expect(await load()).toMatchObject({ status: 'HIT' });
  });

  it('is fetched by force too, where its candles were kept', async () => {
    const { request, calls } = createLoaderWorld(oneByOne);
    await request().backtests.load(KEY);
    await request().backtests.load(KEY, { force: true });
    expect(calls).toHaveLength(2);
  });

  it.each(['backtest:BTC-USD:smaCross', 'backtest:BTC-USD', 'backtest', 'candles:BTC-USD:D1'])(
    'ends with the tag %s',
    async (tag) => {
      const { request, cache, provenance } = createLoaderWorld();
      await request().backtests.load(KEY);
      await cache.invalidate(['backtest:BTC-USD:macdCross', 'backtest:ETH-USD', 'candles:BTC-USD:H1']);
      expect(provenance.of(await request().backtests.load(KEY))?.status).toBe('HIT');
      await cache.invalidate([tag]);
      expect(provenance.of(await request().backtests.load(KEY))?.status).toBe('MISS');
    },
  );

  it('stands for a day over a range that is over, and else until the next candle closes', async () => {
    const { request, provenance, clock } = createLoaderWorld();
    const ttlOf = async (range: Partial<BacktestKey>) =>
      provenance.of(await request().backtests.load({ ...KEY, ...range }))?.ttlMs;
    const now = clock.now();
    expect(await ttlOf({})).toBe(DAY);
    expect(await ttlOf({ to: null })).toBe(MIDNIGHT + DAY - now);
    // Its last candle opened before the end and has not closed.
    expect(await ttlOf({ to: MIDNIGHT + HOUR })).toBe(MIDNIGHT + DAY - now);
    expect(await ttlOf({ timeframe: 'H4', to: now })).toBe(MIDNIGHT + 16 * HOUR - now);
    expect(await ttlOf({ timeframe: 'H4', to: MIDNIGHT + 12 * HOUR })).toBe(DAY);
  });

  it('waits for late trades with the source', async () => {
    const { request, provenance, clock } = createLoaderWorld(() => ({ closeDelayMs: HOUR }));
    const key = { ...KEY, timeframe: 'H4', to: MIDNIGHT + 12 * HOUR } as const;
    const ttl = provenance.of(await request().backtests.load(key))?.ttlMs;
    expect(ttl).toBe(MIDNIGHT + 13 * HOUR - clock.now());
  });

  it('stands for a day where no candle will ever come', async () => {
    const { request, provenance } = createLoaderWorld(() => ({ frozen: true }));
    const backtest = await request().backtests.load({ ...KEY, to: null });
    expect(provenance.of(backtest)?.ttlMs).toBe(DAY);
  });

  it('is without a candle that closed while its candles were fetched, and does not outlive it', async () => {
    const world = createLoaderWorld((market) => ({
      candles: async (requests) => {
        const candles = await market.candles(requests);
        world.clock.advance(HOUR);
        return candles;
      },
    }));
    const backtest = await world.request().backtests.load({ ...KEY, timeframe: 'H1', to: null });
    expect(backtest.statistics.endAt).toBe(MIDNIGHT + 11 * HOUR);
    expect(world.provenance.of(backtest)?.ttlMs).toBe(0);
  });
});

describe('backtests of which two wait for the same', () => {
  const SYMBOLS = PAIRS.slice(0, 40);

  it('are computed once', async () => {
    const { request, pool, calls, provenance } = createLoaderWorld();
    const ask = async () => outcomesOf(await request().backtests.loadEach(keysOf(SYMBOLS)));
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(second).toEqual(first);
    expect(first.map((each) => provenance.of(each)?.status)).toEqual(SYMBOLS.map(() => 'MISS'));
    expect(second.map((each) => provenance.of(each)?.status)).toEqual(SYMBOLS.map(() => 'COALESCED'));
    expect([pool.ran.length, calls.length]).toEqual([40, 1]);
  });

  it('are taken over by the second where the first goes, and no more is computed than is missing', async () => {
    const { request, pool, calls } = createLoaderWorld(oneByOne);
    pool.hold();
    const stop = new AbortController();
    const first = await request().backtestsUntil(stop.signal).loadEach(keysOf(SYMBOLS));
    const second = await request().backtestsUntil(new AbortController().signal).loadEach(keysOf(SYMBOLS));
    await until(() => pool.waiting === 16);
    pool.letGo(5);
    await outcomesOf(first.slice(0, 5));
    stop.abort();
    const left = await outcomesOf(first);
    expect(left.slice(0, 5)).toMatchObject(SYMBOLS.slice(0, 5).map((symbol) => ({ symbol })));
    expect(left.slice(5).filter((each) => !(each instanceof CancelledError))).toEqual([]);
    pool.release();
    expect(await outcomesOf(second)).toMatchObject(SYMBOLS.map((symbol) => ({ symbol })));
    expect(pool.ran).toHaveLength(40);
    // The candles of the first sixteen were kept, eleven of them without their backtest.
    expect(calls.map((requests) => requests.length)).toEqual([16, 5, 16, 3]);
  });

  it('are given up where the last goes: nothing is fetched or computed any more', async () => {
    const { request, pool, calls, cache } = createLoaderWorld(oneByOne);
    pool.hold();
    const stops = [new AbortController(), new AbortController()];
    const loading = await Promise.all(
      stops.map(({ signal }) => request().backtestsUntil(signal).loadEach(keysOf(SYMBOLS))),
    );
    await until(() => pool.waiting === 16);
    for (const stop of stops) stop.abort();
    const outcomes = await outcomesOf(loading.flat());
    expect(outcomes.filter((each) => !(each instanceof CancelledError))).toEqual([]);
    pool.release();
    await settle();
    expect([pool.ran.length, calls.length]).toEqual([0, 1]);
    expect((await cache.store.sizes())[0]?.entries).toBeLessThanOrEqual(17);
  });

  it('are given up also where candles are under way, or nothing has begun', async () => {
    const fetched = createDeferred();
    const { request, pool, calls } = createLoaderWorld((market) => ({
      ...oneByOne(),
      candles: (requests) => fetched.promise.then(() => market.candles(requests)),
    }));
    const stop = new AbortController();
    const load = async () => outcomesOf(await request().backtestsUntil(stop.signal).loadEach(keysOf(SYMBOLS)));
    const begun = load();
    await until(() => calls.length === 1);
    stop.abort();
    const outcomes = [...(await begun), ...(await load())];
    expect(outcomes.filter((each) => !(each instanceof CancelledError))).toEqual([]);
    fetched.resolve();
    await settle();
    expect([pool.ran.length, calls.length]).toEqual([0, 1]);
  });
});

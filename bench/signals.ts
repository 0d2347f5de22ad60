import { ManualClock } from '../test/support/manual-clock.js';
import { Cache, MemoryStore, Namespaces, Provenance, type PolicyOptions } from '../src/cache/index.js';
import { CachedLoader } from '../src/loaders/cached-loader.js';
import { computeKnown, instrumentsPolicy, type KnownMiss, type NoArguments } from '../src/loaders/instruments.js';
import { nextClose, untilNextClose, type SeriesKey } from '../src/loaders/series.js';
import { computeSignals, signalsPolicy } from '../src/loaders/signals.js';
import type { Instrument } from '../src/market/instrument.js';
import type { MarketData } from '../src/market/market-data.js';
import { CATALOG } from '../src/upstream/simulated/catalog.js';
import type { Measurement, Quantity } from './run.js';
import { holdMarket, type HeldMarket } from './support/held-market.js';
import { percentile } from './support/percentile.js';

const TIMEFRAME = 'M15';
const CANDLE_MS = 900_000;
const BEGUN_AT = Date.UTC(2026, 0, 15, 12, 0, 30);
const RUNS = 60;
/** System D's own: from a computation of 2 to 5 s to less than half a second, with 95 % less data, over 90 % of hits. */
const SYSTEM_D = { ratio: '4 to 10 x', fewerPercent: 95, hitPercent: 90 };

/**
 * Averages of 50 and 200 when candles have closed, through the engine: kept and advanced by 1 and by 5 of them, and for comparison
 * computed anew from 200 and from 5,000. What the source takes to answer is left out, what it takes to parse its answer is not. Then
 * the hits of a page that looks at 15 symbols all day.
 */
export async function benchSignals(): Promise<readonly Measurement[]> {
  return [...(await measure(15)), ...(await measure(CATALOG.length)), await measureDay(15)];
}

/** Private: so many symbols at once. From 5,000 only few: their text alone would be 100 MB. */
async function measure(symbols: number): Promise<Measurement[]> {
  const from200 = await costOf(symbols, 1, (world) => recompute(world, 200));
  const from5000 = symbols > 50 ? undefined : await costOf(symbols, 1, (world) => recompute(world, 5_000));
  const rows = [
    toRow(`${symbols} symbols, anew from 200 candles`, from200),
    ...(from5000 ? [toRow(`${symbols} symbols, anew from 5,000`, from5000)] : []),
  ];
  for (const count of [1, 5]) {
    const cost = await costOf(symbols, count, advance);
    const fewer = (other: Cost) => 100 * (1 - cost.candles / other.candles);
    const row = toRow(`${symbols} symbols, advanced by ${count}`, cost, [
      { value: fewer(from200), unit: `% fewer than from 200 (system D ${SYSTEM_D.fewerPercent} %)` },
      ...(from5000 ? [{ value: from5000.ms / cost.ms, unit: 'x as fast as from 5,000' }] : []),
    ]);
    const against = { what: `as fast as from 200 (system D ${SYSTEM_D.ratio})`, ratio: from200.ms / cost.ms };
    rows.push({ ...row, against });
  }
  return rows;
}

/** Private: of one step, the median. */
interface Cost {
  readonly ms: number;
  readonly candles: number;
}

/** Private */
function toRow(what: string, { ms, candles }: Cost, more: readonly Quantity[] = []): Measurement {
  return { what, value: ms, unit: 'ms', beside: [{ value: candles, unit: 'candles' }, ...more] };
}

interface World extends HeldMarket {
  readonly clock: ManualClock;
  readonly cache: Cache;
  readonly keys: readonly SeriesKey[];
}

/** Private */
async function openWorld(symbols: number): Promise<World> {
  const clock = new ManualClock(BEGUN_AT);
  const listed = CATALOG.slice(0, symbols).map(({ symbol }) => symbol);
  const namespaces = new Namespaces();
  namespaces.set('api', 'm.bench');
  const cache = new Cache({ store: new MemoryStore({ clock, maxBytes: 256 * 1_048_576 }), clock, namespaces });
  const keys = listed.map((symbol) => ({ symbol, timeframe: TIMEFRAME }) as const);
  const market = await holdMarket({
    clock,
    symbols: listed,
    timeframe: TIMEFRAME,
    before: symbols > 50 ? 700 : 5_500,
    after: 6 * RUNS,
  });
  return { ...market, clock, cache, keys };
}

/** Private: of a request each time that `count` more candles have closed. */
async function costOf(
  symbols: number,
  count: number,
  read: (world: World) => Promise<readonly unknown[]>,
): Promise<Cost> {
  const world = await openWorld(symbols);
  const times: number[] = [];
  const candles: number[] = [];
  await read(world);
  for (let run = 0; run < RUNS; run += 1) {
    world.clock.advance(count * CANDLE_MS);
    world.take();
    const begun = performance.now();
    const values = await read(world);
    const ms = performance.now() - begun;
    const failure = values.find((value) => value instanceof Error);
    if (failure) throw failure;
    const taken = world.take();
    times.push(ms - taken.ms);
    candles.push(taken.candles);
  }
  return { ms: percentile(times, 0.5), candles: percentile(candles, 0.5) };
}

/** Private */
function advance(world: World): Promise<readonly unknown[]> {
  return load(world, signalsPolicy, (known) => computeSignals(world.market, known));
}

interface Averages {
  readonly ma50: number;
  readonly ma200: number;
  readonly nextClose: number | null;
}

const recomputedPolicy: PolicyOptions<Averages> = {
  name: 'recomputed',
  ttl: '24h',
  alone: 'ttl',
  until: untilNextClose,
  tags: ['recomputed:{$args.symbol}'],
};

/** Private: the peer is cached as well, and keeps nothing to go on from. */
function recompute(world: World, length: number): Promise<readonly unknown[]> {
  return load(world, recomputedPolicy, (known) => averagesOf(world.market, known, length));
}

/** Private: with loaders of its own, as each request has them. */
function load<V>(
  { cache, market, keys }: World,
  policy: PolicyOptions<V>,
  compute: (known: readonly KnownMiss<V>[]) => Promise<readonly (V | Error)[]>,
): Promise<readonly unknown[]> {
  const provenance = new Provenance();
  const instruments = new CachedLoader<NoArguments, readonly Instrument[]>({
    cache,
    provenance,
    policy: instrumentsPolicy,
    compute: async () => [await market.instruments()],
  });
  const loader = new CachedLoader<SeriesKey, V>({
    cache,
    provenance,
    policy,
    compute: (misses) => computeKnown(misses, instruments, compute),
  });
  return loader.loadMany(keys);
}

/** Private: the running sums of all closes, the least that there is to do with them. */
async function averagesOf(
  market: MarketData,
  known: readonly KnownMiss<Averages>[],
  length: number,
): Promise<(Averages | Error)[]> {
  const close = nextClose(market, TIMEFRAME);
  // The open one comes with them.
  const whole = { timeframe: TIMEFRAME, limit: length + 1 } as const;
  const answers = await market.candles(known.map(({ instrument: { symbol } }) => ({ symbol, ...whole })));
  return answers.map((candles) => {
    if (candles instanceof Error) return candles;
    const closes = candles.filter(({ closed }) => closed).map((candle) => candle.close);
    return { ma50: lastMean(closes, 50), ma200: lastMean(closes, 200), nextClose: close };
  });
}

/** Private */
function lastMean(closes: readonly number[], period: number): number {
  let sum = 0;
  closes.forEach((close, i) => {
    sum += close - (i >= period ? (closes[i - period] ?? 0) : 0);
  });
  return sum / period;
}

/** Private: a page that asks every 30 s for a day. */
async function measureDay(symbols: number): Promise<Measurement> {
  const world = await openWorld(symbols);
  await advance(world);
  world.take();
  const asks = 2_880;
  for (let ask = 0; ask < asks; ask += 1) {
    world.clock.advance(30_000);
    await advance(world);
  }
  const counts = world.cache.statistics.byName().find(({ name }) => name === 'Query.signals')?.counts;
  const { hits = 0, misses = 0, coalesced = 0 } = counts ?? {};
  const { candles } = world.take();
  return {
    what: `${symbols} symbols, asked for every 30 s for a day`,
    value: (100 * hits) / (hits + misses + coalesced),
    unit: '% hits',
    beside: [
      { value: candles, unit: 'candles' },
      { value: 100 * (1 - candles / (asks * symbols * 200)), unit: '% fewer than 200 each time' },
      { value: SYSTEM_D.hitPercent, unit: '% hits of system D' },
    ],
  };
}

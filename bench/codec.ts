import { analyzeDow } from '../src/analytics/dow/analyze-dow.js';
import { decodeEntry, encodeEntry, MAX_ENTRY_BYTES } from '../src/cache/codec.js';
import type { Entry } from '../src/cache/entry.js';
import type { Candle } from '../src/market/candle.js';
import type { MarketData } from '../src/market/market-data.js';
import { deepFreeze } from '../src/support/deep-freeze.js';
import { isImmutable } from '../src/support/is-immutable.js';
import { createSimulatedMarket } from '../src/upstream/simulated/simulated-market.js';
import type { Measurement } from './run.js';
import { percentile } from './support/percentile.js';

const RUNS = 400;
/** Repeats of 5,000 candles that come close to the greatest length. */
const GREATEST_TIMES = Math.floor(MAX_ENTRY_BYTES / 300_000);
const NOW = Date.UTC(2026, 0, 5, 12, 34, 56);

const FORMS = [
  ['JSON', { packed: false, deflated: false }],
  ['JSON, deflated', { packed: false, deflated: true }],
  ['packed', { packed: true, deflated: false }],
  ['packed, deflated', { packed: true, deflated: true }],
  ['as chosen', undefined],
] as const;

/** Entries of what the gateway keeps: their bytes in each form, and what it takes to write and to read one; then what freezing takes. */
export async function benchCodec(): Promise<readonly Measurement[]> {
  const market = createSimulatedMarket({ seed: 1, latencyMs: 0, clock: { now: () => NOW, monotonic: () => 0 } });
  const longest = await candlesOf(market, 'BTC-USD', 5_000);
  // As JSON they would be too long.
  const greatest = { candles: [...Array(GREATEST_TIMES).keys()].flatMap(() => longest) };
  return [
    ...Object.entries(await valuesOf(market, longest)).flatMap(([name, value]) => [
      ...FORMS.map(([form, options]) => measureForm(`${name}, ${form}`, value, options)),
      ...measureFreezing(name, value),
    ]),
    measureForm(`${greatest.candles.length.toLocaleString('en')} candles`, greatest),
  ];
}

/** Private: of about 2, 14, 40 and 300 kB in JSON. */
async function valuesOf(market: MarketData, longest: readonly Candle[]): Promise<Readonly<Record<string, unknown>>> {
  const symbols = (await market.instruments()).slice(0, 15).map(({ symbol }) => symbol);
  const series = await Promise.all(symbols.map((symbol) => candlesOf(market, symbol, 120)));
  const latest = (count: number) => longest.slice(-count);
  return {
    analysis: {
      symbol: 'BTC-USD',
      timeframe: 'H1',
      asOf: NOW,
      price: 1.5,
      dow: analyzeDow(latest(150)),
      nextClose: NOW,
    },
    'overview of 15 pairs': {
      asOf: NOW,
      timeframe: 'H1',
      breadth: { up: 5, down: 4, sideways: 3, unknown: 2, failed: 1 },
      pairs: symbols.map((symbol, i) => ({ symbol, closes: series[i]?.map(({ close }) => close) })),
    },
    '330 candles': { symbol: 'BTC-USD', candles: latest(330), nextClose: NOW },
    '2,500 candles': { symbol: 'BTC-USD', candles: latest(2_500), nextClose: NOW },
  };
}

/** Private */
async function candlesOf(market: MarketData, symbol: string, limit: number): Promise<readonly Candle[]> {
  const [candles] = await market.candles([{ symbol, timeframe: 'H1', limit }]);
  if (candles === undefined || candles instanceof Error)
    throw candles ?? new Error(`There are no candles of ${symbol}.`);
  return candles;
}

/** Private */
function entryOf(value: unknown): Entry {
  const start = NOW * 1_000;
  const tags = [{ tag: 'simulated-1:analysis:BTC-USD:H1', start }];
  return {
    generation: 'a1b2c3d4',
    start,
    tags,
    freshMs: 1,
    jitterMs: 0,
    staleForMs: 2,
    staleIfErrorMs: 3,
    keepForMs: 4,
    alone: 'ttl',
    costMs: 5,
    value,
  };
}

/** Private: bytes, and what it takes to write and to read them. */
function measureForm(what: string, value: unknown, form?: (typeof FORMS)[number][1]): Measurement {
  const entry = entryOf(value);
  const bytes = encodeEntry(entry, form);
  return {
    what,
    value: bytes.length,
    unit: 'B',
    beside: [
      { value: median(() => encodeEntry(entry, form)), unit: 'µs to write' },
      { value: median(() => decodeEntry(bytes)), unit: 'µs to read' },
    ],
  };
}

/** Private: of a value that was just read. */
function measureFreezing(name: string, value: unknown): readonly Measurement[] {
  const bytes = encodeEntry(entryOf(value));
  const read = () => decodeEntry(bytes)?.value;
  return [
    { what: `${name}, frozen`, value: median(deepFreeze, read), unit: 'µs' },
    { what: `${name}, asked whether immutable`, value: median(isImmutable, () => deepFreeze(read())), unit: 'µs' },
  ];
}

/** Private: µs, of the later half of the runs; `prepare` is not timed. */
function median<T>(run: (given: T) => unknown, prepare?: () => T): number {
  const times: number[] = [];
  const until = performance.now() + 2_000;
  while (times.length < RUNS && performance.now() < until) {
    const given = prepare?.() as T;
    const begun = performance.now();
    run(given);
    times.push((performance.now() - begun) * 1_000);
  }
  return percentile(times.slice(times.length / 2), 0.5);
}

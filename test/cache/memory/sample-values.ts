import { Decimal } from 'decimal.js';
import { deepFreeze } from '../../../src/support/deep-freeze.js';
import { createRandom } from './traces.js';

/** Values as a cache holds them, by name; every call makes a new one. */
export function createSampleValues(): Readonly<Record<string, () => unknown>> {
  const random = createRandom(1);
  const price = (digits: number) => Number((42_000 + 500 * random()).toFixed(digits));
  const time = (i: number) => 1_767_225_600_000 + i * 300_000;
  const swings = list(20, (i) => ({
    time: time(i),
    price: price(2),
    kind: i % 2 ? 'HIGH' : 'LOW',
    label: i ? 'HH' : null,
  }));
  const analysis = {
    ...{ symbol: 'BTC-USD', timeframe: 'H4', asOf: time(0), price: price(2), nextClose: time(1) },
    dow: { trend: 'UP', confidence: 0.75, swings, events: swings.slice(0, 6), volumeConfirms: true },
  };
  const candle = (i: number) => {
    const prices = { open: price(1), high: price(1), low: price(1), close: price(1) };
    return { time: time(i), ...prices, volume: Math.floor(1000 * random()), closed: true };
  };
  const series = { symbol: 'BTC-USD', timeframe: 'M5', candles: list(500, candle), nextClose: time(500) };
  const overview = {
    ...{ asOf: time(0), timeframe: 'H4', breadth: { up: 7, down: 5, sideways: 3, unknown: 0, failed: 0 } },
    pairs: list(15, (i) => ({ symbol: `PAIR-${i}`, closes: list(120, () => price(2)) })),
  };
  const text = { plain: 'Rising lows on falling volume. '.repeat(20), beyond: 'Курс растёт. '.repeat(40) };
  return {
    analysis: copying(analysis),
    'frozen analysis': freezing(analysis),
    'series of 500 candles': copying(series),
    'frozen series of 500 candles': freezing(series),
    'overview of 15 pairs': copying(overview),
    'frozen overview of 15 pairs': freezing(overview),
    texts: copying(text),
    'prices by symbol': copying(Object.fromEntries(list(243, (i) => [`PAIR-${i}`, price(2)]))),
    'small integers': copying(list(300, (i) => i)),
    'numbers and gaps': copying(list(300, (i) => (i % 10 ? price(2) : null))),
    'amounts as texts': () => copying(list(50, () => [random().toFixed(8), random().toFixed(7)]))(),
    decimals: () => list(50, (i) => new Decimal(`${i}.12345678`)),
    dates: () => list(50, (i) => new Date(time(i))),
    'large integers': () => list(50, (i) => 2n ** 40n + BigInt(i)),
    'larger integers': () => list(50, (i) => 2n ** 200n + BigInt(i)),
    map: () => new Map(list(100, (i) => [`instrument ${i}`, time(i)])),
    set: () => new Set(list(100, time)),
    buffer: () => Buffer.alloc(5000),
    'small buffers': () => list(20, () => Buffer.alloc(100)),
  };
}

/** Private */
function list<T>(length: number, at: (i: number) => T): T[] {
  return Array.from({ length }, (_, i) => at(i));
}

/** Private: as a codec of JSON reads it. */
function copying(value: unknown): () => unknown {
  const text = JSON.stringify(value);
  return () => JSON.parse(text) as unknown;
}

/** Private */
function freezing(value: unknown): () => unknown {
  const copy = copying(value);
  return () => deepFreeze(copy());
}

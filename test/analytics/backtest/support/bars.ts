import fc from 'fast-check';
import type { CandleColumns } from '../../../../src/market/candle-columns.js';
import { TIMEFRAME_MS } from '../../../../src/market/timeframe.js';
import { MIDNIGHT } from '../../support/candles.js';

/** An open and a close. */
export type Bar = readonly [open: number, close: number];

/** Hourly bars from midnight UTC on that reach no further than their open and close. */
export function barsOf(bars: readonly Bar[]): CandleColumns {
  return {
    time: Float64Array.from(bars, (_, index) => MIDNIGHT + index * TIMEFRAME_MS.H1),
    open: Float64Array.from(bars, ([open]) => open),
    high: Float64Array.from(bars, (bar) => Math.max(...bar)),
    low: Float64Array.from(bars, (bar) => Math.min(...bar)),
    close: Float64Array.from(bars, ([, close]) => close),
    volume: new Float64Array(bars.length).fill(1),
  };
}

/** Hourly bars that open where they close. */
export function barsAt(prices: readonly number[]): CandleColumns {
  return barsOf(prices.map((price) => [price, price]));
}

/** The first `count` of them. */
export function firstBars(bars: CandleColumns, count: number): CandleColumns {
  return {
    time: bars.time.subarray(0, count),
    open: bars.open.subarray(0, count),
    high: bars.high.subarray(0, count),
    low: bars.low.subarray(0, count),
    close: bars.close.subarray(0, count),
    volume: bars.volume.subarray(0, count),
  };
}

/** Hourly bars of any course: standstills, touches, gaps, and falls and rises that ruin. */
export function arbitraryBars({ minLength = 2, maxLength = 60 } = {}): fc.Arbitrary<CandleColumns> {
  const price = fc.oneof(
    fc.integer({ min: 8, max: 12 }),
    fc.integer({ min: 1, max: 4_000 }).map((cents) => cents / 100),
  );
  return fc.array(fc.tuple(price, price), { minLength, maxLength }).map(barsOf);
}

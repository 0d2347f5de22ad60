import fc from 'fast-check';
import type { Candle } from '../../../src/market/candle.js';
import { TIMEFRAME_MS } from '../../../src/market/timeframe.js';

/** Midnight UTC, where the series of these tests begin. */
export const MIDNIGHT = Date.UTC(2024, 0, 1);

/** A closed hourly candle, `index` hours after midnight, without range unless it is given one. */
export function candleAt(index: number, close: number, rest: Partial<Candle> = {}): Candle {
  const time = MIDNIGHT + index * TIMEFRAME_MS.H1;
  return { time, open: close, high: close, low: close, close, volume: 1, closed: true, ...rest };
}

/** Closed hourly candles without range, one per close. */
export function candlesOf(closes: readonly number[]): Candle[] {
  return closes.map((close, index) => candleAt(index, close));
}

/**
 * Closed hourly candles of any course: flat stretches, jumps, no range, no volume, and volumes so far apart that a plain running sum
 * loses the small ones.
 */
export function arbitraryCandles({ minLength = 1, maxLength = 80 } = {}): fc.Arbitrary<Candle[]> {
  const row = fc.record({
    close: fc.oneof(
      fc.constant(100),
      fc.integer({ min: 1, max: 40_000 }).map((cents) => cents / 100),
    ),
    up: fc.integer({ min: 0, max: 300 }),
    down: fc.integer({ min: 0, max: 99 }),
    volume: fc.constantFrom(0, 0, 0.001, 0.3, 7, 1_234.5, 1e9),
  });
  return fc.array(row, { minLength, maxLength }).map((rows) =>
    rows.map(({ close, up, down, volume }, index) => {
      const high = close * (1 + up / 100);
      const low = close * (1 - down / 100);
      return candleAt(index, close, { open: low, high, low, volume });
    }),
  );
}

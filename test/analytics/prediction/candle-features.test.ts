import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candleFeatures, FEATURES_WARM_UP } from '../../../src/analytics/prediction/candle-features.js';
import { arbitraryCandles, candleAt, candlesOf } from '../support/candles.js';
import { expectRows } from '../support/close-to.js';

const LAST = FEATURES_WARM_UP;

describe('candleFeatures', () => {
  it('are undefined until warm, and eleven numbers from then on', () => {
    const rows = candleFeatures(candlesOf(Array.from({ length: LAST + 2 }, () => 100)));
    expect(rows.map((row) => row?.length)).toEqual([...Array<undefined>(LAST).fill(undefined), 11, 11]);
  });

  it('are what they are said to be', () => {
    // Closes of 1, 2, 3 … 61: the means of the last 10 and 50 are 56.5 and 36.5, and nothing ever fell.
    const candles = Array.from({ length: LAST + 1 }, (_, i) => candleAt(i, i + 1));
    candles[LAST] = candleAt(LAST, 61, { high: 62, low: 58, volume: 2 });
    // An average over n closes of a line runs (n - 1) / 2 closes behind it: 12.5 and 5.5.
    const macd = 12.5 - 5.5;
    const expected = [1 / 60, 2 / 59, 3 / 58, 5 / 56, 61 / 56.5 - 1, 61 / 36.5 - 1, 0.5, macd / 61, 4 / 61];
    expectRows(candleFeatures(candles)[LAST] ?? [], [...expected, Math.log(2 / (21 / 20)), 3 / 4]);
  });

  it('are 0 where nothing moves, and 0.5 for the place of the close', () => {
    const candles = candlesOf(Array.from({ length: LAST + 1 }, () => 100));
    expectRows(candleFeatures(candles)[LAST] ?? [], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5], { scale: 1 });
  });

  it('take a volume of nothing for a hundredth of the mean', () => {
    const candles = Array.from({ length: LAST + 1 }, (_, i) => candleAt(i, 100, { volume: i === LAST ? 0 : 20 }));
    expect(candleFeatures(candles)[LAST]?.[9]).toBe(Math.log(0.01));
  });

  it('are finite, whatever the candles', () => {
    const withZeros = arbitraryCandles({ minLength: LAST + 1, maxLength: 90 }).map((candles) =>
      candles.map((candle, i) => (i % 7 === 3 ? { ...candle, open: 0, high: 0, low: 0, close: 0 } : candle)),
    );
    fc.assert(
      fc.property(fc.oneof(withZeros, arbitraryCandles({ minLength: LAST + 1, maxLength: 90 })), (candles) => {
        for (const row of candleFeatures(candles).slice(LAST)) expect(row?.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('say nothing else of a candle when others come after it', () => {
    fc.assert(
      fc.property(arbitraryCandles({ minLength: LAST + 2, maxLength: 90 }), fc.nat(), (candles, at) => {
        const known = 1 + (at % candles.length);
        expect(candleFeatures(candles.slice(0, known))).toEqual(candleFeatures(candles).slice(0, known));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { averageTrueRange, trueRange } from '../../../src/analytics/indicators/average-true-range.js';
import { candleAt } from '../support/candles.js';

describe('trueRange', () => {
  it.each([
    ['the range where it holds the close before', 11, 3],
    ['up to a close before above it', 15, 5],
    ['down to a close before below it', 8, 5],
  ])('is %s', (_, previousClose, range) => {
    expect(trueRange(candleAt(0, 12, { high: 13, low: 10 }), previousClose)).toBe(range);
  });
});

describe('averageTrueRange', () => {
  it('has no range for the first candle, begins with a mean and is smoothed as Wilder does', () => {
    const candles = [
      candleAt(0, 10, { high: 99, low: 1 }),
      candleAt(1, 11, { high: 12, low: 10 }),
      candleAt(2, 12, { high: 13, low: 9 }),
      candleAt(3, 18, { high: 18, low: 17 }),
    ];
    expect(averageTrueRange(candles, 2)).toEqual([undefined, undefined, 3, 4.5]);
  });
});

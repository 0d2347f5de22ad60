import { describe, expect, it } from 'vitest';
import { dailyBars, everyBar } from '../../../src/analytics/backtest/handed-bars.js';
import { toColumns } from '../../../src/market/candle-columns.js';
import { candleAt } from '../support/candles.js';

describe('everyBar', () => {
  it('hands each bar as it is, known with itself', () => {
    const bars = toColumns([candleAt(0, 5, { high: 6, low: 4 }), candleAt(1, 7)]);
    expect(everyBar(bars)).toEqual({
      high: Float64Array.of(6, 7),
      low: Float64Array.of(4, 7),
      close: Float64Array.of(5, 7),
      knownAt: Int32Array.of(0, 1),
    });
  });
});

describe('dailyBars', () => {
  it('is the high, low and last close of each UTC day, known with its last bar', () => {
    const bars = toColumns([
      candleAt(21, 5, { high: 9, low: 5 }),
      candleAt(22, 6, { high: 7, low: 2 }),
      candleAt(23, 4),
      candleAt(24, 8, { high: 8.5, low: 7 }),
      candleAt(25, 7.5),
    ]);
    expect(dailyBars(bars)).toEqual({
      high: Float64Array.of(9, 8.5),
      low: Float64Array.of(2, 7),
      close: Float64Array.of(4, 7.5),
      knownAt: Int32Array.of(2, 4),
    });
  });

  it('takes what there is of a day, and has no bar for a day without any', () => {
    const bars = toColumns([candleAt(3, 1), candleAt(5, 2), candleAt(24 * 3 + 7, 3)]);
    expect(dailyBars(bars)).toMatchObject({ close: Float64Array.of(2, 3), knownAt: Int32Array.of(1, 2) });
  });

  it.each([
    ['days', 24],
    ['weeks', 24 * 7],
  ])('hands %s as they are', (_, hours) => {
    const bars = toColumns([5, 3, 8].map((close, index) => candleAt(index * hours, close, { high: 9, low: 1 })));
    expect(dailyBars(bars)).toEqual(everyBar(bars));
  });

  it('is empty where there are none', () => {
    expect(dailyBars(toColumns([])).knownAt).toHaveLength(0);
  });
});

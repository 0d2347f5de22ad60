import { describe, expect, it } from 'vitest';
import { findBands, type Band } from '../../../src/analytics/wyckoff/trading-range.js';
import type { Candle } from '../../../src/market/candle.js';
import { candleAt, candlesOf } from '../support/candles.js';

/** The band of 80 candles, of which `last` are the last 40, where the average true range is `averageRange`. */
function bandOf(last: readonly Candle[], averageRange: number): Band | undefined {
  const before = Array.from({ length: 40 }, (_, index) => candleAt(index, 5_000));
  const candles = [...before, ...last];
  return findBands(
    candles,
    candles.map(() => averageRange),
  ).at(-1);
}

/** 40 candles from 90 to 110 that close at `closes` in turn. */
function candlesBetween(closes: readonly number[]): Candle[] {
  return Array.from({ length: 40 }, (_, index) =>
    candleAt(40 + index, closes[index % closes.length] ?? NaN, { high: 110, low: 90 }),
  );
}

describe('findBands', () => {
  it('takes the 36th of 40 highs from below for resistance and the 4th of the lows for support', () => {
    // Highs of 101 to 140 and lows of 61 to 100, in an order that is not theirs.
    const candles = Array.from({ length: 40 }, (_, index) =>
      candleAt(40 + index, 100, { high: 101 + ((index * 7) % 40), low: 61 + ((index * 11) % 40) }),
    );
    expect(bandOf(candles, 10)).toMatchObject({ resistance: 136, support: 64 });
  });

  it('has the extremes of the candles but the last three', () => {
    const candles = candlesBetween([100]).map((candle, index) => {
      if (index === 36) return { ...candle, high: 112, low: 88 };
      return index > 36 ? { ...candle, high: 120, low: 80 } : candle;
    });
    expect(bandOf(candles, 5)).toMatchObject({ highest: 112, lowest: 88 });
  });

  it('leaves out what is before the last 40 candles', () => {
    expect(bandOf(candlesBetween([100]), 5)).toEqual({
      isRange: true,
      support: 90,
      resistance: 110,
      lowest: 90,
      highest: 110,
    });
  });

  it('is undefined before there are 80 candles, and an average true range', () => {
    const candles = candlesOf(Array<number>(81).fill(100));
    const known = findBands(
      candles,
      candles.map(() => 5),
    ).map((band) => band !== undefined);
    expect(known.lastIndexOf(false)).toBe(78);
    expect(
      findBands(
        candles,
        candles.map(() => undefined),
      ).at(-1),
    ).toBeUndefined();
  });
});

describe('a trading range', () => {
  it.each([
    [10, true],
    [10.01, false],
    [2, true],
    [1.99, false],
  ])('that is 20 wide with an average true range of %d is one: %s', (averageRange, isRange) => {
    expect(bandOf(candlesBetween([100]), averageRange)?.isRange).toBe(isRange);
  });

  it.each([
    [0.25, true],
    [0.26, false],
    [-0.25, true],
    [-0.26, false],
  ])('whose closes go by %d a candle, with 9.75 for half the width, is one: %s', (step, isRange) => {
    const candles = candlesBetween([100]).map((candle, index) => {
      const close = 100 + step * (index - 19.5);
      return { ...candle, close, high: 109.75, low: 90.25 };
    });
    expect(bandOf(candles, 5)?.isRange).toBe(isRange);
  });

  it('is told by the line through all closes, not by the first and last', () => {
    const ends = candlesBetween([100]).map((candle, index) => {
      const close = index === 0 ? 92 : index === 39 ? 108 : 100;
      return { ...candle, close };
    });
    expect(bandOf(ends, 5)?.isRange).toBe(true);
  });

  it('has four closes of five inside, give or take a quarter of an average true range', () => {
    // Support 90, resistance 110, an average true range of 4.
    const outside = (count: number, close: number) =>
      candlesBetween([100]).map((candle, index) =>
        index % 5 === 2 && index < 5 * count ? { ...candle, close } : candle,
      );
    expect(bandOf(outside(8, 111.01), 4)?.isRange).toBe(true);
    const nine = (close: number) =>
      outside(8, close).map((candle, index) => (index === 20 ? { ...candle, close } : candle));
    expect(bandOf(nine(111.01), 4)?.isRange).toBe(false);
    expect(bandOf(nine(111), 4)?.isRange).toBe(true);
    expect(bandOf(nine(88.99), 4)?.isRange).toBe(false);
    expect(bandOf(nine(89), 4)?.isRange).toBe(true);
  });

  it('is none where the market stood still', () => {
    const still = Array.from({ length: 40 }, (_, index) => candleAt(40 + index, 100));
    expect(bandOf(still, 0)?.isRange).toBe(false);
  });
});

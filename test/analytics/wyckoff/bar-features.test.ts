import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageTrueRange } from '../../../src/analytics/indicators/average-true-range.js';
import { barFeatures } from '../../../src/analytics/wyckoff/bar-features.js';
import { arbitraryCandles, candleAt } from '../support/candles.js';

/** 21 candles with a true range of 2 and a volume of 10. */
const EVEN = Array.from({ length: 21 }, (_, index) => candleAt(index, 100, { high: 101, low: 99, volume: 10 }));

describe('barFeatures', () => {
  it('measures volume against the mean of the 20 candles before', () => {
    const volumes = EVEN.map((candle, index) => ({ ...candle, volume: index < 10 ? 5 : index < 20 ? 15 : 25 }));
    expect(barFeatures(volumes).map(({ relativeVolume }) => relativeVolume)).toEqual([
      ...Array<undefined>(20).fill(undefined),
      2.5,
    ]);
  });

  it('has no relative volume where nothing traded before', () => {
    const silent = EVEN.map((candle, index) => ({ ...candle, volume: index < 20 ? 0 : 25 }));
    expect(barFeatures(silent).at(-1)?.relativeVolume).toBeUndefined();
    const quiet = EVEN.map((candle, index) => ({ ...candle, volume: index < 20 ? 25 : 0 }));
    expect(barFeatures(quiet).at(-1)?.relativeVolume).toBe(0);
  });

  it('measures spread and result in average true ranges, which take in the candle itself', () => {
    const wide = [...EVEN.slice(0, 20), candleAt(20, 97, { high: 102, low: 96 })];
    const averageRange = (2 * 13 + 6) / 14;
    const { spread, result } = barFeatures(wide).at(-1) ?? {};
    expect(spread).toBeCloseTo(6 / averageRange, 12);
    expect(result).toBeCloseTo(3 / averageRange, 12);
  });

  it('has neither before the average true range is warm, nor where it is 0', () => {
    const warm = barFeatures(EVEN).map(({ spread, result }) => [spread, result]);
    expect(warm[13]).toEqual([undefined, undefined]);
    expect(warm[14]).toEqual([1, 0]);
    const still = Array.from({ length: 21 }, (_, index) => candleAt(index, 100));
    expect(barFeatures(still).at(-1)).toMatchObject({ spread: undefined, result: undefined });
  });

  it.each([
    [99, 0],
    [100.5, 0.75],
    [101, 1],
  ])('locates a close at %d between 99 and 101 at %d', (close, location) => {
    expect(barFeatures([candleAt(0, close, { high: 101, low: 99 })])[0]?.closeLocation).toBe(location);
  });

  it('locates the close of a candle without range in the middle', () => {
    expect(barFeatures([candleAt(0, 100)])[0]?.closeLocation).toBe(0.5);
  });

  it('is of no candle where there is none', () => {
    expect(barFeatures([])).toEqual([]);
  });
});

describe('barFeatures over any candles', () => {
  it('agrees with a plain reading of each candle and those before it', () => {
    fc.assert(
      fc.property(arbitraryCandles(), (candles) => {
        const averageRanges = averageTrueRange(candles);
        barFeatures(candles).forEach((features, index) => {
          const candle = candles[index] ?? candleAt(0, NaN);
          const averageRange = averageRanges[index];
          const before = candles.slice(Math.max(0, index - 20), index).map(({ volume }) => volume);
          const mean = before.reduce((sum, volume) => sum + volume, 0) / 20;
          if (before.length < 20 || mean === 0) expect(features.relativeVolume).toBeUndefined();
          else expect(features.relativeVolume).toBeCloseTo(candle.volume / mean, 6);
          if (!averageRange) expect(features.spread).toBeUndefined();
          else expect(features.spread).toBe((candle.high - candle.low) / averageRange);
          expect(features.closeLocation).toBeGreaterThanOrEqual(0);
          expect(features.closeLocation).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  it('never changes what it said before', () => {
    fc.assert(
      fc.property(arbitraryCandles(), fc.nat(80), (candles, cut) => {
        expect(barFeatures(candles).slice(0, cut)).toEqual(barFeatures(candles.slice(0, cut)));
      }),
    );
  });
});

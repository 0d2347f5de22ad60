import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effortResult, type EffortResult } from '../../../src/analytics/volume/effort-result.js';
import { barFeatures, type BarFeatures } from '../../../src/analytics/wyckoff/bar-features.js';
import { aggregate } from '../../../src/market/aggregate.js';
import type { Candle } from '../../../src/market/candle.js';
import { arbitraryCandles } from '../support/candles.js';
import { hasHourlySeries, readHourlySeries } from '../support/shared-data.js';

function featuresWith(features: Partial<BarFeatures>): BarFeatures {
  return { relativeVolume: 1, spread: 1, closeLocation: 0.5, result: 0.7, ...features };
}

/** The label of each candle. */
function labelsOf(candles: readonly Candle[]): EffortResult[] {
  return barFeatures(candles).map(effortResult);
}

describe('effortResult', () => {
  it.each<[EffortResult, number, number, number]>([
    ['BULLISH_ABSORPTION', 1.5, 0.5, 0.5],
    ['BULLISH_ABSORPTION', 9, 0, 1],
    ['BEARISH_ABSORPTION', 1.5, 0.5, 0.49],
    ['BEARISH_ABSORPTION', 9, 0, 0],
    ['NEUTRAL', 1.49, 0.5, 0.5],
    ['NEUTRAL', 1.5, 0.51, 0.5],
    ['NEUTRAL', 1.5, 0.99, 0.5],
    ['CONFIRMED', 1.5, 1, 0.5],
    ['CONFIRMED', 9, 9, 0],
    ['NEUTRAL', 1.49, 1, 0.5],
    ['EASY_MOVE', 0.7, 1, 0.5],
    ['EASY_MOVE', 0, 9, 0],
    ['NEUTRAL', 0.71, 1, 0.5],
    ['NEUTRAL', 0.7, 0.99, 0.5],
    ['NEUTRAL', 0.1, 0.1, 0.5],
  ])('is %s with relative volume %d, result %d and close at %d', (label, relativeVolume, result, closeLocation) => {
    expect(effortResult(featuresWith({ relativeVolume, result, closeLocation }))).toBe(label);
  });

  it('is NEUTRAL until volume and result can be measured', () => {
    expect(effortResult(featuresWith({ relativeVolume: undefined, result: 0 }))).toBe('NEUTRAL');
    expect(effortResult(featuresWith({ relativeVolume: 9, result: undefined }))).toBe('NEUTRAL');
  });

  it('never changes its label of a candle when others are added', () => {
    fc.assert(
      fc.property(arbitraryCandles({ minLength: 25 }), fc.nat(80), (candles, end) => {
        const [earlier, later] = [labelsOf(candles.slice(0, end)), labelsOf(candles)];
        expect(earlier).toEqual(later.slice(0, end));
      }),
    );
  });
});

describe.skipIf(!hasHourlySeries)('effortResult over 15 pairs (needs ../shared/data/binance_1h_2023)', () => {
  const series = hasHourlySeries ? readHourlySeries().map((candles) => aggregate(candles, 'H4', Infinity)) : [];

  // Bounds around what these rules gave when they were written: no label is degenerate, and the two absorptions balance.
  it.each<[EffortResult, number, number]>([
    ['NEUTRAL', 80, 95],
    ['CONFIRMED', 4, 9],
    ['BULLISH_ABSORPTION', 2, 4],
    ['BEARISH_ABSORPTION', 2, 4],
    ['EASY_MOVE', 0.05, 1],
  ])('is %s for %d to %d %% of the candles', (label, least, most) => {
    const labels = series.flatMap(labelsOf);
    const percent = (100 * labels.filter((each) => each === label).length) / labels.length;
    expect(percent).toBeGreaterThan(least);
    expect(percent).toBeLessThan(most);
  });

  it('never changes a label when candles are added', () => {
    for (const candles of series) {
      const labels = labelsOf(candles);
      for (let end = 1; end < candles.length; end += 97) {
        expect(labelsOf(candles.slice(0, end))).toEqual(labels.slice(0, end));
      }
    }
  });
});

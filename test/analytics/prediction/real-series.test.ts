import { describe, expect, it } from 'vitest';
import { trainModel } from '../../../src/analytics/prediction/train-model.js';
import { toColumns } from '../../../src/market/candle-columns.js';
import { hasSharedData, readSeries } from '../support/shared-data.js';

describe.skipIf(!hasSharedData)('A walk-forward over real series, which needs the shared data', () => {
  // By an implementation of its own, with the same features, windows and penalty as far as they were written down. A model is one of many
  // that would do: what must agree are the counts, the baselines, and the accuracies within their intervals.
  it.each([
    ['GOOG by the day', 'backtestingpy/GOOG.csv', { n: 1_550, accuracy: 0.512, half: 0.025, baseline: 0.505 }],
    [
      'BTCUSDT by the hour, 2023',
      'binance_1h_2023/BTCUSDT_1h.csv.gz',
      { n: 8_100, accuracy: 0.537, half: 0.011, baseline: 0.505 },
    ],
  ])('gives %s the figures that were measured before', async (_, path, known) => {
    const [candles = []] = (await readSeries(path)).values();
    const { walkForward } = trainModel(toColumns(candles));
    const { accuracy, ciLow, ciHigh, baselineAccuracy, brier, baselineBrier } = walkForward;
    expect(walkForward).toMatchObject({ n: known.n, beatsBaseline: false });
    expect(Number(baselineAccuracy.toFixed(3))).toBe(known.baseline);
    expect(Math.abs(accuracy - known.accuracy)).toBeLessThan(known.half);
    expect(Number(((ciHigh - ciLow) / 2).toFixed(3))).toBe(known.half);
    // Such probabilities were never worth more than the base rate.
    expect(brier).toBeGreaterThan(baselineBrier);
    expect([brier >= 0.2504, brier <= 0.2539]).toEqual([true, true]);
    expect([baselineBrier >= 0.2503, baselineBrier <= 0.2509]).toEqual([true, true]);
  });
});

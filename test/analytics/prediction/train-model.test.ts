import { describe, expect, it } from 'vitest';
import { scoreForecasts } from '../../../src/analytics/prediction/forecast-score.js';
import { labelRows } from '../../../src/analytics/prediction/labelled-row.js';
import { fitLogisticRegression } from '../../../src/analytics/prediction/logistic-regression.js';
import { predictDirection } from '../../../src/analytics/prediction/predict-direction.js';
import { LEAST_CANDLES, trainModel, type DirectionModel } from '../../../src/analytics/prediction/train-model.js';
import { walkForward } from '../../../src/analytics/prediction/walk-forward.js';
import { toColumns } from '../../../src/market/candle-columns.js';
import { seededCandles } from './seeded-series.js';

describe('trainModel', () => {
  it('fits the latest 500 rows, as each model of the walk-forward was, and tells how all of them did', () => {
    const candles = seededCandles(800, { seed: 1, reversal: 0.6 });
    const rows = labelRows(candles);
    expect(trainModel(toColumns(candles))).toEqual({
      regression: fitLogisticRegression(rows.slice(-500)),
      samples: 500,
      walkForward: scoreForecasts(walkForward(rows)),
    });
  });

  it('is trained on the fewest candles that give a forecast, and on no fewer', () => {
    expect(LEAST_CANDLES).toBe(612);
    const candles = seededCandles(LEAST_CANDLES, { seed: 2, reversal: 0.5 });
    expect(trainModel(toColumns(candles)).walkForward.n).toBe(50);
    expect(() => trainModel(toColumns(candles.slice(1)))).toThrow('A model needs 612 closed candles, but got: 611');
  });

  it.each([1, 2, 3])('beats its baseline where moves are reversed seven times of ten (seed %d)', (seed) => {
    const candles = seededCandles(2_000, { seed, reversal: 0.7 });
    const model = trainModel(toColumns(candles));
    expect(model.walkForward).toMatchObject({ n: 1_400, beatsBaseline: true });
    expect(model.walkForward.accuracy).toBeGreaterThan(0.65);
    // It has found what was planted: after a rise it expects a fall.
    const rose = candles.findLastIndex(({ open, close }) => close > open);
    expect(predictDirection(model, candles.slice(0, rose + 1))?.direction).toBe('DOWN');
  });

  it('does not beat it on random walks', () => {
    const models = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
      trainModel(toColumns(seededCandles(2_000, { seed, reversal: 0.5 }))),
    );
    expect(models.map(({ walkForward: { beatsBaseline } }) => beatsBaseline)).toEqual(Array(8).fill(false));
  });

  it('is plain JSON, and predicts the same from it', () => {
    const candles = seededCandles(700, { seed: 3, reversal: 0.7 });
    const model = trainModel(toColumns(candles));
    const read = JSON.parse(JSON.stringify(model)) as DirectionModel;
    expect(read).toEqual(model);
    expect(predictDirection(read, candles)).toEqual(predictDirection(model, candles));
  });

  it('copes with a market in which nothing happens', () => {
    const candles = seededCandles(700, { seed: 4, reversal: 0.5 }).map((candle) => ({
      ...candle,
      ...{ open: 1, high: 1, low: 1, close: 1, volume: 0 },
    }));
    const model = trainModel(toColumns(candles));
    expect(model.walkForward).toMatchObject({ accuracy: 1, baselineAccuracy: 1, beatsBaseline: false });
    expect(predictDirection(model, candles)).toEqual({
      probabilityUp: expect.closeTo(1 / 502, 8) as unknown,
      direction: 'NEUTRAL',
    });
  });
});

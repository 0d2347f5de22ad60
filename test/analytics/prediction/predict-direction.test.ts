import { describe, expect, it } from 'vitest';
import { candleFeatures, FEATURES_WARM_UP } from '../../../src/analytics/prediction/candle-features.js';
import { probabilityOfUp } from '../../../src/analytics/prediction/logistic-regression.js';
import { predictDirection } from '../../../src/analytics/prediction/predict-direction.js';
import { trainModel, type DirectionModel } from '../../../src/analytics/prediction/train-model.js';
import { toColumns } from '../../../src/market/candle-columns.js';
import { seededCandles } from './seeded-series.js';

const candles = seededCandles(700, { seed: 1, reversal: 0.7 });
const trained = trainModel(toColumns(candles));

/** A model that says `probabilityUp` of everything. */
function modelOf(probabilityUp: number, beatsBaseline = true): DirectionModel {
  const { regression, walkForward, samples } = trained;
  const weights = regression.weights.map(() => 0);
  const intercept = Math.log(probabilityUp / (1 - probabilityUp));
  return { samples, regression: { ...regression, weights, intercept }, walkForward: { ...walkForward, beatsBaseline } };
}

describe('predictDirection', () => {
  it('is the probability of the last candle', () => {
    const features = candleFeatures(candles).at(-1) ?? [];
    expect(predictDirection(trained, candles)?.probabilityUp).toBe(probabilityOfUp(trained.regression, features));
    expect(predictDirection(trained, candles.slice(0, -1))?.probabilityUp).not.toBe(
      predictDirection(trained, candles)?.probabilityUp,
    );
  });

  it.each([
    [0.9, 'UP'],
    [0.525, 'UP'],
    [0.515, 'NEUTRAL'],
    [0.5, 'NEUTRAL'],
    [0.485, 'NEUTRAL'],
    [0.475, 'DOWN'],
    [0.1, 'DOWN'],
  ])('calls a probability of %d %s', (probability, direction) => {
    expect(predictDirection(modelOf(probability), candles)).toEqual({
      probabilityUp: expect.closeTo(probability, 12) as unknown,
      direction,
    });
  });

  it('is NEUTRAL where the model does not beat its baseline, however sure it is', () => {
    expect(predictDirection(modelOf(0.99, false), candles)).toMatchObject({ direction: 'NEUTRAL' });
  });

  it('says nothing of too few candles', () => {
    expect(predictDirection(trained, candles.slice(-FEATURES_WARM_UP))).toBeUndefined();
    expect(predictDirection(trained, candles.slice(-FEATURES_WARM_UP - 1))).toBeDefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelledRow } from '../../../src/analytics/prediction/labelled-row.js';
import {
  fitLogisticRegression,
  PENALTY,
  probabilityOfUp,
  type LogisticRegression,
} from '../../../src/analytics/prediction/logistic-regression.js';
import { seededRows } from './seeded-series.js';

/** Rows whose features lie as far apart as they like, and whose labels may be rare. */
const arbitraryRows = fc.integer({ min: 1, max: 4 }).chain((width) => {
  const feature = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(-1e6, -400, 0.001, 77, 1e5));
  const features = fc.array(feature, { minLength: width, maxLength: width });
  const isUp = fc.oneof(fc.boolean(), fc.constant(false));
  return fc.array(fc.record({ features, isUp }), { minLength: 2, maxLength: 60 });
});

describe('fitLogisticRegression', () => {
  it('finds the weight of the smallest case', () => {
    // Features of 1 and -1 are their own standard scores. By symmetry there is no intercept, and 4 w = 2 (1 - sigmoid(w)).
    const { weights, intercept, ...scaling } = fitLogisticRegression([
      { features: [1], isUp: true },
      { features: [-1], isUp: false },
    ]);
    const [weight = NaN] = weights;
    expect(PENALTY * weight).toBeCloseTo(2 / (1 + Math.exp(weight)), 8);
    expect(intercept).toBeCloseTo(0, 10);
    expect(scaling).toEqual({ v: 1, means: [0], scales: [1] });
  });

  it('is where the penalised loss is flat', () => {
    fc.assert(
      fc.property(
        arbitraryRows.filter((rows) => new Set(rows.map(({ isUp }) => isUp)).size === 2),
        (rows) => {
          const slopes = slopesAt(fitLogisticRegression(rows), rows);
          expect(Math.max(...slopes.map(Math.abs))).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it('separates what can be separated, and stays finite', () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({ features: [i], isUp: i >= 50 }));
    const model = fitLogisticRegression(rows);
    expect(rows.every(({ features, isUp }) => probabilityOfUp(model, features) > 0.5 === isUp)).toBe(true);
    expect(model.weights.every((weight) => weight < 10)).toBe(true);
  });

  it('leaves the intercept free: where features say nothing, the odds are those of the labels', () => {
    const model = fitLogisticRegression([true, true, true, false].map((isUp) => ({ features: [7, -1], isUp })));
    expect(model.weights).toEqual([0, 0]);
    expect(model.intercept).toBeCloseTo(Math.log(3), 10);
    // What never varied carries no weight either when it does at last.
    expect(probabilityOfUp(model, [900, 5])).toBeCloseTo(0.75, 10);
  });

  it.each([
    ['ups', true, 5 / 6],
    ['others', false, 1 / 6],
  ])('gives the share by the rule of Laplace where there are only %s', (_, isUp, probability) => {
    const rows = [1, 2, 3, 4].map((feature) => ({ features: [feature], isUp }));
    expect(probabilityOfUp(fitLogisticRegression(rows), [100])).toBeCloseTo(probability, 10);
  });

  it('standardises by the rows that it is given, and so does not care for their units', () => {
    const rows = seededRows(200, { seed: 1 });
    const inOtherUnits = rows.map(({ features, isUp }) => ({ features: features.map(toOtherUnit), isUp }));
    const [one, other] = [fitLogisticRegression(rows), fitLogisticRegression(inOtherUnits)];
    one.means.forEach((mean, j) => expect(other.means[j]).toBeCloseTo(toOtherUnit(mean, j), 8));
    for (const { features } of seededRows(20, { seed: 2 })) {
      expect(probabilityOfUp(other, features.map(toOtherUnit))).toBeCloseTo(probabilityOfUp(one, features), 8);
    }
  });

  it('takes what rounding made for no difference', () => {
    const rows = [true, false].map((isUp) => ({ features: [isUp ? 0.1 + 0.2 : 0.3], isUp }));
    const model = fitLogisticRegression(rows);
    expect(rows.map(({ features }) => probabilityOfUp(model, features))).toEqual([
      expect.closeTo(0.5, 8),
      expect.closeTo(0.5, 8),
    ]);
  });

  it('is plain JSON', () => {
    const rows = seededRows(50, { seed: 3 });
    const model = fitLogisticRegression(rows);
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });

  it('refuses to learn from nothing', () => {
    expect(() => fitLogisticRegression([])).toThrow('needs rows');
  });
});

describe('probabilityOfUp', () => {
  it('stays between 0 and 1 at any distance', () => {
    const model: LogisticRegression = { v: 1, means: [0], scales: [1], weights: [1], intercept: 0 };
    expect([-1e6, 0, 1e6].map((feature) => probabilityOfUp(model, [feature]))).toEqual([0, 0.5, 1]);
  });
});

/** Private: Celsius to Fahrenheit, and worse. */
function toOtherUnit(value: number, feature: number): number {
  return value * 10 ** (3 - 2 * feature) + 32;
}

/** Private: of the penalised loss by each coefficient, straight from its definition. */
function slopesAt({ means, scales, weights, intercept }: LogisticRegression, rows: readonly LabelledRow[]): number[] {
  const slopes = [0, ...weights.map((weight) => PENALTY * weight)];
  for (const { features, isUp } of rows) {
    const inputs = [1, ...features.map((value, j) => (value - (means[j] ?? NaN)) / (scales[j] ?? NaN))];
    const odds = [intercept, ...weights].reduce((sum, coefficient, j) => sum + coefficient * (inputs[j] ?? NaN), 0);
    const residual = 1 / (1 + Math.exp(-odds)) - Number(isUp);
    inputs.forEach((input, j) => (slopes[j] = (slopes[j] ?? NaN) + residual * input));
  }
  return slopes;
}

import type { Features } from './candle-features.js';
import { dot } from './dot.js';
import type { LabelledRow } from './labelled-row.js';
import { solvePositiveDefinite } from './solve-positive-definite.js';

/** A fitted model: the log odds of up are `intercept` plus each weight times its feature in standard deviations from the mean. Plain JSON. */
export interface LogisticRegression {
  readonly v: 1;
  /** Of each feature over the rows that it was fitted to. */
  readonly means: readonly number[];
  /** Standard deviations of the features over those rows; 1 where a feature did not vary. */
  readonly scales: readonly number[];
  readonly weights: readonly number[];
  readonly intercept: number;
}

/**
 * Half of it times the sum of the squared weights is added to the log loss of all rows: each weight is held near 0 as by a normal prior
 * of standard deviation 1/2. The intercept is free.
 */
export const PENALTY = 4;

/** Newton's steps from 0 are some 5 on candles, and were 14 at the most on rows made to be hard. */
const MOST_STEPS = 50;
/** Of the gradient of the mean loss, in its largest component. */
const TOLERANCE = 1e-9;
/** A standard deviation that rounding alone may have made. */
const NO_DEVIATION = 1e-12;

/**
 * The L2-penalised logistic regression of rows, by Newton's method (iteratively reweighted least squares): deterministic, and standardised
 * by these rows alone. Rows of one label have no finite optimum; they give the share of ups by Laplace's rule, whatever the features. A
 * RangeError without rows, or where Newton's steps do not settle.
 */
export function fitLogisticRegression(rows: readonly LabelledRow[]): LogisticRegression {
  const scaling = scalingOf(rows);
  const ups = rows.filter(({ isUp }) => isUp).length;
  if (ups === 0 || ups === rows.length) {
    const intercept = Math.log((ups + 1) / (rows.length - ups + 1));
    return { v: 1, ...scaling, weights: scaling.means.map(() => 0), intercept };
  }
  const inputs = rows.map(({ features }) => [1, ...standardise(features, scaling)]);
  const targets = rows.map(({ isUp }) => Number(isUp));
  const [intercept = NaN, ...weights] = descend(inputs, targets);
  return { v: 1, ...scaling, weights, intercept };
}

/** The probability of up for a row with such features, 0 to 1. */
export function probabilityOfUp({ weights, intercept, ...scaling }: LogisticRegression, features: Features): number {
  return sigmoid(intercept + dot(weights, standardise(features, scaling)));
}

type Scaling = Pick<LogisticRegression, 'means' | 'scales'>;

/** Private */
function scalingOf(rows: readonly LabelledRow[]): Scaling {
  const [first] = rows;
  if (!first) throw new RangeError('A logistic regression needs rows, but got none.');
  const mean = (valueOf: (row: LabelledRow) => number) =>
    rows.reduce((sum, row) => sum + valueOf(row), 0) / rows.length;
  const means = first.features.map((_, j) => mean(({ features }) => features[j] ?? NaN));
  const scales = means.map((center, j) => {
    const deviation = Math.sqrt(mean(({ features }) => ((features[j] ?? NaN) - center) ** 2));
    return deviation > NO_DEVIATION ? deviation : 1;
  });
  return { means, scales };
}

/** Private */
function standardise(features: Features, { means, scales }: Scaling): number[] {
  return features.map((value, j) => (value - (means[j] ?? NaN)) / (scales[j] ?? NaN));
}

/** Private: the coefficients of least penalised loss. The first input, which is the intercept's, is 1 in every row. */
function descend(inputs: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const columns = (inputs[0] ?? []).map((_, j) => inputs.map((row) => row[j] ?? NaN));
  let coefficients = columns.map(() => 0);
  for (let step = 0; step < MOST_STEPS; step++) {
    const probabilities = inputs.map((row) => sigmoid(dot(row, coefficients)));
    const residuals = probabilities.map((probability, i) => probability - (targets[i] ?? NaN));
    const gradient = columns.map((column, j) => dot(column, residuals) + penaltyOf(j) * (coefficients[j] ?? NaN));
    if (gradient.every((slope) => Math.abs(slope) <= TOLERANCE * targets.length)) return coefficients;
    const change = solvePositiveDefinite(curvatureOf(columns, probabilities), gradient);
    coefficients = coefficients.map((value, j) => value - (change[j] ?? NaN));
  }
  throw new RangeError(`A logistic regression must settle within ${MOST_STEPS} steps, but did not.`);
}

/** Private: the second derivatives of the penalised loss. */
function curvatureOf(columns: readonly (readonly number[])[], probabilities: readonly number[]): number[][] {
  const variances = probabilities.map((probability) => probability * (1 - probability));
  return columns.map((column, j) => {
    const weighted = column.map((value, i) => value * (variances[i] ?? NaN));
    return columns.map((other, k) => dot(weighted, other) + (j === k ? penaltyOf(j) : 0));
  });
}

/** Private: none on the intercept. */
function penaltyOf(coefficient: number): number {
  return coefficient === 0 ? 0 : PENALTY;
}

/** Private */
function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

import { dot } from './dot.js';

/**
 * The x of `matrix` x = `right`, by elimination. The matrix is given by its rows, symmetric and positive definite, so that no rows need
 * be exchanged; a RangeError where a pivot shows that it is not.
 */
export function solvePositiveDefinite(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const [[pivot = NaN, ...across] = [], ...below] = matrix;
  if (matrix.length === 0) return [];
  if (!(pivot > 0)) throw new RangeError(`The matrix must be positive definite, but got a pivot of: ${pivot}`);
  const [first = NaN, ...others] = right;
  const factors = below.map(([head = NaN]) => head / pivot);
  const rest = solvePositiveDefinite(
    below.map(([, ...row], i) => subtract(row, across, factors[i] ?? NaN)),
    others.map((value, i) => value - (factors[i] ?? NaN) * first),
  );
  return [(first - dot(across, rest)) / pivot, ...rest];
}

/** Private */
function subtract(row: readonly number[], other: readonly number[], factor: number): number[] {
  return row.map((value, j) => value - factor * (other[j] ?? NaN));
}

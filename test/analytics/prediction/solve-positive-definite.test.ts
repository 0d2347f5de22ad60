import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot } from '../../../src/analytics/prediction/dot.js';
import { solvePositiveDefinite } from '../../../src/analytics/prediction/solve-positive-definite.js';

describe('solvePositiveDefinite', () => {
  it('solves a system by hand', () => {
    const matrix = [
      [4, 2, 0],
      [2, 5, 2],
      [0, 2, 5],
    ];
    const solution = solvePositiveDefinite(matrix, [8, 18, 19]);
    [1, 2, 3].forEach((value, i) => expect(solution[i]).toBeCloseTo(value, 12));
  });

  it('solves what is made of any rows and a ridge', () => {
    const row = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), row, (rows, right) => {
        const columns = right.map((_, j) => rows.map((each) => each[j] ?? NaN));
        const matrix = columns.map((a, j) => columns.map((b, k) => dot(a, b) + (j === k ? 1 : 0)));
        const solution = solvePositiveDefinite(matrix, right);
        matrix.forEach((each, i) => expect(dot(each, solution)).toBeCloseTo(right[i] ?? NaN, 8));
      }),
    );
  });

  it('refuses a matrix that is not positive definite', () => {
    const matrix = [
      [1, 2],
      [2, 4],
    ];
    expect(() => solvePositiveDefinite(matrix, [1, 1])).toThrow('positive definite, but got a pivot of: 0');
  });
});

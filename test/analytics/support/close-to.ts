import { expect } from 'vitest';

/** Expects values row by row: null or undefined in the same rows, numbers within a relative 1e-9 (`scale` where a row itself is near 0). */
export function expectRows(
  actual: readonly (number | null | undefined)[],
  expected: readonly (number | null | undefined)[],
  { tolerance = 1e-9, scale = 0 } = {},
): void {
  expect(actual).toHaveLength(expected.length);
  const wrong = expected.flatMap((value, index) => {
    const came = actual[index] ?? null;
    if (value === null || value === undefined || came === null)
      return came === (value ?? null) ? [] : [{ index, came, value }];
    return Math.abs(came - value) <= tolerance * Math.max(Math.abs(value), scale) ? [] : [{ index, came, value }];
  });
  expect(wrong).toEqual([]);
}

import { expect } from 'vitest';

/** Whether a number is near enough to the one expected. */
export type Tolerance = (came: number, expected: number) => boolean;

/** Off by no more than this share of what is expected. */
export function relative(share: number): Tolerance {
  return (came, expected) => Math.abs(came - expected) <= share * Math.abs(expected);
}

/** The same once it is rounded to as many decimals as were published; a last digit that lies between two may be either. */
export function rounded(decimals: number): Tolerance {
  const half = 0.5 * 10 ** -decimals;
  return (came, expected) => Math.abs(came - expected) <= half * (1 + 1e-6);
}

/** Whether the numbers of two values, arrays and objects included, are near enough, and everything else of them is the same. */
export function isClose(came: unknown, expected: unknown, isNear: Tolerance): boolean {
  if (typeof came === 'number' && typeof expected === 'number') return isNear(came, expected);
  if (!isObject(came) || !isObject(expected)) return came === expected;
  const keys = Object.keys(expected);
  return (
    Object.keys(came).length === keys.length &&
    keys.every((key) => isClose(Reflect.get(came, key), Reflect.get(expected, key), isNear))
  );
}

/** Expects what {@link isClose} says. */
export function expectClose(came: unknown, expected: unknown, isNear: Tolerance): void {
  expect(isClose(came, expected, isNear), `${JSON.stringify(came)} is not near ${JSON.stringify(expected)}`).toBe(true);
}

/** Private */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

import { describe, expect, it } from 'vitest';
import {
  covariance,
  geometricMean,
  highest,
  mean,
  variance,
} from '../../../src/analytics/backtest/sample-statistics.js';

describe('the statistics of a sample', () => {
  it('are its mean, and its variance by one less than its size', () => {
    expect(mean([2, 4, 9])).toBe(5);
    expect(variance([2, 4, 9])).toBe((9 + 1 + 16) / 2);
    expect(covariance([2, 4, 9], [1, 0, 5])).toBe((-3 * -1 + -1 * -2 + 4 * 3) / 2);
  });

  it('are the return that compounds to the same', () => {
    expect(geometricMean([0.1, -0.2, 0.5])).toBeCloseTo(Math.cbrt(1.1 * 0.8 * 1.5) - 1, 14);
    expect(geometricMean([0.5, -1, 0.5])).toBe(0);
    expect(geometricMean([0.5, -1.5])).toBe(0);
  });

  it('are the highest value', () => {
    expect(highest([-3, -1, -2])).toBe(-1);
    expect(highest([])).toBe(-Infinity);
  });

  it('are NaN where there are too few values', () => {
    expect([mean([]), variance([1]), covariance([1], [1]), geometricMean([])]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('keep the variance of values that are close together', () => {
    expect(variance([1e9, 1e9 + 1, 1e9 + 2])).toBe(1);
  });
});

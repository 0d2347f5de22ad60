import { describe, expect, it } from 'vitest';
import {
  advanceExponentialMovingAverage,
  createWilderAverage,
  exponentialMovingAverage,
  getExponentialMovingAverage,
} from '../../../src/analytics/indicators/exponential-moving-average.js';

describe('exponentialMovingAverage', () => {
  it('is seeded by the mean of the first values', () => {
    expect(exponentialMovingAverage([1, 2, 6], 3)).toEqual([undefined, undefined, 3]);
  });

  it('moves by 2 / (period + 1) of the way to each new value', () => {
    expect(exponentialMovingAverage([1, 2, 6, 7, 1], 3)).toEqual([undefined, undefined, 3, 5, 3]);
  });

  it('equals what TA-Lib says of EMA(3) over 0 to 9', () => {
    const values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(exponentialMovingAverage(values, 3)).toEqual([undefined, undefined, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('createWilderAverage', () => {
  it('moves by 1 / period of the way to each new value', () => {
    const state = [1, 2, 3, 6].reduce(advanceExponentialMovingAverage, createWilderAverage(2));
    expect(getExponentialMovingAverage(state)).toBe(((1.5 + 3) / 2 + 6) / 2);
  });
});

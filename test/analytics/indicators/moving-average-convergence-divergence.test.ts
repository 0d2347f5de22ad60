import { describe, expect, it } from 'vitest';
import { movingAverageConvergenceDivergence } from '../../../src/analytics/indicators/moving-average-convergence-divergence.js';

describe('movingAverageConvergenceDivergence', () => {
  it('is the fast average minus the slow one, with its own average and what is between them', () => {
    const rows = movingAverageConvergenceDivergence([1, 3, 5, 9, 9], { fast: 1, slow: 3, signal: 2 });
    // Fast 1 3 5 9 9; slow from index 2: 3 6 7.5; so the line is 2 3 1.5 and its signal, seeded by 2.5, moves 2/3 of the way.
    const signal = 2.5 + (2 / 3) * (1.5 - 2.5);
    expect(rows).toEqual([
      undefined,
      undefined,
      { macd: 2, signal: undefined, histogram: undefined },
      { macd: 3, signal: 2.5, histogram: 0.5 },
      { macd: 1.5, signal, histogram: 1.5 - signal },
    ]);
  });

  it('takes 12, 26 and 9: the line from index 25, the signal from 33', () => {
    const rows = movingAverageConvergenceDivergence(Array.from({ length: 40 }, (_, index) => index));
    expect(rows.findIndex((row) => row !== undefined)).toBe(25);
    expect(rows.findIndex((row) => row?.signal !== undefined)).toBe(33);
    // Of a straight line an average lags by (period - 1) / 2.
    expect(rows.at(-1)).toEqual({ macd: 7, signal: 7, histogram: 0 });
  });
});

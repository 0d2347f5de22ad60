import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simpleMovingAverage } from '../../../src/analytics/indicators/simple-moving-average.js';
import { expectRows } from '../support/close-to.js';

describe('simpleMovingAverage', () => {
  it('is the mean of the last values, undefined before', () => {
    expect(simpleMovingAverage([1, 2, 3, 4, 8], 3)).toEqual([undefined, undefined, 2, 3, 5]);
  });

  it('is the value itself over one', () => {
    expect(simpleMovingAverage([3, 1, 2], 1)).toEqual([3, 1, 2]);
  });

  it('equals the mean taken anew of every window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true })),
        fc.integer({ min: 1, max: 9 }),
        (values, period) => {
          const naive = values.map((_, index) => {
            const window = values.slice(Math.max(0, index - period + 1), index + 1);
            return window.length < period ? undefined : window.reduce((sum, value) => sum + value, 0) / period;
          });
          expectRows(simpleMovingAverage(values, period), naive, { scale: 1e3 });
        },
      ),
    );
  });

  it('keeps the digits of small values after large ones have left the window', () => {
    expect(simpleMovingAverage([1e17, 0.1, 0.2, 0.3], 3).at(-1)).toBeCloseTo(0.2, 12);
    expect(simpleMovingAverage([1e17, 0.1, 0, 0, 0], 3).at(-1)).toBe(0);
  });

  it('has not drifted after 200,000 values', () => {
    const values = Array.from({ length: 200_000 }, (_, index) => 20_000 + Math.sin(index) * 0.1);
    const exact = values.slice(-200).reduce((sum, value) => sum + (value - 20_000), 0) / 200 + 20_000;
    expect(Math.abs((simpleMovingAverage(values, 200).at(-1) ?? 0) - exact)).toBeLessThan(1e-11);
  });

  it.each([0, -1, 1.5, NaN])('refuses a period of %d', (period) => {
    expect(() => simpleMovingAverage([], period)).toThrow(
      new RangeError(`period must be a whole number of at least 1, but got: ${period}`),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { bollingerBands } from '../../../src/analytics/indicators/bollinger-bands.js';

describe('bollingerBands', () => {
  it('lies two population standard deviations around the mean', () => {
    expect(bollingerBands([2, 4, 4, 4, 5, 5, 7, 9], 8).at(-1)).toEqual({ upper: 9, middle: 5, lower: 1 });
    expect(bollingerBands([1, 3], 2, 3)).toEqual([undefined, { upper: 5, middle: 2, lower: -1 }]);
  });

  it('closes on a flat series, without a negative root', () => {
    const rows = bollingerBands([1e6, ...Array<number>(20).fill(0.1)], 20);
    expect(rows.at(-1)?.middle).toBeCloseTo(0.1, 12);
    expect(rows.at(-1)?.upper).toBeCloseTo(0.1, 12);
    expect(rows.at(-1)?.lower).toBeCloseTo(0.1, 12);
  });

  it('keeps a spread that is small against the price', () => {
    const closes = Array.from({ length: 40 }, (_, index) => 1e8 + (index % 2) * 1e-3);
    const { upper, lower } = bollingerBands(closes, 20).at(-1) ?? { upper: 0, lower: 0 };
    expect((upper - lower) / 2e-3).toBeCloseTo(1, 3);
  });

  it.each([0, -1, NaN, Infinity])('refuses %d deviations', (deviations) => {
    expect(() => bollingerBands([], 20, deviations)).toThrow(
      new RangeError(`deviations must be a number above 0, but got: ${deviations}`),
    );
  });
});

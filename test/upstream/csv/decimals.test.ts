import { describe, expect, it } from 'vitest';
import { decimalsOf, priceDecimals, quantityDecimals, stepOf } from '../../../src/upstream/csv/decimals.js';

describe('decimalsOf', () => {
  it.each([
    ['100', 0],
    ['1070', 0],
    ['100.', 0],
    ['3071840.0', 0],
    ['97.00000000', 0],
    ['96.51000000', 2],
    ['0.0981319994', 10],
    ['1.2e-04', 5],
    ['1E-5', 5],
    ['1.1611076e+09', 0],
    ['1.1611076e+03', 4],
  ])('%s has %i', (number, decimals) => {
    expect(decimalsOf(number)).toBe(decimals);
  });
});

describe('stepOf', () => {
  it('is an exact decimal', () => {
    expect([0, 1, 2, 8].map(stepOf)).toEqual(['1', '0.1', '0.01', '0.00000001']);
  });
});

describe('priceDecimals', () => {
  it('keeps what the data have, up to eight significant digits', () => {
    expect(priceDecimals(2, 97_482)).toBe(2);
    expect(priceDecimals(8, 0.00002231)).toBe(8);
    expect(priceDecimals(15, 42_618.63671875)).toBe(3);
    expect(priceDecimals(15, 0.1464472860097885)).toBe(8);
    expect(priceDecimals(2, 1e12)).toBe(0);
    expect(priceDecimals(2, 0)).toBe(2);
  });
});

describe('quantityDecimals', () => {
  it('takes whole volumes for whole shares, but not for whole coins', () => {
    expect(quantityDecimals(0, false)).toBe(0);
    expect(quantityDecimals(0, true)).toBe(8);
    expect(quantityDecimals(3, true)).toBe(3);
    expect(quantityDecimals(12, true)).toBe(8);
  });
});

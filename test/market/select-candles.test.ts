import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../src/market/candle.js';
import { selectCandles } from '../../src/market/select-candles.js';

const at = (time: number): Candle => ({ time, open: 1, high: 1, low: 1, close: 1, volume: 1, closed: true });
const SERIES = [10, 20, 30, 50, 60].map(at);
const times = (range: { from?: number; to?: number; limit: number }) =>
  selectCandles(SERIES, range).map(({ time }) => time);

describe('selectCandles', () => {
  it('takes the last ones without a range', () => {
    expect(times({ limit: 2 })).toEqual([50, 60]);
    expect(times({ limit: 9 })).toEqual([10, 20, 30, 50, 60]);
  });

  it('takes the last ones before `to`, which is no part of the range', () => {
    expect(times({ to: 50, limit: 2 })).toEqual([20, 30]);
    expect(times({ to: 51, limit: 2 })).toEqual([30, 50]);
  });

  it('takes the first ones from `from`, which is a part of the range', () => {
    expect(times({ from: 20, limit: 2 })).toEqual([20, 30]);
    expect(times({ from: 21, limit: 2 })).toEqual([30, 50]);
    expect(times({ from: 20, to: 60, limit: 9 })).toEqual([20, 30, 50]);
  });

  it.each([
    { from: 30, to: 30, limit: 5 },
    { from: 50, to: 20, limit: 5 },
    { from: 61, limit: 5 },
    { to: 10, limit: 5 },
    { from: 10, limit: 0 },
    { limit: 0 },
    { from: 20, limit: -3 },
    { limit: -3 },
  ])('answers nothing for %o', (range) => {
    expect(times(range)).toEqual([]);
  });

  it('agrees with what its words say, one candle after the other', () => {
    const bound = fc.option(fc.integer({ min: -5, max: 70 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 65 }), { maxLength: 30 }),
        fc.record({ from: bound, to: bound, limit: fc.nat(12) }),
        (openings, { from, to, limit }) => {
          const candles = openings.sort((a, b) => a - b).map(at);
          const inRange = candles.filter(({ time }) => time >= (from ?? -Infinity) && time < (to ?? Infinity));
          const expected =
            from === undefined ? inRange.slice(Math.max(0, inRange.length - limit)) : inRange.slice(0, limit);
          expect(selectCandles(candles, { from, to, limit })).toEqual(expected);
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { volumeProfile } from '../../../src/analytics/volume/volume-profile.js';
import type { Candle } from '../../../src/market/candle.js';
import { arbitraryCandles, candleAt } from '../support/candles.js';

/** The lowest and highest prices of 0 and 24, so that row n lies from n to n + 1; without volume. */
const FRAME = bar(0, 24, 0);

/** A candle from `low` to `high`. */
function bar(low: number, high: number, volume: number): Candle {
  return candleAt(0, low, { low, high, volume });
}

/** A profile of volumes by row of {@link FRAME}, each traded in a candle of its own. */
function profileOf(volumes: Readonly<Record<number, number>>) {
  const bars = Object.entries(volumes).map(([row, volume]) => bar(Number(row), Number(row) + 1, volume));
  return volumeProfile([FRAME, ...bars]);
}

describe('the point of control', () => {
  it('is the middle of the row with the most volume', () => {
    expect(profileOf({ 3: 5, 4: 6, 20: 5 })?.poc).toBe(4.5);
  });

  it('is nearest to the middle where rows hold the same', () => {
    expect(profileOf({ 2: 5, 8: 5, 19: 5 })?.poc).toBe(8.5);
    expect(profileOf({ 2: 5, 5: 4, 14: 5, 23: 5 })?.poc).toBe(14.5);
  });

  it('is the upper of two that are as near', () => {
    expect(profileOf({ 8: 5, 15: 5 })?.poc).toBe(15.5);
    expect(volumeProfile([bar(0, 24, 1)])?.poc).toBe(12.5);
  });
});

describe('the rows of a profile', () => {
  it('share the volume of a candle evenly, whatever part of them it touched', () => {
    // 6 over the rows 4, 5 and 6: 2 each, and what else there is decides which row has the most.
    const candle = bar(4.9, 6.1, 6);
    expect(volumeProfile([FRAME, candle, bar(4, 5, 0.1)])?.poc).toBe(4.5);
    expect(volumeProfile([FRAME, candle, bar(6, 7, 0.1)])?.poc).toBe(6.5);
    expect(volumeProfile([FRAME, candle, bar(7, 8, 1.9)])?.poc).toBe(6.5);
    expect(volumeProfile([FRAME, candle, bar(7, 8, 2.1)])?.poc).toBe(7.5);
  });

  it('are not touched by a candle that ends at their lower edge', () => {
    expect(volumeProfile([FRAME, bar(4, 6, 6), bar(6, 7, 2.9)])?.poc).toBe(5.5);
  });

  it('hold a candle without range: the upper of two at their edge, the highest at the high', () => {
    expect(volumeProfile([FRAME, bar(5, 5, 1)])?.poc).toBe(5.5);
    expect(volumeProfile([FRAME, bar(24, 24, 1)])?.poc).toBe(23.5);
    expect(volumeProfile([FRAME, bar(0, 0, 1)])?.poc).toBe(0.5);
  });
});

describe('the value area', () => {
  it('is the row of control alone where that holds 70 %', () => {
    expect(profileOf({ 10: 7, 11: 3 })).toEqual({ poc: 10.5, valueAreaLow: 10, valueAreaHigh: 11 });
  });

  it('grows where that holds a little less', () => {
    expect(profileOf({ 10: 6.99, 11: 3.01 })).toEqual({ poc: 10.5, valueAreaLow: 10, valueAreaHigh: 12 });
  });

  it('takes the neighbour with more volume, one row at a time', () => {
    // 30, then 20 below, 15 above, 10 below: 75 of 100.
    const volumes = { 7: 5, 8: 10, 9: 20, 10: 30, 11: 15, 12: 8, 13: 12 };
    expect(profileOf(volumes)).toEqual({ poc: 10.5, valueAreaLow: 8, valueAreaHigh: 12 });
  });

  it('takes the upper one where both hold the same', () => {
    expect(profileOf({ 9: 20, 10: 50, 11: 20, 12: 10 })).toEqual({ poc: 10.5, valueAreaLow: 10, valueAreaHigh: 12 });
  });

  it('goes on with the other side at the edge of the range', () => {
    expect(profileOf({ 23: 40, 22: 20, 21: 20, 0: 20 })).toEqual({ poc: 23.5, valueAreaLow: 21, valueAreaHigh: 24 });
    expect(profileOf({ 0: 40, 1: 20, 2: 20, 23: 20 })).toEqual({ poc: 0.5, valueAreaLow: 0, valueAreaHigh: 3 });
  });

  it('is 17 rows of 24 where all hold the same', () => {
    const even = volumeProfile([bar(0, 24, 1)]);
    expect((even?.valueAreaHigh ?? 0) - (even?.valueAreaLow ?? 0)).toBe(17);
  });
});

describe('volumeProfile', () => {
  it('is that price where there is only one', () => {
    expect(volumeProfile([bar(0.3, 0.3, 2), bar(0.3, 0.3, 0)])).toEqual({
      ...{ poc: 0.3, valueAreaLow: 0.3, valueAreaHigh: 0.3 },
    });
  });

  it('is null where nothing traded, and without candles', () => {
    expect(volumeProfile([FRAME, bar(3, 4, 0)])).toBeNull();
    expect(volumeProfile([])).toBeNull();
  });

  it('reaches exactly to the high, whatever rounding makes of the rows', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 9, noNaN: true }),
        fc.double({ min: 1.001, max: 3, noNaN: true }),
        (a, b) => {
          const high = a * b;
          expect(volumeProfile([bar(a, high, 0), bar(high, high, 1)])?.valueAreaHigh).toBe(high);
          expect(volumeProfile([bar(a, high, 0), bar(a, a, 1)])?.valueAreaLow).toBe(a);
        },
      ),
    );
  });

  it('has its area around the point of control, within the range of any candles', () => {
    fc.assert(
      fc.property(arbitraryCandles(), (candles) => {
        const profile = volumeProfile(candles);
        expect(profile === null).toBe(candles.every(({ volume }) => volume === 0));
        if (!profile) return;
        expect(profile.valueAreaLow).toBeGreaterThanOrEqual(Math.min(...candles.map(({ low }) => low)));
        expect(profile.poc).toBeGreaterThanOrEqual(profile.valueAreaLow);
        expect(profile.valueAreaHigh).toBeGreaterThanOrEqual(profile.poc);
        expect(Math.max(...candles.map(({ high }) => high))).toBeGreaterThanOrEqual(profile.valueAreaHigh);
      }),
    );
  });

  it('has 70 % of the volume in its area, and no row more than the one of control', () => {
    // Candles of whole rows: what lies in the area can be told from the prices alone.
    const rows = fc.tuple(fc.nat(23), fc.integer({ min: 1, max: 8 }), fc.nat(1_000));
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 30 }), (given) => {
        const bars = given.map(([low, length, volume]) => bar(low, Math.min(24, low + length), volume));
        const profile = volumeProfile([FRAME, ...bars]);
        if (!profile) return;
        const between = (from: number, to: number) =>
          bars.reduce((sum, { low, high, volume }) => {
            const overlap = Math.max(0, Math.min(high, to) - Math.max(low, from));
            return sum + (volume * overlap) / (high - low);
          }, 0);
        const { poc, valueAreaLow, valueAreaHigh } = profile;
        const total = between(0, 24);
        expect(between(valueAreaLow, valueAreaHigh)).toBeGreaterThanOrEqual(0.7 * total * (1 - 1e-9));
        const control = between(poc - 0.5, poc + 0.5);
        for (let row = 0; row < 24; row++) expect(between(row, row + 1)).toBeLessThanOrEqual(control * (1 + 1e-9));
        // Without the row that came last it held less: one of the two ends, unless it is the row of control alone.
        if (valueAreaHigh - valueAreaLow > 1) {
          const shorter = Math.min(between(valueAreaLow + 1, valueAreaHigh), between(valueAreaLow, valueAreaHigh - 1));
          expect(shorter).toBeLessThan(0.7 * total * (1 + 1e-9));
        }
      }),
    );
  });
});

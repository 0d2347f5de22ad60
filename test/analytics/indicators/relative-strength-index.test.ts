import { describe, expect, it } from 'vitest';
import { relativeStrengthIndex } from '../../../src/analytics/indicators/relative-strength-index.js';
import { expectRows } from '../support/close-to.js';

describe('relativeStrengthIndex', () => {
  it('weighs the gains against the losses, smoothed as Wilder does', () => {
    // Changes +2 -1 +3: gains 2 0 average 1, losses 0 1 average 0.5; then (1 + 3) / 2 and (0.5 + 0) / 2.
    expect(relativeStrengthIndex([10, 12, 11, 14], 2)).toEqual([
      undefined,
      undefined,
      100 * (1 / 1.5),
      100 * (2 / 2.25),
    ]);
  });

  it('equals what TA-Lib says of RSI(10) over prices near zero', () => {
    const tenMillionths = [24, 24, 24, 24, 24, 23, 24, 24, 24, 24, 23, 24, 23, 24, 23, 24, 24, 23, 23, 23];
    const closes = tenMillionths.map((price) => price / 1e8);
    const published = [
      33.33333333333333, 51.35135135135135, 39.4919168591224, 51.84807024709005, 42.25953803191981, 52.101824405061215,
      52.101824405061215, 43.043664867691085, 43.043664867691085, 43.043664867691085,
    ];
    expectRows(relativeStrengthIndex(closes, 10), [...Array<undefined>(10).fill(undefined), ...published]);
  });

  it('is 100 without a loss and 0 without a gain', () => {
    expect(relativeStrengthIndex([1, 2, 3, 4], 3).at(-1)).toBe(100);
    expect(relativeStrengthIndex([4, 3, 2, 1], 3).at(-1)).toBe(0);
  });

  it('is 50 where nothing moves', () => {
    expect(relativeStrengthIndex([5, 5, 5, 5], 3)).toEqual([undefined, undefined, undefined, 50]);
  });
});

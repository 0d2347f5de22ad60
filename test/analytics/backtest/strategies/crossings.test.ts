import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossings, upsAndDowns } from '../../../../src/analytics/backtest/strategies/crossings.js';
import { signalsOf, signsOf } from '../support/signals.js';

describe('crossings', () => {
  it('is up where the line comes from under the level, down where it comes from over it', () => {
    expect(signsAgainstTen(9, 11, 12, 8, 7, 10.5)).toBe('.+.-.+');
  });

  it('is strict on both sides: who has touched the level has not crossed it', () => {
    expect(signsAgainstTen(9, 10, 11, 10, 9, 10, 10, 11)).toBe('........');
  });

  it('follows a level that moves', () => {
    expect(signsOf(crossings(Float64Array.of(5, 5, 5), Float64Array.of(6, 4, 6)))).toBe('.+-');
  });

  it('is nowhere beside what is not warm', () => {
    expect(signsAgainstTen(NaN, 11, 9, NaN, 11)).toBe('..-..');
    expect(signsOf(crossings(Float64Array.of(9, 11, 9), Float64Array.of(NaN, NaN, 10)))).toBe('...');
  });

  it('takes for equal what rounding took apart, whatever the scale', () => {
    for (const scale of [1e-9, 1, 1e9]) {
      const level = new Float64Array(3).fill(0.3 * scale);
      const sum = 0.1 + 0.2;
      expect(sum).toBeGreaterThan(0.3);
      expect(
        signsOf(
          crossings(
            Float64Array.of(0.29, sum, 0.29).map((value) => value * scale),
            level,
          ),
        ),
      ).toBe('...');
      expect(
        signsOf(
          crossings(
            Float64Array.of(0.29, 0.3 + 1e-9, 0.29).map((each) => each * scale),
            level,
          ),
        ),
      ).toBe('.+-');
    }
  });

  it('is the other way round seen from the level', () => {
    const column = fc
      .array(fc.integer({ min: 0, max: 4 }), { minLength: 20, maxLength: 20 })
      .map((each) => Float64Array.from(each));
    fc.assert(
      fc.property(column, column, (line, level) => {
        const mirrored = crossings(level, line).map((signal) => (signal === 0 ? 0 : -signal));
        expect(crossings(line, level)).toEqual(mirrored);
      }),
    );
  });

  function signsAgainstTen(...line: number[]): string {
    return signsOf(crossings(Float64Array.from(line), new Float64Array(line.length).fill(10)));
  }
});

describe('upsAndDowns', () => {
  it('takes the ups of the one and the downs of the other', () => {
    expect(signsOf(upsAndDowns(signalsOf('+-.+.'), signalsOf('.+-.-')))).toBe('+.-+-');
  });
});

import { describe, expect, it } from 'vitest';
import { findSignsOfStrength } from '../../../src/analytics/wyckoff/signs-of-strength.js';
import { BAND, barsWith, type BarChange } from './support/bars.js';

const SIGN = 10;

/** The highest high of the range is 106, its middle 100. */
const BREAK: BarChange = { high: 108, low: 104, close: 107, features: { spread: 1.2, relativeVolume: 1.3 } };

/** A sign of strength, after which candles are at 110 until `changes`. */
function found(changes: Readonly<Record<number, BarChange>>, length = 30): string[] {
  const after = Object.fromEntries(
    Array.from({ length: length - SIGN - 1 }, (_, index) => [
      SIGN + 1 + index,
      { high: 111, low: 109, close: 110, band: { ...BAND, isRange: false } },
    ]),
  );
  const bars = barsWith(length, { ...after, [SIGN]: BREAK, ...changes });
  return findSignsOfStrength(bars).map(({ kind, index, knownAt, price }) => `${kind} ${index} ${knownAt} ${price}`);
}

describe('a sign of strength', () => {
  it('is a close above the range with spread and volume', () => {
    expect(found({})).toEqual(['SOS 10 10 107']);
  });

  it.each<[string, BarChange]>([
    ['a close at the highest high', { close: 106 }],
    ['less spread', { features: { ...BREAK.features, spread: 1.19 } }],
    ['less volume', { features: { ...BREAK.features, relativeVolume: 1.29 } }],
    ['an unknown spread', { features: { ...BREAK.features, spread: undefined } }],
    ['an unknown volume', { features: { ...BREAK.features, relativeVolume: undefined } }],
    ['no trading range', { band: { ...BAND, isRange: false } }],
    ['too few candles for one', { band: undefined }],
  ])('is none with %s', (_, change) => {
    expect(found({ [SIGN]: { ...BREAK, ...change } })).toEqual([]);
  });
});

describe('a last point of support', () => {
  const QUIET: BarChange['features'] = { relativeVolume: 0.99 };

  it('is the first low pivot with little volume, known three candles later', () => {
    const pullback = { low: 105, features: QUIET };
    expect(found({ 15: pullback, 22: pullback })).toEqual(['SOS 10 10 107', 'LPS 15 18 105']);
    expect(found({ 15: pullback }, 18)).toEqual(['SOS 10 10 107']);
  });

  it.each([
    [100.01, ['LPS 15 18 100.01']],
    [100, []],
  ])('at %d, with the middle of the range at 100, is %j', (low, events) => {
    expect(found({ 15: { low, features: QUIET } }).slice(1)).toEqual(events);
  });

  it('is none after a pivot that went to the middle', () => {
    expect(found({ 15: { low: 99 }, 22: { low: 105, features: QUIET } })).toEqual(['SOS 10 10 107']);
  });

  it('passes over pivots with volume', () => {
    expect(
      found({
        15: { low: 105, features: { relativeVolume: 1 } },
        19: { low: 105, features: { relativeVolume: undefined } },
        24: { low: 106, features: QUIET },
      }),
    ).toEqual(['SOS 10 10 107', 'LPS 24 27 106']);
  });

  it('is none of a low before the sign, and none without one', () => {
    const pullback = { low: 90, features: QUIET };
    expect(found({ 8: pullback })).toEqual(['SOS 10 10 107']);
    expect(found({ [SIGN]: {}, 15: pullback })).toEqual([]);
  });

  it('heeds no low before the sign', () => {
    const pullback = { low: 105, features: QUIET };
    expect(found({ 8: { low: 90 }, 15: pullback })).toEqual(['SOS 10 10 107', 'LPS 15 18 105']);
  });

  it('is that of the sign before where another comes as it is confirmed', () => {
    expect(found({ 15: { low: 105, features: QUIET }, 18: { ...BREAK, low: 109 } })).toEqual([
      'SOS 10 10 107',
      'LPS 15 18 105',
      'SOS 18 18 107',
    ]);
  });

  it('takes the middle of the last sign', () => {
    const higher: BarChange = { ...BREAK, low: 109, close: 130, band: { ...BAND, support: 105, resistance: 125 } };
    expect(found({ 13: higher, 20: { low: 105, features: QUIET } })).toEqual(['SOS 10 10 107', 'SOS 13 13 130']);
  });

  it('is known within 80 candles', () => {
    const last = (index: number) => found({ [index]: { low: 105, features: QUIET } }, 110).at(-1);
    expect(last(86)).toBe('LPS 86 89 105');
    expect(last(87)).toBe('SOS 10 10 107');
  });
});

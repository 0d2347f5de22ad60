import { describe, expect, it } from 'vitest';
import { findSprings } from '../../../src/analytics/wyckoff/springs.js';
import { BAND, barsWith, type BarChange } from './support/bars.js';

/** The lowest low of the range is 94, and a tenth of the average true range 0.1. */
function springs(changes: Readonly<Record<number, BarChange>>) {
  return findSprings(barsWith(20, changes));
}

function places(changes: Readonly<Record<number, BarChange>>): string[] {
  return springs(changes).map(({ index, knownAt, price }) => `${index} ${knownAt} ${price}`);
}

describe('a spring', () => {
  it('is a low below the range and a close above it again', () => {
    expect(springs({ 10: { low: 93, close: 95 } })).toEqual([
      { kind: 'SPRING', index: 10, knownAt: 10, price: 93, strong: false },
    ]);
  });

  it.each([
    [93.89, 94.01, 1],
    [93.9, 94.01, 0],
    [93.89, 94, 0],
  ])('with a low of %d and a close of %d is %d', (low, close, count) => {
    expect(springs({ 10: { low, close } }).filter(({ knownAt }) => knownAt === 10)).toHaveLength(count);
  });

  it('needs a trading range', () => {
    expect(springs({ 10: { low: 93, close: 95, band: { ...BAND, isRange: false } } })).toEqual([]);
    expect(springs({ 10: { low: 93, close: 95, band: undefined } })).toEqual([]);
    expect(springs({ 10: { low: 93, close: 95, averageRange: undefined } })).toEqual([]);
  });

  it('measures its depth in average true ranges', () => {
    expect(springs({ 10: { low: 93, close: 95, averageRange: 9.9 } })).toHaveLength(1);
    expect(springs({ 10: { low: 93, close: 95, averageRange: 10.1 } })).toHaveLength(0);
  });

  it('is late where the close comes back within three candles, at the lowest of them', () => {
    expect(places({ 10: { low: 93, close: 93.5 }, 11: { low: 94, close: 95 } })).toEqual(['10 11 93']);
    expect(places({ 9: { low: 92, close: 93 }, 10: { low: 93, close: 93.5 }, 11: { low: 94, close: 95 } })).toEqual([
      '9 11 92',
    ]);
    expect(places({ 10: { low: 93, close: 93.5 }, 11: { low: 92, close: 95 } })).toEqual(['11 11 92']);
  });

  it('is none where it comes back later', () => {
    const below = { low: 93.95, close: 93.98 };
    expect(places({ 8: { low: 92, close: 93 }, 9: below, 10: below, 11: { low: 94, close: 95 } })).toEqual([]);
  });

  it('is none of a dip from which a close has come back before', () => {
    expect(places({ 9: { low: 92, close: 95 }, 10: { low: 95, close: 96 } })).toEqual(['9 9 92']);
  });

  it('is one for each candle that dips and comes back', () => {
    expect(places({ 9: { low: 92, close: 95 }, 10: { low: 93, close: 96 } })).toEqual(['9 9 92', '10 10 93']);
  });

  it('stands once at a candle, though the lowest low of the range rises above the close that came back', () => {
    const risen = { ...BAND, lowest: 94.5 };
    expect(
      places({ 9: { low: 92, close: 93 }, 10: { low: 94, close: 94.2 }, 11: { low: 94, close: 95, band: risen } }),
    ).toEqual(['9 10 92']);
  });
});

describe('the strength of a spring', () => {
  const isStrong = (dip: BarChange['features'], back: BarChange['features']) =>
    springs({ 10: { low: 93, close: 93.5, features: dip }, 11: { low: 94, close: 95, features: back } })[0]?.strong;

  it.each([
    [0.99, 0.69, true],
    [1, 0.69, false],
    [undefined, 0.69, false],
    [1, 0.7, true],
  ])('with a volume of %d below and a close at %d above is high: %s', (relativeVolume, closeLocation, strong) => {
    expect(isStrong({ relativeVolume, closeLocation: 0 }, { relativeVolume: 5, closeLocation })).toBe(strong);
  });
});

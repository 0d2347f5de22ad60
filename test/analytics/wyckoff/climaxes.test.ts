import { describe, expect, it } from 'vitest';
import { findClimaxes } from '../../../src/analytics/wyckoff/climaxes.js';
import { barsWith, type BarChange } from './support/bars.js';

const CLIMAX = 30;

/** A climax from a low of 90 with four times the usual volume, after which closes are at 92 until `changes`. */
function climaxBars(changes: Readonly<Record<number, BarChange>> = {}, length = 60) {
  const after = Object.fromEntries(
    Array.from({ length: length - CLIMAX - 1 }, (_, index) => [CLIMAX + 1 + index, { high: 98, low: 97, close: 97.5 }]),
  );
  return barsWith(length, { ...after, [CLIMAX]: SELLING, ...changes });
}

const SELLING: BarChange = {
  high: 96,
  low: 90,
  close: 94,
  features: { relativeVolume: 4, spread: 6, closeLocation: 0.6 },
};

function found(bars: ReturnType<typeof barsWith>): string[] {
  return findClimaxes(bars).map(({ kind, index, knownAt, price }) => `${kind} ${index} ${knownAt} ${price}`);
}

describe('a selling climax', () => {
  const isFound = (change: BarChange) => found(climaxBars({ [CLIMAX]: { ...SELLING, ...change } })).length > 0;
  const withFeatures = (features: BarChange['features']) => ({ features: { ...SELLING.features, ...features } });

  it('is the low of its candle, known at its close', () => {
    expect(findClimaxes(climaxBars())).toEqual([{ kind: 'SC', index: CLIMAX, knownAt: CLIMAX, price: 90 }]);
  });

  it.each([
    ['twice the usual volume', withFeatures({ relativeVolume: 2 }), true],
    ['less', withFeatures({ relativeVolume: 1.99 }), false],
    ['an unknown volume', withFeatures({ relativeVolume: undefined }), false],
    ['a spread of 1.5', withFeatures({ spread: 1.5 }), true],
    ['a smaller one', withFeatures({ spread: 1.49 }), false],
    ['an unknown one', withFeatures({ spread: undefined }), false],
    ['a close at 0.4', withFeatures({ closeLocation: 0.4 }), true],
    ['a lower close', withFeatures({ closeLocation: 0.39 }), false],
  ])('with %s is one: %s', (_, change, isOne) => {
    expect(isFound(change)).toBe(isOne);
  });

  it('is the lowest of 20 candles, of equal ones too', () => {
    const withLow = (index: number, low: number) => found(climaxBars({ [index]: { low } })).length > 0;
    expect(withLow(CLIMAX - 1, 90)).toBe(true);
    expect(withLow(CLIMAX - 19, 89.9)).toBe(false);
    expect(withLow(CLIMAX - 20, 89.9)).toBe(true);
  });
});

describe('an automatic rally', () => {
  it('is the first high pivot after the climax, known three candles later', () => {
    const bars = climaxBars({ 40: { high: 103 }, 46: { high: 104 } });
    expect(found(bars)).toEqual(['SC 30 30 90', 'AR 40 43 103']);
    expect(found(bars.slice(0, 43))).toEqual(['SC 30 30 90']);
  });

  it('ends within 15 candles', () => {
    expect(found(climaxBars({ 45: { high: 103 } }))).toContain('AR 45 48 103');
    expect(found(climaxBars({ 46: { high: 103 } }))).toEqual(['SC 30 30 90']);
  });

  it('is none of a top before the climax', () => {
    expect(found(climaxBars({ 29: { high: 110 } }))).toEqual(['SC 30 30 90']);
  });

  it('is still that of the climax where another comes as it is confirmed', () => {
    const bars = climaxBars({ 35: { high: 103 }, 38: { ...SELLING, low: 89 } });
    expect(found(bars)).toEqual(['SC 30 30 90', 'AR 35 38 103', 'SC 38 38 89']);
  });
});

describe('a secondary test', () => {
  const RALLY: BarChange = { high: 103 };
  /** Width 10: the test reaches to 2.5 from 90, with less than 3.2 times the usual volume. */
  const tested = (index: number, change: BarChange) =>
    found(climaxBars({ 40: RALLY, [index]: { close: 95, ...change } })).filter((event) => event.startsWith('ST'));

  it('is a low near that of the climax with less volume', () => {
    expect(tested(50, { low: 91, features: { relativeVolume: 2 } })).toEqual(['ST 50 50 91']);
  });

  it.each([
    [92.5, true],
    [92.51, false],
    [87.5, true],
    [87.49, false],
  ])('with a low of %d is one: %s', (low, isOne) => {
    expect(tested(50, { low }).length > 0).toBe(isOne);
  });

  it.each([
    [3.19, true],
    [3.2, false],
    [undefined, false],
  ])('with a relative volume of %d is one: %s', (relativeVolume, isOne) => {
    expect(tested(50, { low: 91, features: { relativeVolume } }).length > 0).toBe(isOne);
  });

  it('waits until the rally is known', () => {
    expect(tested(42, { low: 91 })).toEqual([]);
    expect(tested(43, { low: 91 })).toEqual(['ST 43 43 91']);
  });

  it('is none without a rally, nor where the width of the range is unknown', () => {
    const withoutRally = climaxBars({ 50: { low: 91, close: 95 } });
    expect(found(withoutRally)).toEqual(['SC 30 30 90']);
    expect(tested(50, { low: 91, band: undefined })).toEqual([]);
  });

  it('is the first alone', () => {
    const bars = climaxBars({ 40: RALLY, 50: { low: 91, close: 95 }, 55: { low: 91, close: 95 } });
    expect(found(bars).slice(2)).toEqual(['ST 50 50 91']);
  });

  it('is none once a close was below the climax', () => {
    const bars = (close: number) => climaxBars({ 40: RALLY, 45: { low: 86, close }, 50: { low: 91, close: 95 } });
    expect(found(bars(89.9))).toEqual(['SC 30 30 90', 'AR 40 43 103']);
    expect(found(bars(90))).toContain('ST 50 50 91');
  });

  it('is that of the last climax', () => {
    const bars = climaxBars({ 40: RALLY, 50: { ...SELLING, low: 85, close: 91 }, 58: { low: 91, close: 95 } });
    expect(found(bars)).toEqual(['SC 30 30 90', 'AR 40 43 103', 'SC 50 50 85']);
  });

  it('comes within 80 candles', () => {
    const last = (index: number) => found(climaxBars({ 40: RALLY, [index]: { low: 91, close: 95 } }, 120)).at(-1);
    expect(last(109)).toBe('ST 109 109 91');
    expect(last(110)).toBe('AR 40 43 103');
  });
});

import { describe, expect, it } from 'vitest';
import { findPhases, type WyckoffPhase } from '../../../src/analytics/wyckoff/phase.js';
import { candlesOf } from '../support/candles.js';
import { BAND } from './support/bars.js';

/** The phase at the last of these closes, where the average true range is 1. */
function phaseOf(closes: readonly number[], { isRange = false, hasBand = true } = {}): WyckoffPhase | undefined {
  const features = { relativeVolume: 1, spread: 1, closeLocation: 0.5, result: 0 };
  const bars = candlesOf(closes).map((candle) => ({
    ...candle,
    features,
    averageRange: 1,
    band: hasBand ? { ...BAND, isRange } : undefined,
  }));
  return findPhases(bars).at(-1);
}

describe('the phase of a trading range', () => {
  /** The closes 80 and 40 candles ago are `start` and `end`; what else there is has no say. */
  const afterMove = (start: number, end: number) => {
    const closes = Array.from({ length: 91 }, (_, index): number => (index % 2 ? 5 : 900))
      .with(10, start)
      .with(50, end);
    return phaseOf(closes, { isRange: true });
  };

  it.each<[number, WyckoffPhase]>([
    [-2, 'ACCUMULATION'],
    [-1.99, 'RANGE'],
    [1.99, 'RANGE'],
    [2, 'DISTRIBUTION'],
  ])('after a move of %d average true ranges is %s', (move, phase) => {
    expect(afterMove(100, 100 + move)).toBe(phase);
  });

  it('is RANGE where the series begins too late to know the move', () => {
    const falling = Array.from({ length: 81 }, (_, index) => 200 - index);
    expect(phaseOf(falling, { isRange: true })).toBe('ACCUMULATION');
    expect(phaseOf(falling.slice(1), { isRange: true })).toBe('RANGE');
  });
});

describe('the phase outside a trading range', () => {
  /** 90 closes of 100, save `last` and those of ten candles ago and before: a mean of 50 that went by (100 - before) / 5. */
  const trend = (before: number, last: number) =>
    phaseOf(Array.from({ length: 90 }, (_, index) => (index === 89 ? last : index < 50 ? before : 100)));

  it.each<[string, number, number, WyckoffPhase]>([
    ['above a rising mean', 90, 101, 'MARKUP'],
    ['below a rising mean', 90, 95, 'TRANSITION'],
    ['below a falling mean', 110, 99, 'MARKDOWN'],
    ['above a falling mean', 110, 105, 'TRANSITION'],
    ['on a mean that stands', 100, 100, 'TRANSITION'],
  ])('%s is %s', (_, before, last, phase) => {
    expect(trend(before, last)).toBe(phase);
  });

  it('compares the mean with that of ten candles ago', () => {
    // Beside the mean of nine candles ago, or of eleven, this one falls.
    const closes = Array<number>(90).fill(100).with(89, 101).with(80, 110).with(39, 105).with(29, 1_000);
    const mean = (end: number) => closes.slice(end - 50, end).reduce((sum, close) => sum + close, 0) / 50;
    expect([81, 80, 79].map((end) => mean(90) > mean(end))).toEqual([false, true, false]);
    expect(phaseOf(closes)).toBe('MARKUP');
  });
});

describe('the phase without a band', () => {
  it('is UNKNOWN', () => {
    expect(
      phaseOf(
        Array.from({ length: 79 }, (_, index) => 100 + index),
        { hasBand: false },
      ),
    ).toBe('UNKNOWN');
  });
});

import { describe, expect, it } from 'vitest';
import { macdCross } from '../../../../src/analytics/backtest/strategies/macd-cross.js';
import { barsAt } from '../support/bars.js';
import { signsOf } from '../support/signals.js';

describe('macdCross', () => {
  it('is up when the line crosses over its signal, down when it crosses under', () => {
    // Line 0 0 1 0.33 -1.89 1.37, signal 0 0.67 0.44 -1.11 0.54: level on the third bar, which is no side to come from.
    expect(signs([6, 6, 6, 9, 9, 3, 9])).toBe('....-.+');
  });

  it('says nothing where nothing moves', () => {
    expect(signs([0.3, 0.3, 0.3, 0.3, 0.3, 0.3])).toBe('......');
  });

  it('is warm with the signal, and speaks from the next bar on', () => {
    expect(macdCross({ name: 'macdCross', fast: 12, slow: 26, signal: 9 })).toMatchObject({
      warmup: 33,
      earliest: 34,
      reenters: false,
    });
    expect(signs([6, 7, 6, 9])).toBe('...+');
  });

  function signs(closes: readonly number[]): string {
    return signsOf(macdCross({ name: 'macdCross', fast: 1, slow: 2, signal: 2 }).signals(barsAt(closes)));
  }
});

import { describe, expect, it } from 'vitest';
import { rsiReversion } from '../../../../src/analytics/backtest/strategies/rsi-reversion.js';
import { barsAt } from '../support/bars.js';
import { signsOf } from '../support/signals.js';

describe('rsiReversion', () => {
  // Over 2 bars: RSI 0, 66.7, 85.7, 54.5, 20, 56.
  const closes = [10, 9, 8, 10, 12, 11, 8.75, 11];

  it('is up when the RSI crosses up over oversold, down when it crosses up over overbought', () => {
    expect(signs(closes, 30, 70)).toBe('...+-..+');
  });

  it('says nothing when it crosses down under either', () => {
    // RSI 100, 33.3, 11.1.
    expect(signs([10, 11, 12, 10, 7], 30, 70)).toBe('.....');
  });

  it('says nothing where the RSI was on the level', () => {
    // RSI 50, 75; and 25, 50, 75.
    expect(signs([10, 9, 10, 11], 50, 90)).toBe('....');
    expect(signs([10, 9, 10, 11], 51, 90)).toBe('...+');
    expect(signs([10, 9, 10, 11], 10, 50)).toBe('....');
    expect(signs([10, 9, 10, 11], 10, 51)).toBe('...-');
  });

  it('is warm after the period, and speaks from the next bar on', () => {
    expect(rsiReversion({ name: 'rsiReversion', period: 14, oversold: 30, overbought: 70 })).toMatchObject({
      warmup: 14,
      earliest: 15,
      reenters: false,
    });
  });

  function signs(values: readonly number[], oversold: number, overbought: number): string {
    return signsOf(rsiReversion({ name: 'rsiReversion', period: 2, oversold, overbought }).signals(barsAt(values)));
  }
});

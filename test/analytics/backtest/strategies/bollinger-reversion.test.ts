import { describe, expect, it } from 'vitest';
import { bollingerReversion } from '../../../../src/analytics/backtest/strategies/bollinger-reversion.js';
import { barsAt } from '../support/bars.js';
import { signsOf } from '../support/signals.js';

describe('bollingerReversion', () => {
  it('is up when the close crosses up over the lower band, down when it crosses down under the upper one', () => {
    // Lower bands 8.5 8.25 7.5, upper bands 9.5 8.75 8.5.
    expect(signs([10, 8, 9, 7], 0.5)).toBe('..+-');
  });

  it('needs no more than to come back between the bands', () => {
    // Means of 3 with 1 deviation, lower 7.18 7.37, upper 10.15 8.63.
    const rule = bollingerReversion({ name: 'bollingerReversion', period: 3, deviations: 1 });
    expect(signsOf(rule.signals(barsAt([10, 9, 7, 8])))).toBe('...+');
    expect(signsOf(rule.signals(barsAt([7, 8, 10, 9])))).toBe('...-');
  });

  it('says nothing where the close was on the band', () => {
    // Of two closes the bands at one deviation are the closes themselves.
    expect(signs([10, 8, 9, 7, 7, 12], 1)).toBe('......');
  });

  it('says nothing where nothing moves', () => {
    expect(signs([0.3, 0.3, 0.3, 0.3], 2)).toBe('....');
  });

  it('is warm with the bands, and speaks from the next bar on', () => {
    expect(bollingerReversion({ name: 'bollingerReversion', period: 20, deviations: 2 })).toMatchObject({
      warmup: 19,
      earliest: 20,
      reenters: false,
    });
  });

  function signs(closes: readonly number[], deviations: number): string {
    return signsOf(bollingerReversion({ name: 'bollingerReversion', period: 2, deviations }).signals(barsAt(closes)));
  }
});

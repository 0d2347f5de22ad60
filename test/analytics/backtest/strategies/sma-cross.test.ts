import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smaCross } from '../../../../src/analytics/backtest/strategies/sma-cross.js';
import { barsAt } from '../support/bars.js';
import { signsOf } from '../support/signals.js';

describe('smaCross', () => {
  it('is up when the fast average crosses over the slow one, down when it crosses under', () => {
    // Means of 2: 6.5 7.5 9 6.5; of 3: 7 7.33 8 7.33.
    expect(signs([8, 7, 6, 9, 9, 4], 2, 3)).toBe('...+.-');
  });

  it('is the close itself over one bar', () => {
    expect(signs([3, 2, 4, 3], 1, 2)).toBe('..+-');
  });

  it('says nothing where the averages touch', () => {
    expect(signs([3, 2, 2, 3], 1, 2)).toBe('....');
    expect(signs([2, 3, 3, 2], 1, 2)).toBe('....');
  });

  it('says nothing where a standstill begins or ends, whatever rounding makes of its averages', () => {
    const price = fc.integer({ min: 1, max: 10_000_000 }).map((units) => units / 1e5);
    fc.assert(
      fc.property(fc.array(price, { minLength: 6, maxLength: 20 }), price, price, (closes, still, after) => {
        const standstill = Array<number>(8).fill(still);
        const text = signs([...closes, ...standstill, after], 3, 6);
        // The slow average is that of the standstill alone from its sixth bar on.
        expect(text.slice(closes.length + 5)).toBe('....');
      }),
      { numRuns: 500 },
    );
  });

  it('is warm with the slow average, and speaks from the next bar on', () => {
    const rule = smaCross({ name: 'smaCross', fast: 1, slow: 3 });
    expect(rule).toMatchObject({ warmup: 2, earliest: 3 });
    expect(signs([3, 2, 1, 4], 1, 3)).toBe('...+');
  });

  it('re-enters', () => {
    expect(smaCross({ name: 'smaCross', fast: 1, slow: 3 }).reenters).toBe(true);
  });

  function signs(closes: readonly number[], fast: number, slow: number): string {
    return signsOf(smaCross({ name: 'smaCross', fast, slow }).signals(barsAt(closes)));
  }
});

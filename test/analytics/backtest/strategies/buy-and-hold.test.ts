import { describe, expect, it } from 'vitest';
import { buyAndHold } from '../../../../src/analytics/backtest/strategies/buy-and-hold.js';
import { barsAt } from '../support/bars.js';
import { signsOf } from '../support/signals.js';

describe('buyAndHold', () => {
  it.each([
    [0, '.+...'],
    [2, '...+.'],
    [3, '....+'],
    [4, '.....'],
  ])('is up once, after %d bars from the second on', (afterBars, signs) => {
    const rule = buyAndHold({ name: 'buyAndHold', afterBars });
    expect(signsOf(rule.signals(barsAt([5, 4, 3, 4, 5])))).toBe(signs);
    expect(rule).toMatchObject({ warmup: 0, earliest: afterBars + 1, reenters: false });
  });
});

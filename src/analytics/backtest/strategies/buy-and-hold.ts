import type { StrategyOf } from '../strategy.js';
import { UP } from './crossings.js';
import type { Rule } from './rule.js';
import type { StrategyDescription } from './strategy-description.js';

export const BUY_AND_HOLD: StrategyDescription = {
  name: 'buyAndHold',
  title: 'Buy and hold',
  description: 'Up once.',
  parameters: [
    {
      name: 'afterBars',
      description:
        'Bars to wait before the purchase, from the first bar on which a strategy is asked: the second of all.',
      default: 0,
      min: 0,
      max: 10_000,
      integer: true,
    },
  ],
};

/** Has no indicator, so it is asked from the second bar on, as every strategy whose indicators are warm on the first. */
export function buyAndHold({ afterBars }: StrategyOf<'buyAndHold'>): Rule {
  const earliest = 1 + afterBars;
  return {
    warmup: 0,
    earliest,
    reenters: false,
    signals: ({ close }) => new Int8Array(close.length).fill(UP, earliest, earliest + 1),
  };
}

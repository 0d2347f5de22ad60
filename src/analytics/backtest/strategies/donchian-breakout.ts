import type { StrategyOf } from '../strategy.js';
import { crossings, upsAndDowns } from './crossings.js';
import { crossingRule, type Rule } from './rule.js';
import { periodParameter, type StrategyDescription } from './strategy-description.js';

export const DONCHIAN_BREAKOUT: StrategyDescription = {
  name: 'donchianBreakout',
  title: 'Donchian breakout',
  description:
    'Up when the close crosses over the highest high of the bars before it, down when it crosses under their lowest low.',
  parameters: [
    periodParameter({
      name: 'period',
      description: 'Bars before it that the close breaks out of.',
      default: 20,
      min: 1,
    }),
  ],
};

export function donchianBreakout({ period }: StrategyOf<'donchianBreakout'>): Rule {
  return crossingRule(period, ({ high, low, close }) => {
    const highest = highestBefore(high, period);
    const lowest = negated(highestBefore(negated(low), period));
    return upsAndDowns(crossings(close, highest), crossings(close, lowest));
  });
}

/** Private: the highest of the `period` values before each; NaN where there are fewer. */
function highestBefore(values: Float64Array, period: number): Float64Array {
  return values.map((_, index) => {
    let highest = values[index - period] ?? NaN;
    for (let before = index - period + 1; before < index; before++) {
      const value = values[before] ?? NaN;
      if (value > highest) highest = value;
    }
    return highest;
  });
}

/** Private */
function negated(values: Float64Array): Float64Array {
  return values.map((value) => -value);
}

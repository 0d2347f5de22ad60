import { simpleMovingAverage } from '../../indicators/simple-moving-average.js';
import type { StrategyOf } from '../strategy.js';
import { crossings } from './crossings.js';
import { indicatorColumn } from './indicator-column.js';
import { crossingRule, type Rule } from './rule.js';
import { periodParameter, type StrategyDescription } from './strategy-description.js';

export const SMA_CROSS: StrategyDescription = {
  name: 'smaCross',
  title: 'Moving average cross',
  description:
    'Up when the fast simple moving average of the closes crosses over the slow one, down when it crosses under. ' +
    'Long and short, it enters anew on each cross, on whichever side it is.',
  parameters: [
    periodParameter({ name: 'fast', description: 'Bars of the fast average.', default: 10, min: 1, below: 'slow' }),
    periodParameter({ name: 'slow', description: 'Bars of the slow average.', default: 30, min: 2 }),
  ],
};

/** Enters anew on each cross, as published. */
export function smaCross({ fast, slow }: StrategyOf<'smaCross'>): Rule {
  const signals: Rule['signals'] = ({ close }) => {
    const closes = Array.from(close);
    const average = (period: number) => indicatorColumn(simpleMovingAverage(closes, period));
    return crossings(average(fast), average(slow));
  };
  return { ...crossingRule(slow - 1, signals), reenters: true };
}

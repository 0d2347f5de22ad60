import { movingAverageConvergenceDivergence } from '../../indicators/moving-average-convergence-divergence.js';
import type { StrategyOf } from '../strategy.js';
import { crossings } from './crossings.js';
import { indicatorColumn } from './indicator-column.js';
import { crossingRule, type Rule } from './rule.js';
import { periodParameter, type StrategyDescription } from './strategy-description.js';

export const MACD_CROSS: StrategyDescription = {
  name: 'macdCross',
  title: 'MACD cross',
  description: 'Up when the MACD line crosses over its signal line, down when it crosses under.',
  parameters: [
    periodParameter({
      name: 'fast',
      description: 'Bars of the fast exponential average of the closes.',
      default: 12,
      min: 1,
      below: 'slow',
    }),
    periodParameter({
      name: 'slow',
      description: 'Bars of the slow exponential average of the closes; the MACD line is the fast one less this one.',
      default: 26,
      min: 2,
    }),
    periodParameter({
      name: 'signal',
      description: 'Bars of the exponential average of the MACD line, which is its signal line.',
      default: 9,
      // Of one bar it would be the line itself, which never crosses it.
      min: 2,
    }),
  ],
};

export function macdCross({ fast, slow, signal }: StrategyOf<'macdCross'>): Rule {
  return crossingRule(slow + signal - 2, ({ close }) => {
    const rows = movingAverageConvergenceDivergence(Array.from(close), { fast, slow, signal });
    return crossings(indicatorColumn(rows.map((row) => row?.macd)), indicatorColumn(rows.map((row) => row?.signal)));
  });
}

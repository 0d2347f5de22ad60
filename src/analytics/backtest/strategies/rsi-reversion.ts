import { relativeStrengthIndex } from '../../indicators/relative-strength-index.js';
import type { StrategyOf } from '../strategy.js';
import { crossings, upsAndDowns } from './crossings.js';
import { indicatorColumn } from './indicator-column.js';
import { crossingRule, type Rule } from './rule.js';
import { periodParameter, type StrategyDescription } from './strategy-description.js';

const RSI = { min: 0, max: 100, integer: false } as const;

export const RSI_REVERSION: StrategyDescription = {
  name: 'rsiReversion',
  title: 'RSI reversion',
  description:
    "Up when Wilder's relative strength index crosses up over the oversold level, " +
    'down when it crosses up over the overbought level.',
  parameters: [
    periodParameter({ name: 'period', description: 'Bars of the index.', default: 14, min: 2 }),
    { ...RSI, name: 'oversold', description: 'The lower level, 0 to 100.', default: 30, below: 'overbought' },
    { ...RSI, name: 'overbought', description: 'The upper level, 0 to 100.', default: 70 },
  ],
};

export function rsiReversion({ period, oversold, overbought }: StrategyOf<'rsiReversion'>): Rule {
  return crossingRule(period, ({ close }) => {
    const index = indicatorColumn(relativeStrengthIndex(Array.from(close), period));
    const level = (value: number) => new Float64Array(close.length).fill(value);
    // The index crosses up over a level where the level crosses down under it.
    return upsAndDowns(crossings(index, level(oversold)), crossings(level(overbought), index));
  });
}

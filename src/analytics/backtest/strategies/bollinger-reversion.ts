import { bollingerBands } from '../../indicators/bollinger-bands.js';
import type { StrategyOf } from '../strategy.js';
import { crossings, upsAndDowns } from './crossings.js';
import { indicatorColumn } from './indicator-column.js';
import { crossingRule, type Rule } from './rule.js';
import { periodParameter, type StrategyDescription } from './strategy-description.js';

export const BOLLINGER_REVERSION: StrategyDescription = {
  name: 'bollingerReversion',
  title: 'Bollinger reversion',
  description:
    'Up when the close crosses up over the lower Bollinger band, down when it crosses down under the upper band.',
  parameters: [
    periodParameter({ name: 'period', description: 'Bars of the mean and of the deviation.', default: 20, min: 2 }),
    {
      name: 'deviations',
      description: 'Of the bands from the mean, in population standard deviations.',
      default: 2,
      min: 0.1,
      max: 10,
      integer: false,
    },
  ],
};

export function bollingerReversion({ period, deviations }: StrategyOf<'bollingerReversion'>): Rule {
  return crossingRule(period - 1, ({ close }) => {
    const bands = bollingerBands(Array.from(close), period, deviations);
    const lower = indicatorColumn(bands.map((band) => band?.lower));
    const upper = indicatorColumn(bands.map((band) => band?.upper));
    return upsAndDowns(crossings(close, lower), crossings(close, upper));
  });
}

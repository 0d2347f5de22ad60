import { TIMEFRAMES } from '../market/timeframe.js';
import { builder } from './builder.js';

const LENGTH: Record<(typeof TIMEFRAMES)[number], string> = {
  M1: 'One minute.',
  M5: 'Five minutes.',
  M15: 'Fifteen minutes.',
  H1: 'One hour.',
  H4: 'Four hours, from 00:00 UTC.',
  H6: 'Six hours, from 00:00 UTC.',
  D1: 'One day, from 00:00 UTC.',
  W1: 'One week, from Monday 00:00 UTC.',
  MN1: 'One calendar month, UTC.',
};

export const TimeframeEnum = builder.enumType('Timeframe', {
  description: 'How long a candle lasts.',
  values: Object.fromEntries(TIMEFRAMES.map((timeframe) => [timeframe, { description: LENGTH[timeframe] }])) as Record<
    (typeof TIMEFRAMES)[number],
    { description: string }
  >,
});

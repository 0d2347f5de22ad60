import type { DowAnalysis, DowSwing } from '../analytics/dow/analyze-dow.js';
import type { DowEvent } from '../analytics/dow/structure.js';
import { builder } from './builder.js';

export const TrendEnum = builder.enumType('Trend', {
  description: 'The direction of a series. It describes what was and foretells nothing.',
  values: {
    UP: { description: 'Higher highs and higher lows; of averages, the shorter above the longer.' },
    DOWN: { description: 'Lower highs and lower lows; of averages, the shorter below the longer.' },
    SIDEWAYS: { description: 'Neither, or a trend that was broken; of averages, equal ones.' },
    UNKNOWN: { description: 'Fewer than two swings of a kind; of averages, too few candles.' },
  } as const,
});

const SwingKindEnum = builder.enumType('SwingKind', {
  description: 'Which extreme a swing is.',
  values: { HIGH: { description: 'A high.' }, LOW: { description: 'A low.' } } as const,
});

const SwingLabelEnum = builder.enumType('SwingLabel', {
  description: 'A swing against the one of its kind before it; equal within a tenth of the average true range.',
  values: {
    HH: { description: 'Higher high.' },
    LH: { description: 'Lower high.' },
    EH: { description: 'Equal high.' },
    HL: { description: 'Higher low.' },
    LL: { description: 'Lower low.' },
    EL: { description: 'Equal low.' },
  } as const,
});

const DowEventKindEnum = builder.enumType('DowEventKind', {
  description: 'What a close beyond the last swing meant.',
  values: {
    BOS_UP: { description: 'Break of structure: an uptrend goes on.' },
    BOS_DOWN: { description: 'Break of structure: a downtrend goes on.' },
    CHOCH_UP: { description: 'Change of character: a downtrend is broken.' },
    CHOCH_DOWN: { description: 'Change of character: an uptrend is broken.' },
  } as const,
});

const DowDegreeEnum = builder.enumType('DowDegree', {
  description: 'How far apart the swings of a trend lie.',
  values: {
    MINOR: { description: 'A pivot among 3 candles on each side.' },
    SECONDARY: { description: 'A pivot among 8 candles on each side.' },
    PRIMARY: { description: 'A pivot among 20 candles on each side.' },
  } as const,
});

const SwingType = builder.objectRef<DowSwing>('Swing').implement({
  description: 'A high or a low at which the series turned. Known some candles later, and never before.',
  fields: (t) => ({
    time: t.field({ type: 'DateTime', description: 'Opening time of its candle.', resolve: ({ time }) => time }),
    timestamp: t.int({ description: 'time as Unix seconds.', resolve: ({ time }) => time / 1_000 }),
    price: t.exposeFloat('price', { description: 'Of the extreme, quote units.' }),
    kind: t.field({ type: SwingKindEnum, description: 'High or low.', resolve: ({ kind }) => kind }),
    label: t.field({
      type: SwingLabelEnum,
      nullable: true,
      description: 'Against the swing of its kind before it; null for the first.',
      resolve: ({ label }) => label,
    }),
  }),
});

const DowEventType = builder.objectRef<DowEvent>('DowEvent').implement({
  description: 'A close beyond the last swing.',
  fields: (t) => ({
    time: t.field({ type: 'DateTime', description: 'Opening time of its candle.', resolve: ({ time }) => time }),
    timestamp: t.int({ description: 'time as Unix seconds.', resolve: ({ time }) => time / 1_000 }),
    price: t.exposeFloat('price', { description: 'Of the close, quote units.' }),
    kind: t.field({ type: DowEventKindEnum, description: 'What it meant.', resolve: ({ kind }) => kind }),
  }),
});

const DowDegreeTrendType = builder.objectRef<DowAnalysis['degrees'][number]>('DowDegreeTrend').implement({
  description: 'The trend of one degree.',
  fields: (t) => ({
    degree: t.field({ type: DowDegreeEnum, description: 'Of the swings.', resolve: ({ degree }) => degree }),
    trend: t.field({ type: TrendEnum, description: 'Of that degree.', resolve: ({ trend }) => trend }),
  }),
});

export const DowType = builder.objectRef<DowAnalysis>('Dow').implement({
  description:
    'Dow theory over closed candles: swings, their labels and the trend that they make. It describes and does not foretell.',
  fields: (t) => ({
    trend: t.field({ type: TrendEnum, description: 'Of the minor degree.', resolve: ({ trend }) => trend }),
    confidence: t.exposeFloat('confidence', {
      description: '0 to 1: how much of the theory agrees, not a probability.',
    }),
    swings: t.field({
      type: [SwingType],
      complexity: { field: 1, multiplier: 10 },
      description:
        'Of the minor degree, ascending in time, highs and lows in turn. All but the last are final; that one gives way to a more extreme one of its kind.',
      resolve: ({ swings }) => [...swings],
    }),
    events: t.field({
      type: [DowEventType],
      description: 'Of the minor degree, ascending in time; final.',
      resolve: ({ events }) => [...events],
    }),
    degrees: t.field({
      type: [DowDegreeTrendType],
      description: 'Minor, secondary, primary, each read from the same candles.',
      resolve: ({ degrees }) => [...degrees],
    }),
    volumeConfirms: t.exposeBoolean('volumeConfirms', {
      nullable: true,
      description:
        'Whether a candle of the last four legs of the minor degree trades on average at least as much with the trend as against it; null without a trend, or where nothing traded.',
    }),
  }),
});

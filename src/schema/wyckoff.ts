import type { WyckoffAnalysis, WyckoffEvent } from '../analytics/wyckoff/analyze-wyckoff.js';
import { builder } from './builder.js';

const WyckoffPhaseEnum = builder.enumType('WyckoffPhase', {
  description: "What the candles look like in Wyckoff's cycle. It describes what was and foretells nothing.",
  values: {
    ACCUMULATION: { description: 'A trading range after a fall.' },
    DISTRIBUTION: { description: 'A trading range after a rise.' },
    RANGE: { description: 'A trading range after neither.' },
    MARKUP: { description: 'No range; the close above a rising mean of 50 closes.' },
    MARKDOWN: { description: 'No range; the close below a falling mean of 50 closes.' },
    TRANSITION: { description: 'Neither a range nor a trend.' },
    UNKNOWN: { description: 'Fewer than 80 candles.' },
  } as const,
});

const WyckoffSubPhaseEnum = builder.enumType('WyckoffSubPhase', {
  description: 'How far a phase has come by its events.',
  values: {
    A: { description: 'The move before was stopped: a climax without its test yet.' },
    B: { description: 'The range is built: nothing has tested its edge.' },
    C: { description: 'The edge was tested: a spring or an upthrust.' },
    D: { description: 'On the way out: a sign of strength or of weakness.' },
    E: { description: 'The trend outside the range.' },
  } as const,
});

const WyckoffEventKindEnum = builder.enumType('WyckoffEventKind', {
  description: 'What candles looked like by range and volume. It describes and does not foretell.',
  values: {
    SC: {
      description: 'Selling climax: the lowest low of 20, wide, on at least twice the usual volume, closed off it.',
    },
    BC: {
      description: 'Buying climax: the highest high of 20, wide, on at least twice the usual volume, closed off it.',
    },
    AR: { description: 'Automatic rally or reaction: the first pivot after a climax.' },
    ST: { description: 'Secondary test: near the price of the climax, on less volume.' },
    SPRING: { description: 'A low under the range, and a close inside it again within 3 candles.' },
    UPTHRUST: { description: 'A high over the range, and a close inside it again within 3 candles.' },
    SOS: { description: 'Sign of strength: a wide candle that closed over the range on volume.' },
    SOW: { description: 'Sign of weakness: a wide candle that closed under the range on volume.' },
    LPS: { description: 'Last point of support: a low on little volume after a sign of strength.' },
    LPSY: { description: 'Last point of supply: a high on little volume after a sign of weakness.' },
  } as const,
});

const WyckoffEventType = builder.objectRef<WyckoffEvent>('WyckoffEvent').implement({
  description:
    "An event of Wyckoff's schematics. Once it is there it stays, whatever candles follow; a pivot is there 3 candles after its own.",
  fields: (t) => ({
    time: t.field({ type: 'DateTime', description: 'Opening time of its candle.', resolve: ({ time }) => time }),
    timestamp: t.int({ description: 'time as Unix seconds.', resolve: ({ time }) => time / 1_000 }),
    price: t.exposeFloat('price', {
      description: 'Of SOS and SOW the close, else the low or high of its candle; quote units.',
    }),
    kind: t.field({ type: WyckoffEventKindEnum, description: 'Which event.', resolve: ({ kind }) => kind }),
  }),
});

const TradingRangeType = builder.objectRef<NonNullable<WyckoffAnalysis['range']>>('TradingRange').implement({
  description: 'Between which prices the last 40 closed candles went sideways.',
  fields: (t) => ({
    support: t.exposeFloat('support', {
      description: 'The lower edge, under which a tenth of their lows lies; quote units.',
    }),
    resistance: t.exposeFloat('resistance', {
      description: 'The upper edge, over which a tenth of their highs lies; quote units.',
    }),
  }),
});

export const WyckoffType = builder.objectRef<WyckoffAnalysis>('Wyckoff').implement({
  description:
    "Wyckoff's phases and events over closed candles, by rules of thumb. They describe what was; over the pairs measured they did not foretell what came.",
  fields: (t) => ({
    phase: t.field({ type: WyckoffPhaseEnum, description: 'Of the last candle.', resolve: ({ phase }) => phase }),
    subPhase: t.field({
      type: WyckoffSubPhaseEnum,
      nullable: true,
      description: 'How far the phase has come; null without a phase.',
      resolve: ({ subPhase }) => subPhase,
    }),
    confidence: t.exposeFloat('confidence', {
      description: '0 to 1: how well the events seen support the phase, not a probability.',
    }),
    events: t.field({
      type: [WyckoffEventType],
      // Some 40 in an analysis, of plain values.
      complexity: { field: 1, multiplier: 4 },
      description: 'Ascending in time; final, but one that takes candles to be known appears among those before.',
      resolve: ({ events }) => [...events],
    }),
    range: t.field({
      type: TradingRangeType,
      nullable: true,
      description: 'Null where there is no trading range.',
      resolve: ({ range }) => range,
    }),
  }),
});

import { PROFILE_CANDLES, type VolumeAnalysis } from '../analytics/volume/analyze-volume.js';
import type { VolumeProfile } from '../analytics/volume/volume-profile.js';
import { builder } from './builder.js';

const EffortResultEnum = builder.enumType('EffortResult', {
  description:
    'Effort (volume, against the mean of 20) and result (how far the close went, in average true ranges) of a candle. It describes and does not foretell.',
  values: {
    BULLISH_ABSORPTION: {
      description: 'Volume of 1.5 and more carried the close by 0.5 at most, into the upper half.',
    },
    BEARISH_ABSORPTION: {
      description: 'Volume of 1.5 and more carried the close by 0.5 at most, into the lower half.',
    },
    CONFIRMED: { description: 'Volume of 1.5 and more carried the close by 1 and more.' },
    EASY_MOVE: { description: 'Volume of 0.7 at most carried the close by 1 and more.' },
    NEUTRAL: { description: 'None of these, or too few candles to say.' },
  } as const,
});

const VolumeProfileType = builder.objectRef<VolumeProfile>('VolumeProfile').implement({
  description: `At which prices the last ${PROFILE_CANDLES} closed candles traded (fewer where there are no more), in 24 equal rows from their lowest low to their highest high; a candle spreads its volume evenly over the rows that it touched.`,
  fields: (t) => ({
    poc: t.exposeFloat('poc', {
      description: 'Point of control: the middle of the row with the most volume, quote units.',
    }),
    valueAreaHigh: t.exposeFloat('valueAreaHigh', {
      description: 'Upper edge of the rows around poc that hold 70 % of the volume, taken one by one, quote units.',
    }),
    valueAreaLow: t.exposeFloat('valueAreaLow', { description: 'Their lower edge, quote units.' }),
  }),
});

export const VolumeAnalysisType = builder.objectRef<VolumeAnalysis>('VolumeAnalysis').implement({
  description:
    'What the volume of the closed candles says, as of the last one. Null until there are candles enough. It describes and does not foretell.',
  fields: (t) => ({
    obv: t.exposeFloat('obv', {
      description:
        'On-balance volume since the first candle looked at, base units, of either sign; only differences of it mean anything.',
    }),
    cmf: t.exposeFloat('cmf', {
      nullable: true,
      description: 'Chaikin money flow, 20, -1 to 1: above 0 where candles close in their upper half on more volume.',
    }),
    mfi: t.exposeFloat('mfi', { nullable: true, description: 'Money flow index, 14, 0 to 100.' }),
    vwap: t.exposeFloat('vwap', {
      nullable: true,
      description:
        'Volume-weighted average price, quote units. Its anchor is 00:00 UTC of the day within which the last closed candle opened, for D1 and longer the last 20 candles. Null where nothing traded since, and where the candles looked at begin after 00:00, as those of M1 do later in the day: M5 has that day whole.',
    }),
    relativeVolume: t.exposeFloat('relativeVolume', {
      nullable: true,
      description: 'Volume of the last candle over the mean of the 20 before it: 1 is usual, 2 twice as much.',
    }),
    effortResult: t.field({
      type: EffortResultEnum,
      description: 'Of the last candle.',
      resolve: ({ effortResult }) => effortResult,
    }),
    profile: t.field({
      type: VolumeProfileType,
      nullable: true,
      description: 'Volume by price; null where nothing traded.',
      resolve: ({ profile }) => profile,
    }),
  }),
});

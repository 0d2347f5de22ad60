import { isForced } from '../field-cache/index.js';
import { indicatorsPolicy, type Indicators } from '../loaders/indicators.js';
import { symbolArgument, timeframeArgument } from './arguments.js';
import { builder } from './builder.js';
import { cacheField } from './cache-info.js';
import { ANALYSIS_COST } from './cost.js';
import { TimeframeEnum } from './timeframe.js';

const MacdType = builder.objectRef<Indicators['macd']>('Macd').implement({
  description: 'Moving average convergence divergence, 12, 26, 9. Null until there are candles enough.',
  fields: (t) => ({
    macd: t.exposeFloat('macd', { nullable: true, description: 'EMA 12 less EMA 26, quote units.' }),
    signal: t.exposeFloat('signal', { nullable: true, description: 'EMA 9 of it.' }),
    histogram: t.exposeFloat('histogram', { nullable: true, description: 'macd less signal.' }),
  }),
});

const BollingerType = builder.objectRef<Indicators['bollinger20']>('Bollinger').implement({
  description: 'Bollinger bands: 20 closes, two population standard deviations. Null until there are candles enough.',
  fields: (t) => ({
    upper: t.exposeFloat('upper', { nullable: true, description: 'Quote units.' }),
    middle: t.exposeFloat('middle', { nullable: true, description: 'The mean, quote units.' }),
    lower: t.exposeFloat('lower', { nullable: true, description: 'Quote units.' }),
  }),
});

export const IndicatorsType = builder.objectRef<Indicators>('Indicators').implement({
  description:
    'Technical indicators after the last closed candle, by the conventions of TA-Lib. Null until there are candles enough.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "In the source's spelling." }),
    timeframe: t.field({ type: TimeframeEnum, description: 'Of the candles.', resolve: ({ timeframe }) => timeframe }),
    asOf: t.field({ type: 'DateTime', description: 'Close of the last closed candle.', resolve: ({ asOf }) => asOf }),
    sma20: t.exposeFloat('sma20', { nullable: true, description: 'Simple moving average of 20 closes, quote units.' }),
    sma50: t.exposeFloat('sma50', { nullable: true, description: 'Simple moving average of 50 closes, quote units.' }),
    sma200: t.exposeFloat('sma200', {
      nullable: true,
      description: 'Simple moving average of 200 closes, quote units.',
    }),
    ema20: t.exposeFloat('ema20', { nullable: true, description: 'Exponential moving average, 20, quote units.' }),
    rsi14: t.exposeFloat('rsi14', { nullable: true, description: 'Relative strength index, 14, 0 to 100.' }),
    macd: t.field({
      type: MacdType,
      description: 'Moving average convergence divergence.',
      resolve: ({ macd }) => macd,
    }),
    bollinger20: t.field({
      type: BollingerType,
      description: 'Bollinger bands.',
      resolve: ({ bollinger20 }) => bollinger20,
    }),
    atr14: t.exposeFloat('atr14', { nullable: true, description: 'Average true range, 14, quote units.' }),
    obv: t.exposeFloat('obv', {
      nullable: true,
      description: 'On-balance volume since the first candle looked at, base units.',
    }),
    cmf20: t.exposeFloat('cmf20', { nullable: true, description: 'Chaikin money flow, 20, -1 to 1.' }),
    mfi14: t.exposeFloat('mfi14', { nullable: true, description: 'Money flow index, 14, 0 to 100.' }),
    vwap: t.exposeFloat('vwap', {
      nullable: true,
      description: 'Volume-weighted average price, quote units: since 00:00 UTC within a day, else of 20 candles.',
    }),
    adl: t.exposeFloat('adl', {
      nullable: true,
      description: 'Accumulation/distribution line since the first candle looked at.',
    }),
    cache: t.field(cacheField),
  }),
});

builder.queryField('indicators', (t) =>
  t.field({
    type: IndicatorsType,
    nullable: true,
    cachedBy: indicatorsPolicy,
    complexity: ANALYSIS_COST,
    description: 'Technical indicators of one symbol.',
    args: {
      symbol: t.arg.string({ required: true, description: 'Such as BTC-USD, in any case.' }),
      timeframe: t.arg({
        type: TimeframeEnum,
        required: true,
        defaultValue: 'M5',
        description: 'One that the source has.',
      }),
    },
    resolve: async (_, args, { loaders, market }) =>
      loaders.indicators.load(
        { symbol: symbolArgument(args.symbol), timeframe: timeframeArgument(args.timeframe, market) },
        { force: isForced(args) },
      ),
  }),
);

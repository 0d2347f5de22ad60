import type { AnalysisSignal } from '../analytics/signals/analysis-signal.js';
import { isForced } from '../field-cache/index.js';
import { analysisPolicy, type Analysis } from '../loaders/analyses.js';
import { indicatorsPolicy } from '../loaders/indicators.js';
import type { Timeframe } from '../market/timeframe.js';
import { MAX_SYMBOLS, symbolArgument, symbolsArgument, timeframeArgument } from './arguments.js';
import { builder } from './builder.js';
import { cacheField } from './cache-info.js';
import { ANALYSIS_COST, itemsCost } from './cost.js';
import { DowType } from './dow.js';
import { IndicatorsType } from './indicators.js';
import { itemFailure, ItemErrorType, orNull, type ItemFailure } from './item-error.js';
import { TimeframeEnum } from './timeframe.js';
import { VolumeAnalysisType } from './volume.js';
import { WyckoffType } from './wyckoff.js';

/** Where a policy of a symbol and a timeframe takes them from, on a field below an object that has both. */
export const OF_PARENT = { symbol: '$parent.symbol', timeframe: '$parent.timeframe' } as const;

const SignalActionEnum = builder.enumType('SignalAction', {
  description: 'Which side has the evidence. It sums up what was; it foretells nothing and is no advice.',
  values: {
    BUY: {
      description: 'More speaks for the upside: by 25 points of 100 at least, and three times what speaks against it.',
    },
    SELL: { description: 'More speaks for the downside, by as much.' },
    HOLD: { description: 'The evidence is weak or divided.' },
  } as const,
});

const AnalysisSignalType = builder.objectRef<AnalysisSignal>('AnalysisSignal').implement({
  description:
    'What the analysis adds up to, by fixed points: Dow trend 25 and primary trend 10, Wyckoff phase 20 and latest sign 15, money flow 10, side of the mean of 200 closes 10, absorption 5, relative strength beyond 30 and 70 5. The points are a choice; nothing says that acting on them pays.',
  fields: (t) => ({
    action: t.field({ type: SignalActionEnum, description: 'The side that has it.', resolve: ({ action }) => action }),
    strength: t.exposeFloat('strength', {
      description: '0 to 1: the points of one side less those of the other, over 100; not a probability.',
    }),
    reasons: t.exposeStringList('reasons', {
      description:
        'What it rests on, the weightiest first: a sentence each, with its points in brackets, above 0 for BUY and below for SELL. HOLD ends with why it is no action.',
    }),
  }),
});

export const AnalysisType = builder.objectRef<Analysis>('Analysis').implement({
  description: 'What the closed candles of a symbol say. Labels describe what was; they foretell nothing.',
  fields: (t) => ({
    id: t.id({
      description: 'SYMBOL:TIMEFRAME, stable over refreshes.',
      resolve: ({ symbol, timeframe }) => `${symbol}:${timeframe}`,
    }),
    symbol: t.exposeString('symbol', { description: "In the source's spelling." }),
    timeframe: t.field({ type: TimeframeEnum, description: 'Of the candles.', resolve: ({ timeframe }) => timeframe }),
    asOf: t.field({
      type: 'DateTime',
      description: 'Close of the last closed candle that it rests on.',
      resolve: ({ asOf }) => asOf,
    }),
    price: t.exposeFloat('price', { description: 'At that close, quote units.' }),
    dow: t.field({ type: DowType, description: 'Dow theory.', resolve: ({ dow }) => dow }),
    wyckoff: t.field({ type: WyckoffType, description: "Wyckoff's method.", resolve: ({ wyckoff }) => wyckoff }),
    volume: t.field({ type: VolumeAnalysisType, description: 'Volume analysis.', resolve: ({ volume }) => volume }),
    indicators: t.field({
      type: IndicatorsType,
      cachedBy: { policy: indicatorsPolicy, names: OF_PARENT },
      description: 'Technical indicators, under a policy of their own.',
      resolve: ({ symbol, timeframe }, _, { loaders }) =>
        loaders.indicators.load({ symbol: symbol.toUpperCase(), timeframe }),
    }),
    signal: t.field({
      type: AnalysisSignalType,
      description: 'What dow, wyckoff, volume and two indicators add up to.',
      resolve: ({ signal }) => signal,
    }),
    cache: t.field(cacheField),
  }),
});

interface AnalysisResult {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly analysis: Analysis | null;
  readonly error: ItemFailure | null;
}

const AnalysisResultType = builder.objectRef<AnalysisResult>('AnalysisResult').implement({
  description: 'An analysis of a list, or why there is none.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "In the source's spelling; as asked for where it failed." }),
    analysis: t.field({
      type: AnalysisType,
      nullable: true,
      cachedBy: { policy: analysisPolicy, names: OF_PARENT },
      description: 'Null where it failed: see error.',
      resolve: ({ analysis }) => analysis,
    }),
    error: t.field({
      type: ItemErrorType,
      nullable: true,
      description: 'Why there is no analysis.',
      resolve: ({ error }) => error,
    }),
  }),
});

builder.queryField('analysis', (t) =>
  t.field({
    type: AnalysisType,
    nullable: true,
    cachedBy: analysisPolicy,
    complexity: ANALYSIS_COST,
    description: 'The analysis of one symbol.',
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
      loaders.analyses.load(
        { symbol: symbolArgument(args.symbol), timeframe: timeframeArgument(args.timeframe, market) },
        { force: isForced(args) },
      ),
  }),
);

builder.queryField('analyses', (t) =>
  t.field({
    type: [AnalysisResultType],
    nullable: true,
    cachedBy: { policy: analysisPolicy, names: { symbol: '$args.symbols', timeframe: '$args.timeframe' } },
    complexity: ({ symbols }) => itemsCost(symbols.length, MAX_SYMBOLS.analyses, ANALYSIS_COST),
    description: 'Analyses in the order and length of symbols; one that fails leaves the others standing.',
    args: {
      symbols: t.arg.stringList({ required: true, description: '1 to 100 symbols.' }),
      timeframe: t.arg({
        type: TimeframeEnum,
        required: true,
        defaultValue: 'M5',
        description: 'One that the source has.',
      }),
    },
    resolve: async (_, args, context) => {
      const timeframe = timeframeArgument(args.timeframe, context.market);
      const keys = symbolsArgument(args.symbols, MAX_SYMBOLS.analyses).map((symbol) => ({ symbol, timeframe }));
      const analyses = await context.loaders.analyses.loadMany(keys, { force: isForced(args) });
      return analyses.map((analysis, i) => ({
        symbol: orNull(analysis)?.symbol ?? args.symbols[i] ?? '',
        timeframe,
        analysis: orNull(analysis),
        error: itemFailure(analysis, context),
      }));
    },
  }),
);

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

/** Where a policy of a symbol and a timeframe takes them from, on a field below an object that has both. */
export const OF_PARENT = { symbol: '$parent.symbol', timeframe: '$parent.timeframe' } as const;

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
    indicators: t.field({
      type: IndicatorsType,
      cachedBy: { policy: indicatorsPolicy, names: OF_PARENT },
      description: 'Technical indicators, under a policy of their own.',
      resolve: ({ symbol, timeframe }, _, { loaders }) =>
        loaders.indicators.load({ symbol: symbol.toUpperCase(), timeframe }),
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

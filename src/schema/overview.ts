import { isForced, takeFrom } from '../field-cache/index.js';
import { analysisPolicy, type Analysis } from '../loaders/analyses.js';
import { MAX_SPARKLINE, overviewPolicy, type Overview, type OverviewPair } from '../loaders/overviews.js';
import { pricePolicy } from '../loaders/prices.js';
import type { Ticker } from '../market/instrument.js';
import type { Timeframe } from '../market/timeframe.js';
import { AnalysisType, OF_PARENT } from './analysis.js';
import { countArgument, MAX_SYMBOLS, symbolsArgument, timeframeArgument } from './arguments.js';
import { builder } from './builder.js';
import { cacheField } from './cache-info.js';
import type { GatewayContext } from './context.js';
import { ANALYSIS_COST, COUNTED_BY_PARENT, itemsCost, rowsCost } from './cost.js';
import { itemFailure, ItemErrorType, orNull } from './item-error.js';
import { TimeframeEnum } from './timeframe.js';

/** A pair as it is resolved: what the overview keeps of it, with the overview's timeframe. */
interface Pair extends OverviewPair {
  readonly timeframe: Timeframe;
}

const OverviewPairType = builder.objectRef<Pair>('OverviewPair').implement({
  description: 'One pair of an overview. Price, change, volume and analysis have policies of their own.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "In the source's spelling." }),
    price: t.float({
      nullable: true,
      cachedBy: { policy: pricePolicy, names: { symbol: '$parent.symbol' } },
      description: 'Quote units for one base unit; null where it failed.',
      resolve: async (pair, _, context, info) =>
        takeFrom(orNull(await loadPrice(pair, context)), 'price', context, info),
    }),
    change24hPercent: t.float({
      nullable: true,
      cachedBy: { policy: pricePolicy, names: { symbol: '$parent.symbol' } },
      description: 'Percent, against the price 24 h ago; null with less history.',
      resolve: async (pair, _, context, info) =>
        takeFrom(orNull(await loadPrice(pair, context)), 'change24hPercent', context, info),
    }),
    volume24h: t.float({
      nullable: true,
      cachedBy: { policy: pricePolicy, names: { symbol: '$parent.symbol' } },
      description: 'Base units traded in the last 24 h.',
      resolve: async (pair, _, context, info) =>
        takeFrom(orNull(await loadPrice(pair, context)), 'volume24h', context, info),
    }),
    sparkline: t.floatList({
      nullable: true,
      complexity: ({ points }) => rowsCost(points, MAX_SPARKLINE).field,
      description: 'Closes of the last bars, oldest first; null where the pair failed.',
      args: { points: t.arg.int({ required: true, defaultValue: 48, description: `1 to ${MAX_SPARKLINE}.` }) },
      resolve: ({ closes }, { points }) => closes?.slice(-countArgument('points', points, 1, MAX_SPARKLINE)) ?? null,
    }),
    analysis: t.field({
      type: AnalysisType,
      nullable: true,
      cachedBy: { policy: analysisPolicy, names: OF_PARENT },
      description: 'Of the timeframe of the overview; null where it failed.',
      resolve: async (pair, _, context) => orNull(await loadAnalysis(pair, context)),
    }),
    error: t.field({
      type: ItemErrorType,
      nullable: true,
      description: 'Set when this pair failed; the other pairs stand.',
      resolve: async (pair, _, context) => {
        const results = await Promise.all([loadAnalysis(pair, context), loadPrice(pair, context)]);
        return itemFailure(
          results.find((result) => result instanceof Error),
          context,
        );
      },
    }),
  }),
});

const BreadthType = builder.objectRef<Overview['breadth']>('Breadth').implement({
  description: 'How many pairs have which trend.',
  fields: (t) => ({
    up: t.exposeInt('up', { description: 'Pairs that rise.' }),
    down: t.exposeInt('down', { description: 'Pairs that fall.' }),
    sideways: t.exposeInt('sideways', { description: 'Pairs that do neither.' }),
    unknown: t.exposeInt('unknown', { description: 'Pairs with too few swings to say.' }),
    failed: t.exposeInt('failed', { description: 'Pairs that could not be analysed.' }),
  }),
});

const OverviewType = builder.objectRef<Overview>('Overview').implement({
  description: 'A scan of many pairs.',
  fields: (t) => ({
    asOf: t.field({ type: 'DateTime', description: 'The latest close that it rests on.', resolve: ({ asOf }) => asOf }),
    timeframe: t.field({ type: TimeframeEnum, description: 'Of the candles.', resolve: ({ timeframe }) => timeframe }),
    pairs: t.field({
      type: [OverviewPairType],
      complexity: COUNTED_BY_PARENT,
      description: 'In the order of symbols.',
      resolve: ({ pairs, timeframe }) => pairs.map((pair) => ({ ...pair, timeframe })),
    }),
    breadth: t.field({ type: BreadthType, description: 'Trends counted.', resolve: ({ breadth }) => breadth }),
    cache: t.field(cacheField),
  }),
});

builder.queryField('overview', (t) =>
  t.field({
    type: OverviewType,
    nullable: true,
    cachedBy: overviewPolicy,
    complexity: ({ symbols }, { overviewSymbols }) =>
      itemsCost((symbols ?? overviewSymbols).length, MAX_SYMBOLS.overview, ANALYSIS_COST),
    description: 'A scan of many pairs at once; a pair that fails leaves the others standing.',
    args: {
      symbols: t.arg.stringList({ description: '1 to 100 symbols; market.overviewSymbols by default.' }),
      timeframe: t.arg({
        type: TimeframeEnum,
        required: true,
        defaultValue: 'M5',
        description: 'One that the source has.',
      }),
    },
    resolve: async (_, args, { loaders, market, overviewSymbols }) => {
      const symbols = symbolsArgument(args.symbols ?? overviewSymbols, MAX_SYMBOLS.overview);
      const timeframe = timeframeArgument(args.timeframe, market);
      return loaders.overviews.load({ symbols, timeframe }, { force: isForced(args) });
    },
  }),
);

/** Private: one of a batch; a failure is this pair's own. */
async function loadPrice({ symbol }: Pair, { loaders }: GatewayContext): Promise<Ticker | Error | undefined> {
  const [price] = await loaders.prices.loadMany([{ symbol: symbol.toUpperCase() }]);
  return price;
}

/** Private */
async function loadAnalysis(
  { symbol, timeframe }: Pair,
  { loaders }: GatewayContext,
): Promise<Analysis | Error | undefined> {
  const [analysis] = await loaders.analyses.loadMany([{ symbol: symbol.toUpperCase(), timeframe }]);
  return analysis;
}

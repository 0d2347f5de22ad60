import { thinCurve } from '../analytics/backtest/thin-curve.js';
import { isForced } from '../field-cache/index.js';
import { backtestPolicy, type Backtest } from '../loaders/backtests.js';
import { unpackCurve } from '../loaders/packed-curve.js';
import { countArgument, symbolArgument } from './arguments.js';
import { BacktestInput, toAskedRange, toTerms } from './backtest-input.js';
import { BacktestStatsType } from './backtest-stats.js';
import { builder } from './builder.js';
import { cacheField } from './cache-info.js';
import { paginate } from './connection.js';
import { backtestCost, rowsCost } from './cost.js';
import { EquityPointType, toEquityPoints } from './equity-point.js';
import { TimeframeEnum } from './timeframe.js';
import { TradeConnectionType, type IndexedTrade } from './trade.js';

const MAX_PAGE = 500;
const POINTS = { min: 2, max: 5_000 };

const BacktestType = builder.objectRef<Backtest>('Backtest').implement({
  description: 'What a strategy would have come to over closed candles. It foretells nothing.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'A hash of the input, whole and normalized: stable over refreshes.' }),
    symbol: t.exposeString('symbol', { description: "In the source's spelling." }),
    timeframe: t.field({ type: TimeframeEnum, description: 'Of the candles.', resolve: ({ timeframe }) => timeframe }),
    stats: t.field({ type: BacktestStatsType, description: 'Its figures.', resolve: ({ statistics }) => statistics }),
    trades: t.field({
      type: TradeConnectionType,
      complexity: ({ first }) => rowsCost(first, MAX_PAGE),
      description: 'In the order in which they were closed, then those that are open at the end.',
      args: {
        first: t.arg.int({
          required: true,
          defaultValue: 50,
          description: `Length of the page, 1 to ${MAX_PAGE}.`,
        }),
        after: t.arg.string({ description: 'The cursor to go on behind.' }),
      },
      resolve: ({ trades }, { first, after }) => {
        const page = { first: countArgument('first', first, 1, MAX_PAGE), after };
        return paginate<IndexedTrade>([...trades.entries()], page, ([index]) => String(index));
      },
    }),
    equityCurve: t.field({
      type: [EquityPointType],
      complexity: ({ maxPoints }) => rowsCost(maxPoints, POINTS.max),
      description:
        'Equity by bar, oldest first, thinned to maxPoints: first and last, its extremes where there is room, then others.',
      args: {
        maxPoints: t.arg.int({
          required: true,
          defaultValue: 500,
          description: `${POINTS.min} to ${POINTS.max}.`,
        }),
      },
      resolve: ({ packedCurve }, { maxPoints }) => {
        const most = countArgument('maxPoints', maxPoints, POINTS.min, POINTS.max);
        return toEquityPoints(thinCurve(unpackCurve(packedCurve), most));
      },
    }),
    cache: t.field(cacheField),
  }),
});

builder.queryField('backtest', (t) =>
  t.field({
    type: BacktestType,
    nullable: true,
    cachedBy: {
      policy: backtestPolicy,
      names: { symbol: '$args.input.symbol', strategy: '$args.input.strategy' },
    },
    complexity: ({ input }, context) => backtestCost(toAskedRange(input), context),
    description: 'A strategy tried on what was.',
    args: { input: t.arg({ type: BacktestInput, required: true, description: 'What to try, on what, and how.' }) },
    resolve: async (_, args, { loaders, market }) => {
      const symbol = symbolArgument(args.input.symbol, 'input.symbol');
      return loaders.backtests.load({ ...toTerms(args.input, market), symbol }, { force: isForced(args) });
    },
  }),
);

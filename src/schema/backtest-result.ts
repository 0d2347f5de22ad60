import type { BacktestStatistics } from '../analytics/backtest/run-backtest.js';
import type { CacheInfo } from '../cache/index.js';
import type { Backtest, BacktestKey } from '../loaders/backtests.js';
import type { CachedLoader } from '../loaders/cached-loader.js';
import { toError } from '../support/to-error.js';
import { BacktestStatsType } from './backtest-stats.js';
import { builder } from './builder.js';
import type { GatewayContext } from './context.js';
import { itemFailure, ItemErrorType, orNull, type ItemFailure } from './item-error.js';

interface BacktestResult {
  readonly symbol: string;
  readonly stats: BacktestStatistics | null;
  readonly error: ItemFailure | null;
}

export const BacktestResultType = builder.objectRef<BacktestResult>('BacktestResult').implement({
  description: 'A backtest of a batch, or why there is none.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "In the source's spelling; as asked for where it failed." }),
    stats: t.field({
      type: BacktestStatsType,
      nullable: true,
      description: 'Null where it failed: see error.',
      resolve: ({ stats }) => stats,
    }),
    error: t.field({
      type: ItemErrorType,
      nullable: true,
      description: 'Why there is no backtest.',
      resolve: ({ error }) => error,
    }),
  }),
});

/** What a batch takes of a backtest: not its trades, which are a hundred times as much. */
export interface BacktestOutcome extends Pick<Backtest, 'symbol' | 'statistics'> {
  readonly info: CacheInfo | undefined;
}

/** Backtests in the order of their keys, each as it comes. One that fails comes as its Error. */
export async function loadOutcomes(
  backtests: CachedLoader<BacktestKey, Backtest>,
  keys: readonly BacktestKey[],
  { provenance, force = false }: Pick<GatewayContext, 'provenance'> & { readonly force?: boolean },
): Promise<Promise<BacktestOutcome | Error>[]> {
  const loading = await backtests.loadEach(keys, { force });
  const take = (backtest: Backtest) => {
    const { symbol, statistics } = backtest;
    return { symbol, statistics, info: provenance.of(backtest) };
  };
  return loading.map((each) => each.then(take, toError));
}

/** The outcome as it is shown; `asked` is the symbol as it was asked for. */
export function toResult(outcome: BacktestOutcome | Error, asked: string, context: GatewayContext): BacktestResult {
  const done = orNull(outcome);
  return {
    symbol: done?.symbol ?? asked,
    stats: done?.statistics ?? null,
    error: itemFailure(outcome, context),
  };
}

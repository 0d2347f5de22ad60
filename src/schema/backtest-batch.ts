import { isForced } from '../field-cache/index.js';
import { backtestPolicy, type BacktestKey } from '../loaders/backtests.js';
import { FAILED_MS } from '../loaders/overviews.js';
import type { MarketData } from '../market/market-data.js';
import { MAX_SYMBOLS, symbolsArgument } from './arguments.js';
import { BacktestBatchInput, toAskedRange, toTerms } from './backtest-input.js';
import { BacktestResultType, loadOutcomes, toResult, type BacktestOutcome } from './backtest-result.js';
import { builder } from './builder.js';
import { cacheField } from './cache-info.js';
import type { GatewayContext } from './context.js';
import { backtestCost, COUNTED_BY_PARENT, itemsCost, rowsCost } from './cost.js';
import { wholeCacheInfo } from './whole-cache-info.js';

type BatchInput = typeof BacktestBatchInput.$inferInput;

interface BacktestBatch {
  readonly results: readonly ReturnType<typeof toResult>[];
  readonly fromCache: number;
  readonly computed: number;
  readonly failed: number;
}

const BacktestBatchType = builder.objectRef<BacktestBatch>('BacktestBatch').implement({
  description: 'One strategy over many symbols. Each backtest is kept by itself, under the policy of backtest.',
  fields: (t) => ({
    results: t.field({
      type: [BacktestResultType],
      complexity: COUNTED_BY_PARENT,
      description: 'In the order and length of symbols.',
      resolve: ({ results }) => [...results],
    }),
    fromCache: t.exposeInt('fromCache', { description: 'How many were served from the cache.' }),
    computed: t.exposeInt('computed', { description: 'How many were computed, by this request or by one beside it.' }),
    failed: t.exposeInt('failed', { description: 'How many failed.' }),
    cache: t.field({
      ...cacheField,
      description: 'Of its backtests together: the worst status, the oldest age, the least TTL, all their tags.',
    }),
  }),
});

/** The policy of each backtest, by what a batch calls its arguments. */
export const OF_BATCH = {
  policy: backtestPolicy,
  names: { symbol: '$args.input.symbols', strategy: '$args.input.strategy' },
} as const;

/** A batch's own cost, and that of what is selected of its results. */
export function batchCost(input: BatchInput, context: GatewayContext) {
  const { symbols } = input;
  const each = backtestCost(toAskedRange(input), context);
  const { field } = itemsCost(symbols.length, MAX_SYMBOLS.backtestBatch, each);
  return { field, multiplier: rowsCost(symbols.length, MAX_SYMBOLS.backtestBatch).multiplier };
}

/** The keys of a batch's backtests in the order of its symbols. */
export function toBatchKeys(input: BatchInput, market: MarketData): BacktestKey[] {
  const symbols = symbolsArgument(input.symbols, MAX_SYMBOLS.backtestBatch, 'input.symbols');
  const terms = toTerms(input, market);
  return symbols.map((symbol) => ({ ...terms, symbol }));
}

builder.queryField('backtestBatch', (t) =>
  t.field({
    type: BacktestBatchType,
    nullable: true,
    cachedBy: OF_BATCH,
    complexity: ({ input }, context) => batchCost(input, context),
    description: 'One strategy over many symbols; one that fails leaves the others standing.',
    args: {
      input: t.arg({ type: BacktestBatchInput, required: true, description: 'What to try, on what, and how.' }),
    },
    resolve: async (_, args, context) => {
      const { loaders, market, provenance } = context;
      const keys = toBatchKeys(args.input, market);
      const loading = await loadOutcomes(loaders.backtests, keys, { provenance, force: isForced(args) });
      const outcomes = await Promise.all(loading);
      const done = outcomes.filter((outcome): outcome is BacktestOutcome => !(outcome instanceof Error));
      const infos = done.flatMap(({ info }) => info ?? []);
      const fromCache = infos.filter(({ status }) => status === 'HIT' || status === 'STALE').length;
      const batch = {
        results: outcomes.map((outcome, i) => toResult(outcome, args.input.symbols[i] ?? '', context)),
        fromCache,
        computed: done.length - fromCache,
        failed: outcomes.length - done.length,
      };
      const whole = wholeCacheInfo(infos);
      if (!whole) return batch;
      const ttlMs = batch.failed > 0 ? Math.min(whole.ttlMs, FAILED_MS) : whole.ttlMs;
      return provenance.hand(batch, { ...whole, ttlMs });
    },
  }),
);

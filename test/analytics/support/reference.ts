import { z } from 'zod';
import { readReference } from './shared-data.js';

const backtestEntry = z.looseObject({ id: z.string(), tolerance: z.string().optional(), expected: z.unknown() });

/** Strict where the reference may grow: a kind of results that is not known here is refused. */
const reference = z.object({
  backtest: z.strictObject({
    published: z.array(backtestEntry),
    derived: z.array(backtestEntry),
    semantics: z.unknown(),
    statistics_formulas: z.unknown(),
    derived_strategy_definitions: z.unknown(),
  }),
  indicators: z.strictObject({
    stock_indicators_fixtures: z.object({
      conventions: z.record(z.string(), z.string()),
      spot_values: z.record(z.string(), z.record(z.string(), z.number())),
    }),
    tulip_vectors: z.record(z.string(), z.unknown()),
    talib_vectors: z.record(z.string(), z.unknown()),
    library_comparison_measured_here: z.unknown(),
  }),
});

/** A backtest of the reference; what else it has depends on its `id`. */
export type BacktestEntry = z.infer<typeof backtestEntry>;
export type Reference = z.infer<typeof reference>;

/** The reference results that are shared, as far as their shape is fixed. */
export function parseReference(): Reference {
  return reference.parse(readReference());
}

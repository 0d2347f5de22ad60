import { countNewBars, type BarsRange } from '../loaders/bars.js';
import type { GatewayContext } from './context.js';

/*
 * What fields cost, for the bound of server/complexity-limit.ts: `field` by itself, `multiplier` times what is selected below it. Ten
 * plain values are 1, some 15 µs. An argument that will be refused counts as what is nearest to it, never as less than nothing.
 */

/** An analysis that no cache has takes longer than that: bounded is how many of them one request can ask for. */
export const ANALYSIS_COST = 50;

/** A training of 2,000 candles holds a thread for some time. */
export const TRAINING_COST = 200;

/** A backtest of up to so many bars: what is fetched and kept in memory, and a share of the threads. */
const BACKTEST_COST = { field: 10, bars: 2_000 };

interface Cost {
  readonly field: number;
  readonly multiplier: number;
}

/** A backtest by the bars that it asks for: 100 for the most. */
export function backtestCost(range: BarsRange, { market }: Pick<GatewayContext, 'market'>): number {
  return BACKTEST_COST.field * Math.ceil(countNewBars(range, market.now()) / BACKTEST_COST.bars);
}

/** A list whose items its parent has multiplied already. */
export const COUNTED_BY_PARENT: Cost = { field: 1, multiplier: 1 };

/** Rows of plain values, such as candles. */
export function rowsCost(rows: number, max: number): Cost {
  const units = Math.ceil(clamp(rows, max) / 10);
  return { field: units, multiplier: units };
}

/** Items each of which is computed or looked up by itself at the cost of `each`. */
export function itemsCost(items: number, max: number, each = 1): Cost {
  const count = clamp(items, max);
  return { field: count * each, multiplier: count };
}

/** Private */
function clamp(value: number, max: number): number {
  return Math.max(1, Math.min(value, max));
}

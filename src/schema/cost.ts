/*
 * What fields cost, for the bound of server/complexity-limit.ts: `field` by itself, `multiplier` times what is selected below it. Ten
 * plain values are 1, some 15 µs. An argument that will be refused counts as what is nearest to it, never as less than nothing.
 */

/** An analysis that no cache has takes longer than that: bounded is how many of them one request can ask for. */
export const ANALYSIS_COST = 50;

/** A backtest runs in a thread of its own: this is what is done before and after, and a share of the threads. */
export const BACKTEST_COST = 20;

interface Cost {
  readonly field: number;
  readonly multiplier: number;
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

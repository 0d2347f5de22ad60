import type { CandleColumns } from '../../market/candle-columns.js';
import { finiteOrNull } from './finite-or-null.js';
import { covariance, variance } from './sample-statistics.js';
import type { Simulation } from './simulate.js';

/** Equity against its market: what it gained, what holding would have gained from the bar on which the strategy is warm, and both together. */
export function marketStatistics({ close }: CandleColumns, { equity, warmup }: Simulation) {
  const total = changePercent(equity, 0);
  const held = changePercent(close, warmup);
  const beta = betaOf(equity, close);
  return {
    totalReturnPercent: total,
    buyAndHoldReturnPercent: finiteOrNull(held),
    alphaPercent: finiteOrNull(total - beta * held),
    beta: finiteOrNull(beta),
  };
}

/** Private: from the value at `from` to the last. */
function changePercent(values: Float64Array, from: number): number {
  const first = values[from] ?? NaN;
  return (((values.at(-1) ?? NaN) - first) / first) * 100;
}

/** Private: how much of the market's move, bar by bar, equity went along with. */
function betaOf(equity: Float64Array, close: Float64Array): number {
  const marketReturns = logReturns(close);
  return covariance(logReturns(equity), marketReturns) / variance(marketReturns);
}

/** Private */
function logReturns(values: Float64Array): Float64Array {
  return values.subarray(1).map((value, index) => Math.log(value / (values[index] ?? NaN)));
}

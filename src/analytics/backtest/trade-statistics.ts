import type { BarRhythm } from './bar-rhythm.js';
import { isClosed, returnOf, type ClosedTrade } from './closed-trade.js';
import { durationsOf } from './durations.js';
import { finiteOrNull } from './finite-or-null.js';
import { geometricMean, highest, mean, variance } from './sample-statistics.js';
import type { BacktestSettings, Trade } from './simulate.js';

/** Private */
interface Bars {
  readonly times: Float64Array;
  readonly rhythm: BarRhythm;
}

/** What the closed trades brought; those that are open at the end are left out, as in backtesting.py. */
export function tradeStatistics(trades: readonly Trade[], settings: BacktestSettings, { times, rhythm }: Bars) {
  const closed = trades.filter(isClosed);
  const spans = closed.map(({ entryBar, exitBar }) => (times[exitBar] ?? NaN) - (times[entryBar] ?? NaN));
  const { longest, average } = durationsOf(spans, rhythm);
  return {
    exposurePercent: exposure(closed, times.length) * 100,
    tradeCount: closed.length,
    maxTradeDurationSeconds: longest,
    avgTradeDurationSeconds: average,
    ...ofReturns(closed.map((trade) => returnOf(trade, settings))),
    ...ofProfits(closed.map((trade) => trade.units * trade.entryPrice * returnOf(trade, settings))),
  };
}

/** Private: the share of the bars at which a trade was held, those of its entry and its exit included. */
function exposure(trades: readonly ClosedTrade[], bars: number): number {
  const changes = new Int32Array(bars + 1);
  for (const { entryBar, exitBar } of trades) {
    changes[entryBar] = (changes[entryBar] ?? 0) + 1;
    changes[exitBar + 1] = (changes[exitBar + 1] ?? 0) - 1;
  }
  let open = 0;
  let exposed = 0;
  for (const change of changes) {
    open += change;
    if (open > 0) exposed++;
  }
  return exposed / bars;
}

/** Private */
function ofReturns(returns: readonly number[]) {
  const gains = sumOf(returns.filter((value) => value > 0));
  const losses = sumOf(returns.filter((value) => value < 0));
  return {
    bestTradePercent: finiteOrNull(highest(returns) * 100),
    worstTradePercent: finiteOrNull(-highest(returns.map((value) => -value)) * 100),
    avgTradePercent: finiteOrNull(geometricMean(returns) * 100),
    expectancyPercent: finiteOrNull(mean(returns) * 100),
    profitFactor: finiteOrNull(gains / -losses),
  };
}

/** Private: in any unit of money. */
function ofProfits(profits: readonly number[]) {
  const wins = profits.filter((value) => value > 0);
  const winRate = wins.length / profits.length;
  const payoff = mean(wins) / -mean(profits.filter((value) => value < 0));
  return {
    winRatePercent: finiteOrNull(winRate * 100),
    sqn: finiteOrNull((Math.sqrt(profits.length) * mean(profits)) / Math.sqrt(variance(profits))),
    kellyCriterion: finiteOrNull(winRate - (1 - winRate) / payoff),
  };
}

/** Private */
function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

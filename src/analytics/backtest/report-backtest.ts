import type { CandleColumns } from '../../market/candle-columns.js';
import { drawdownsOf } from './drawdowns.js';
import { countMoney } from './money.js';
import type { BacktestSettings, Simulation } from './simulate.js';
import { computeStatistics, type BacktestStatistics } from './statistics.js';
import { thinCurve, type EquityCurve } from './thin-curve.js';
import { reportTrade, type TradeReport } from './trade-report.js';

/** What is shown of a backtest. Plain JSON. */
export interface BacktestReport {
  readonly statistics: BacktestStatistics;
  /** Closed ones in the order in which they were closed, then those that are open at the end. */
  readonly trades: readonly TradeReport[];
  /** Of at most {@link MAX_CURVE_POINTS}. */
  readonly curve: EquityCurve;
}

/** As many as a chart can ask for; what shows fewer thins the curve again. */
export const MAX_CURVE_POINTS = 5_000;

/** Of a simulation over these bars. */
export function reportBacktest(
  bars: CandleColumns,
  settings: BacktestSettings,
  simulation: Simulation,
): BacktestReport {
  const { equity } = simulation;
  const { trades, ...money } = countMoney(bars, settings, simulation);
  const drawdownPercent = drawdownsOf(equity).map((drawdown) => 0 - drawdown * 100);
  return {
    statistics: { ...computeStatistics(bars, settings, simulation), ...money },
    trades: trades.map((trade) => reportTrade(trade, { times: bars.time, settings })),
    curve: thinCurve({ time: bars.time, equity, drawdownPercent }, MAX_CURVE_POINTS),
  };
}

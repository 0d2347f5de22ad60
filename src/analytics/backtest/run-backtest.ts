import type { CandleColumns } from '../../market/candle-columns.js';
import { reportBacktest, type BacktestReport } from './report-backtest.js';
import { simulate, type BacktestSettings } from './simulate.js';

export { MAX_CURVE_POINTS, type BacktestReport } from './report-backtest.js';
export type { BacktestStatistics } from './statistics.js';
export type { EquityCurve } from './thin-curve.js';
export type { TradeReport } from './trade-report.js';

/** A strategy over closed bars, judged. A RangeError where the bars are fewer than the strategy needs: see {@link simulate}. */
export function runBacktest(bars: CandleColumns, settings: BacktestSettings): BacktestReport {
  return reportBacktest(bars, settings, simulate(bars, settings));
}

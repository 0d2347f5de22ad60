import type { BacktestStatistics } from '../../../src/analytics/backtest/run-backtest.js';

const DAY_SECONDS = 86_400;

/** What backtesting.py calls our figures; times as an ISO date, durations in days. */
export const PUBLISHED_STATISTICS: Readonly<
  Record<string, (statistics: BacktestStatistics) => number | string | null>
> = {
  Start: ({ startAt }) => new Date(startAt).toISOString().slice(0, 10),
  End: ({ endAt }) => new Date(endAt).toISOString().slice(0, 10),
  Duration: ({ durationSeconds }) => durationSeconds / DAY_SECONDS,
  'Exposure Time [%]': ({ exposurePercent }) => exposurePercent,
  'Equity Final [$]': ({ finalEquity }) => Number(finalEquity),
  'Equity Peak [$]': ({ peakEquity }) => Number(peakEquity),
  'Commissions [$]': ({ commissions }) => Number(commissions),
  'Return [%]': ({ totalReturnPercent }) => totalReturnPercent,
  'Buy & Hold Return [%]': ({ buyAndHoldReturnPercent }) => buyAndHoldReturnPercent,
  'Return (Ann.) [%]': ({ annualizedReturnPercent }) => annualizedReturnPercent,
  'Volatility (Ann.) [%]': ({ volatilityPercent }) => volatilityPercent,
  'CAGR [%]': ({ cagrPercent }) => cagrPercent,
  'Sharpe Ratio': ({ sharpeRatio }) => sharpeRatio,
  'Sortino Ratio': ({ sortinoRatio }) => sortinoRatio,
  'Calmar Ratio': ({ calmarRatio }) => calmarRatio,
  'Alpha [%]': ({ alphaPercent }) => alphaPercent,
  Beta: ({ beta }) => beta,
  'Max. Drawdown [%]': ({ maxDrawdownPercent }) => maxDrawdownPercent,
  'Avg. Drawdown [%]': ({ avgDrawdownPercent }) => avgDrawdownPercent,
  'Max. Drawdown Duration': ({ maxDrawdownDurationSeconds }) => inDays(maxDrawdownDurationSeconds),
  'Avg. Drawdown Duration': ({ avgDrawdownDurationSeconds }) => inDays(avgDrawdownDurationSeconds),
  '# Trades': ({ tradeCount }) => tradeCount,
  'Win Rate [%]': ({ winRatePercent }) => winRatePercent,
  'Best Trade [%]': ({ bestTradePercent }) => bestTradePercent,
  'Worst Trade [%]': ({ worstTradePercent }) => worstTradePercent,
  'Avg. Trade [%]': ({ avgTradePercent }) => avgTradePercent,
  'Max. Trade Duration': ({ maxTradeDurationSeconds }) => inDays(maxTradeDurationSeconds),
  'Avg. Trade Duration': ({ avgTradeDurationSeconds }) => inDays(avgTradeDurationSeconds),
  'Profit Factor': ({ profitFactor }) => profitFactor,
  'Expectancy [%]': ({ expectancyPercent }) => expectancyPercent,
  SQN: ({ sqn }) => sqn,
  'Kelly Criterion': ({ kellyCriterion }) => kellyCriterion,
};

/** Private */
function inDays(seconds: number | null): number | null {
  return seconds === null ? null : seconds / DAY_SECONDS;
}

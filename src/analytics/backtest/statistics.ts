import type { CandleColumns } from '../../market/candle-columns.js';
import { annualStatistics } from './annual-statistics.js';
import { barRhythm } from './bar-rhythm.js';
import { drawdownStatistics } from './drawdown-statistics.js';
import { drawdownsOf } from './drawdowns.js';
import { marketStatistics } from './market-statistics.js';
import type { Money } from './money.js';
import type { BacktestSettings, Simulation } from './simulate.js';
import { tradeStatistics } from './trade-statistics.js';

/**
 * Figures of a backtest, as backtesting.py 0.6.6 defines them; null where a figure does not exist, as a win rate without trades. Money:
 * exact decimal strings, quote units.
 */
export interface BacktestStatistics {
  /** ms since the epoch: opening of the first and of the last bar. */
  readonly startAt: number;
  readonly endAt: number;
  readonly durationSeconds: number;
  /** Of the bars, those at which a trade was held that is closed now. */
  readonly exposurePercent: number;
  readonly finalEquity: string;
  readonly peakEquity: string;
  /** Of closed trades. */
  readonly commissions: string;
  readonly totalReturnPercent: number;
  /** Of holding from the bar at which the strategy's indicators are warm. */
  readonly buyAndHoldReturnPercent: number | null;
  readonly annualizedReturnPercent: number | null;
  readonly volatilityPercent: number | null;
  readonly cagrPercent: number | null;
  readonly sharpeRatio: number | null;
  readonly sortinoRatio: number | null;
  readonly calmarRatio: number | null;
  readonly alphaPercent: number | null;
  readonly beta: number | null;
  /** Zero or negative. */
  readonly maxDrawdownPercent: number;
  /** Averages and durations are of the periods below a peak, and durations rounded up to the resolution of the bars. */
  readonly avgDrawdownPercent: number | null;
  readonly maxDrawdownDurationSeconds: number | null;
  readonly avgDrawdownDurationSeconds: number | null;
  /** Closed trades. */
  readonly tradeCount: number;
  readonly winRatePercent: number | null;
  readonly bestTradePercent: number | null;
  readonly worstTradePercent: number | null;
  /** Geometric; the expectancy is the arithmetic one. */
  readonly avgTradePercent: number | null;
  readonly maxTradeDurationSeconds: number | null;
  readonly avgTradeDurationSeconds: number | null;
  /** Of returns, not of money. Null without a loss: it would be infinite. */
  readonly profitFactor: number | null;
  readonly expectancyPercent: number | null;
  readonly sqn: number | null;
  readonly kellyCriterion: number | null;
}

/** Of a simulation over these bars. The money is counted elsewhere: {@link Money}. */
export function computeStatistics(
  bars: CandleColumns,
  settings: BacktestSettings,
  simulation: Simulation,
): Omit<BacktestStatistics, keyof Money> {
  const { time: times } = bars;
  const { equity, trades } = simulation;
  const rhythm = barRhythm(times);
  const drawdowns = drawdownsOf(equity);
  const startAt = times[0] ?? NaN;
  const endAt = times.at(-1) ?? NaN;
  return {
    startAt,
    endAt,
    durationSeconds: Math.ceil((endAt - startAt) / 1_000),
    ...marketStatistics(bars, simulation),
    ...annualStatistics(times, equity, { rhythm, drawdowns }),
    ...drawdownStatistics(times, drawdowns, rhythm),
    ...tradeStatistics(trades, settings, { times, rhythm }),
  };
}

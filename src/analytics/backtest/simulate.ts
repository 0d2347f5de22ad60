import type { CandleColumns } from '../../market/candle-columns.js';
import { countDays, dailyBars, everyBar, type HandedBars } from './handed-bars.js';
import { ruleOf } from './strategies/rule-of.js';
import type { Strategy } from './strategy.js';
import { tradeSignals, type TradedSignals, type TradingTerms } from './trade-signals.js';

export type { Trade, TradeSide } from './trade.js';

/** How a backtest trades. */
export interface BacktestSettings extends TradingTerms {
  readonly strategy: Strategy;
  /** The strategy is handed one bar a UTC day, its last; orders still fill on the next bar of the market. */
  readonly dailySampling: boolean;
}

export interface Simulation extends TradedSignals {
  /** Index of the first bar at which every indicator of the strategy has a value. */
  readonly warmup: number;
}

/**
 * What trading a strategy over closed bars comes to. Nothing of it depends on a later bar, but the finalizing. A RangeError where
 * {@link countHandedBars} are fewer than {@link requiredBars}.
 */
export function simulate(bars: CandleColumns, settings: BacktestSettings): Simulation {
  const { strategy } = settings;
  const rule = ruleOf(strategy);
  const handed = handOut(bars, settings);
  const warmup = handed.knownAt[rule.warmup];
  if (warmup === undefined || handed.close.length < requiredBars(strategy)) {
    const unit = settings.dailySampling ? 'days' : 'bars';
    throw new RangeError(`${strategy.name} needs ${requiredBars(strategy)} ${unit}, but got: ${handed.close.length}`);
  }
  const signals = new Int8Array(bars.close.length);
  rule.signals(handed).forEach((signal, index) => {
    signals[handed.knownAt[index] ?? 0] = signal;
  });
  return { ...tradeSignals(bars, signals, { ...settings, reenters: rule.reenters }), warmup };
}

/**
 * Bars that must be handed to a strategy before it can decide anything, the first on which it does included: the one on which its
 * indicators are warm and the one after it; for `buyAndHold` the two at the start and those that it waits.
 */
export function requiredBars(strategy: Strategy): number {
  return ruleOf(strategy).earliest + 1;
}

/** How many bars the strategy is handed: all, or with `dailySampling` one for each UTC day that has any. */
export function countHandedBars(
  { time }: Pick<CandleColumns, 'time'>,
  { dailySampling }: Pick<BacktestSettings, 'dailySampling'>,
): number {
  return dailySampling ? countDays(time) : time.length;
}

/** Private */
function handOut(bars: CandleColumns, { dailySampling }: Pick<BacktestSettings, 'dailySampling'>): HandedBars {
  return dailySampling ? dailyBars(bars) : everyBar(bars);
}

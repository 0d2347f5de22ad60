import {
  advanceExponentialMovingAverage,
  createExponentialMovingAverage,
  getExponentialMovingAverage,
  type ExponentialMovingAverageState,
} from './exponential-moving-average.js';
import { trace } from './trace.js';

/** Periods of the two averages of closes and of the average of their difference. */
export interface MacdPeriods {
  readonly fast: number;
  readonly slow: number;
  readonly signal: number;
}

export const MACD_PERIODS: MacdPeriods = { fast: 12, slow: 26, signal: 9 };

/** All in the unit of the closes; signal and histogram become warm `signal - 1` closes after the line itself. */
export interface Macd {
  /** Fast average minus slow average. */
  readonly macd: number;
  readonly signal: number | undefined;
  /** The line minus its signal. */
  readonly histogram: number | undefined;
}

/** A MACD between two closes. Plain JSON. */
export interface MacdState {
  readonly v: 1;
  readonly fast: ExponentialMovingAverageState;
  readonly slow: ExponentialMovingAverageState;
  readonly signal: ExponentialMovingAverageState;
}

/**
 * The MACD line, first at index `slow - 1` (the longer period's), its signal and histogram, `signal - 1` later. Each average is seeded
 * by its own first mean.
 */
export function movingAverageConvergenceDivergence(
  closes: readonly number[],
  periods: MacdPeriods = MACD_PERIODS,
): (Macd | undefined)[] {
  return trace(createMacd(periods), closes, advanceMacd, getMacd);
}

export function createMacd({ fast, slow, signal }: MacdPeriods = MACD_PERIODS): MacdState {
  return {
    v: 1,
    fast: createExponentialMovingAverage(fast),
    slow: createExponentialMovingAverage(slow),
    signal: createExponentialMovingAverage(signal),
  };
}

export function advanceMacd(state: MacdState, close: number): MacdState {
  const fast = advanceExponentialMovingAverage(state.fast, close);
  const slow = advanceExponentialMovingAverage(state.slow, close);
  const macd = difference(fast, slow);
  const signal = macd === undefined ? state.signal : advanceExponentialMovingAverage(state.signal, macd);
  return { v: 1, fast, slow, signal };
}

export function getMacd(state: MacdState): Macd | undefined {
  const macd = difference(state.fast, state.slow);
  if (macd === undefined) return undefined;
  const signal = getExponentialMovingAverage(state.signal);
  return { macd, signal, histogram: signal === undefined ? undefined : macd - signal };
}

/** Private */
function difference(fast: ExponentialMovingAverageState, slow: ExponentialMovingAverageState): number | undefined {
  const above = getExponentialMovingAverage(fast);
  const below = getExponentialMovingAverage(slow);
  return above === undefined || below === undefined ? undefined : above - below;
}

import { addTo, EMPTY_SUM, sumOf, type CompensatedSum } from './compensated-sum.js';
import { checkedPeriod } from './checked-period.js';
import { trace } from './trace.js';

/** An exponential moving average between two values. Plain JSON. */
export interface ExponentialMovingAverageState {
  readonly v: 1;
  readonly period: number;
  /** How much of a new value enters the average, 0 to 1. */
  readonly weight: number;
  /** Values seen, counted up to `period`: from then on the average is warm. */
  readonly seen: number;
  readonly seed: CompensatedSum;
  readonly average: number | null;
}

/**
 * The exponential moving average with weight 2 / (period + 1), in the unit of the values. First at index `period - 1`, as the mean of
 * the values up to there (TA-Lib's default seed).
 */
export function exponentialMovingAverage(values: readonly number[], period: number): (number | undefined)[] {
  return trace(
    createExponentialMovingAverage(period),
    values,
    advanceExponentialMovingAverage,
    getExponentialMovingAverage,
  );
}

export function createExponentialMovingAverage(period: number): ExponentialMovingAverageState {
  return create(period, 2 / (period + 1));
}

/** Wilder's average: the same with weight 1 / period, as RSI and ATR smooth (Wilder 1978). */
export function createWilderAverage(period: number): ExponentialMovingAverageState {
  return create(period, 1 / period);
}

export function advanceExponentialMovingAverage(
  state: ExponentialMovingAverageState,
  value: number,
): ExponentialMovingAverageState {
  const { period, weight, average } = state;
  if (average !== null) return { ...state, average: average + weight * (value - average) };
  const seen = state.seen + 1;
  const seed = addTo(state.seed, value);
  return { v: 1, period, weight, seen, seed, average: seen === period ? sumOf(seed) / period : null };
}

export function getExponentialMovingAverage(state: ExponentialMovingAverageState): number | undefined {
  return state.average ?? undefined;
}

/** Private */
function create(period: number, weight: number): ExponentialMovingAverageState {
  return { v: 1, period: checkedPeriod(period), weight, seen: 0, seed: EMPTY_SUM, average: null };
}

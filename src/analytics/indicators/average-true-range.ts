import type { Candle } from '../../market/candle.js';
import {
  advanceExponentialMovingAverage,
  createWilderAverage,
  getExponentialMovingAverage,
  type ExponentialMovingAverageState,
} from './exponential-moving-average.js';
import { trace } from './trace.js';

/** An average true range between two candles. Plain JSON. */
export interface AverageTrueRangeState {
  readonly v: 1;
  readonly previousClose: number | null;
  readonly average: ExponentialMovingAverageState;
}

/** Wilder's average true range, in the unit of the prices. The first candle has no true range, so it is first at index `period`. */
export function averageTrueRange(candles: readonly Candle[], period = 14): (number | undefined)[] {
  return trace(createAverageTrueRange(period), candles, advanceAverageTrueRange, getAverageTrueRange);
}

export function createAverageTrueRange(period = 14): AverageTrueRangeState {
  return { v: 1, previousClose: null, average: createWilderAverage(period) };
}

export function advanceAverageTrueRange(state: AverageTrueRangeState, candle: Candle): AverageTrueRangeState {
  if (state.previousClose === null) return { ...state, previousClose: candle.close };
  return {
    v: 1,
    previousClose: candle.close,
    average: advanceExponentialMovingAverage(state.average, trueRange(candle, state.previousClose)),
  };
}

export function getAverageTrueRange(state: AverageTrueRangeState): number | undefined {
  return getExponentialMovingAverage(state.average);
}

/** How far the price went since the close before: the candle's range, stretched to that close. */
export function trueRange(candle: Candle, previousClose: number): number {
  return Math.max(candle.high, previousClose) - Math.min(candle.low, previousClose);
}

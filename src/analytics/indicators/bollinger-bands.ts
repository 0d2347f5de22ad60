import {
  advanceSimpleMovingAverage,
  createSimpleMovingAverage,
  getSimpleMovingAverage,
  type SimpleMovingAverageState,
} from './simple-moving-average.js';
import { trace } from './trace.js';

/** In the unit of the closes. */
export interface Bollinger {
  readonly upper: number;
  readonly middle: number;
  readonly lower: number;
}

/** Bollinger bands between two closes. Plain JSON. */
export interface BollingerBandsState {
  readonly v: 1;
  readonly deviations: number;
  readonly mean: SimpleMovingAverageState;
}

/**
 * The mean of the last `period` closes, and the lines `deviations` population standard deviations above and below it. First at index
 * `period - 1`.
 */
export function bollingerBands(closes: readonly number[], period = 20, deviations = 2): (Bollinger | undefined)[] {
  return trace(createBollingerBands(period, deviations), closes, advanceBollingerBands, getBollingerBands);
}

/** A RangeError where `deviations` is not a number above zero. */
export function createBollingerBands(period = 20, deviations = 2): BollingerBandsState {
  if (!(deviations > 0 && Number.isFinite(deviations))) {
    throw new RangeError(`deviations must be a number above 0, but got: ${deviations}`);
  }
  return { v: 1, deviations, mean: createSimpleMovingAverage(period) };
}

export function advanceBollingerBands(state: BollingerBandsState, close: number): BollingerBandsState {
  return { ...state, mean: advanceSimpleMovingAverage(state.mean, close) };
}

export function getBollingerBands(state: BollingerBandsState): Bollinger | undefined {
  const middle = getSimpleMovingAverage(state.mean);
  if (middle === undefined) return undefined;
  const width = state.deviations * standardDeviation(state.mean.values.window, middle);
  return { upper: middle + width, middle, lower: middle - width };
}

/**
 * Private: over the window itself. A running sum of squares would be cheaper, but loses every digit where the prices are large against
 * their spread, and can turn negative.
 */
function standardDeviation(values: readonly number[], mean: number): number {
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

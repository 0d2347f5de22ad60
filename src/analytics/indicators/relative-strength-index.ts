import {
  advanceExponentialMovingAverage,
  createWilderAverage,
  getExponentialMovingAverage,
  type ExponentialMovingAverageState,
} from './exponential-moving-average.js';
import { trace } from './trace.js';

/** A relative strength index between two closes. Plain JSON. */
export interface RelativeStrengthIndexState {
  readonly v: 1;
  readonly previousClose: number | null;
  readonly gain: ExponentialMovingAverageState;
  readonly loss: ExponentialMovingAverageState;
}

/**
 * Wilder's relative strength index, 0 to 100. First at index `period`. Without a loss it is 100; where no close moved at all it is 50,
 * neither side being stronger (TA-Lib says 0 there, which would read as oversold).
 */
export function relativeStrengthIndex(closes: readonly number[], period = 14): (number | undefined)[] {
  return trace(createRelativeStrengthIndex(period), closes, advanceRelativeStrengthIndex, getRelativeStrengthIndex);
}

export function createRelativeStrengthIndex(period = 14): RelativeStrengthIndexState {
  return { v: 1, previousClose: null, gain: createWilderAverage(period), loss: createWilderAverage(period) };
}

export function advanceRelativeStrengthIndex(
  state: RelativeStrengthIndexState,
  close: number,
): RelativeStrengthIndexState {
  if (state.previousClose === null) return { ...state, previousClose: close };
  const change = close - state.previousClose;
  return {
    v: 1,
    previousClose: close,
    gain: advanceExponentialMovingAverage(state.gain, Math.max(change, 0)),
    loss: advanceExponentialMovingAverage(state.loss, Math.max(-change, 0)),
  };
}

export function getRelativeStrengthIndex(state: RelativeStrengthIndexState): number | undefined {
  const gain = getExponentialMovingAverage(state.gain);
  const loss = getExponentialMovingAverage(state.loss);
  if (gain === undefined || loss === undefined) return undefined;
  return gain + loss === 0 ? 50 : 100 * (gain / (gain + loss));
}

import { advanceRollingSum, createRollingSum, getRollingSum, type RollingSum } from './rolling-sum.js';
import { trace } from './trace.js';

/** A simple moving average between two values. Plain JSON. */
export interface SimpleMovingAverageState {
  readonly v: 1;
  readonly values: RollingSum;
}

/** The mean of the last `period` values, in their unit. First at index `period - 1`. */
export function simpleMovingAverage(values: readonly number[], period: number): (number | undefined)[] {
  return trace(createSimpleMovingAverage(period), values, advanceSimpleMovingAverage, getSimpleMovingAverage);
}

export function createSimpleMovingAverage(period: number): SimpleMovingAverageState {
  return { v: 1, values: createRollingSum(period) };
}

export function advanceSimpleMovingAverage(state: SimpleMovingAverageState, value: number): SimpleMovingAverageState {
  return { v: 1, values: advanceRollingSum(state.values, value) };
}

export function getSimpleMovingAverage(state: SimpleMovingAverageState): number | undefined {
  const sum = getRollingSum(state.values);
  return sum === undefined ? undefined : sum / state.values.period;
}

import type { Candle } from '../../market/candle.js';
import { moneyFlowVolume } from './money-flow-volume.js';
import { advanceRollingSum, createRollingSum, getRollingSum, type RollingSum } from './rolling-sum.js';
import { trace } from './trace.js';

/** A Chaikin money flow between two candles. Plain JSON. */
export interface ChaikinMoneyFlowState {
  readonly v: 1;
  readonly flow: RollingSum;
  readonly volume: RollingSum;
}

/**
 * Money-flow volume over volume of the last `period` candles, -1 to 1. First at index `period - 1`. Where nothing traded there was no
 * pressure either: 0.
 */
export function chaikinMoneyFlow(candles: readonly Candle[], period = 20): (number | undefined)[] {
  return trace(createChaikinMoneyFlow(period), candles, advanceChaikinMoneyFlow, getChaikinMoneyFlow);
}

export function createChaikinMoneyFlow(period = 20): ChaikinMoneyFlowState {
  return { v: 1, flow: createRollingSum(period), volume: createRollingSum(period) };
}

export function advanceChaikinMoneyFlow(state: ChaikinMoneyFlowState, candle: Candle): ChaikinMoneyFlowState {
  return {
    v: 1,
    flow: advanceRollingSum(state.flow, moneyFlowVolume(candle)),
    volume: advanceRollingSum(state.volume, candle.volume),
  };
}

export function getChaikinMoneyFlow(state: ChaikinMoneyFlowState): number | undefined {
  const flow = getRollingSum(state.flow);
  const volume = getRollingSum(state.volume);
  if (flow === undefined || volume === undefined) return undefined;
  return volume === 0 ? 0 : flow / volume;
}

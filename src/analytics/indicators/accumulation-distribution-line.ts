import type { Candle } from '../../market/candle.js';
import { addTo, EMPTY_SUM, sumOf, type CompensatedSum } from './compensated-sum.js';
import { moneyFlowVolume } from './money-flow-volume.js';
import { trace } from './trace.js';

/** An accumulation/distribution line between two candles. Plain JSON. */
export interface AccumulationDistributionLineState {
  readonly v: 1;
  readonly seen: boolean;
  readonly total: CompensatedSum;
}

/** Chaikin's money-flow volume summed since the first candle, that one included. In base units; only differences of it mean anything. */
export function accumulationDistributionLine(candles: readonly Candle[]): (number | undefined)[] {
  return trace(
    createAccumulationDistributionLine(),
    candles,
    advanceAccumulationDistributionLine,
    getAccumulationDistributionLine,
  );
}

export function createAccumulationDistributionLine(): AccumulationDistributionLineState {
  return { v: 1, seen: false, total: EMPTY_SUM };
}

export function advanceAccumulationDistributionLine(
  state: AccumulationDistributionLineState,
  candle: Candle,
): AccumulationDistributionLineState {
  return { v: 1, seen: true, total: addTo(state.total, moneyFlowVolume(candle)) };
}

/** `undefined` only before the first candle. */
export function getAccumulationDistributionLine(state: AccumulationDistributionLineState): number | undefined {
  return state.seen ? sumOf(state.total) : undefined;
}

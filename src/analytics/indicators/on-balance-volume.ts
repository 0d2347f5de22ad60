import type { Candle } from '../../market/candle.js';
import { addTo, EMPTY_SUM, sumOf, type CompensatedSum } from './compensated-sum.js';
import { trace } from './trace.js';

/** An on-balance volume between two candles. Plain JSON. */
export interface OnBalanceVolumeState {
  readonly v: 1;
  readonly previousClose: number | null;
  readonly total: CompensatedSum;
}

/**
 * Volume of the candles that closed higher minus volume of those that closed lower, since the first candle, whose value is 0. In base
 * units; only differences of it mean anything.
 */
export function onBalanceVolume(candles: readonly Candle[]): (number | undefined)[] {
  return trace(createOnBalanceVolume(), candles, advanceOnBalanceVolume, getOnBalanceVolume);
}

export function createOnBalanceVolume(): OnBalanceVolumeState {
  return { v: 1, previousClose: null, total: EMPTY_SUM };
}

export function advanceOnBalanceVolume(state: OnBalanceVolumeState, candle: Candle): OnBalanceVolumeState {
  const direction = state.previousClose === null ? 0 : Math.sign(candle.close - state.previousClose);
  return {
    v: 1,
    previousClose: candle.close,
    total: direction === 0 ? state.total : addTo(state.total, direction * candle.volume),
  };
}

/** `undefined` only before the first candle. */
export function getOnBalanceVolume(state: OnBalanceVolumeState): number | undefined {
  return state.previousClose === null ? undefined : sumOf(state.total);
}

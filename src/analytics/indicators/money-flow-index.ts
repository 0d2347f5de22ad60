import type { Candle } from '../../market/candle.js';
import { advanceRollingSum, createRollingSum, getRollingSum, type RollingSum } from './rolling-sum.js';
import { trace } from './trace.js';
import { typicalPrice } from './typical-price.js';

/** A money flow index between two candles. Plain JSON. */
export interface MoneyFlowIndexState {
  readonly v: 1;
  readonly previousTypicalPrice: number | null;
  readonly rising: RollingSum;
  readonly falling: RollingSum;
}

/**
 * The share of the money (typical price times volume) of the last `period` candles that traded while the typical price rose, 0 to 100.
 * First at index `period`: the first candle has nothing to rise from. Where no money moved either way it is 50.
 */
export function moneyFlowIndex(candles: readonly Candle[], period = 14): (number | undefined)[] {
  return trace(createMoneyFlowIndex(period), candles, advanceMoneyFlowIndex, getMoneyFlowIndex);
}

export function createMoneyFlowIndex(period = 14): MoneyFlowIndexState {
  return {
    v: 1,
    previousTypicalPrice: null,
    rising: createRollingSum(period),
    falling: createRollingSum(period),
  };
}

export function advanceMoneyFlowIndex(state: MoneyFlowIndexState, candle: Candle): MoneyFlowIndexState {
  const typical = typicalPrice(candle);
  const previous = state.previousTypicalPrice;
  if (previous === null) return { ...state, previousTypicalPrice: typical };
  const money = typical * candle.volume;
  return {
    v: 1,
    previousTypicalPrice: typical,
    rising: advanceRollingSum(state.rising, typical > previous ? money : 0),
    falling: advanceRollingSum(state.falling, typical < previous ? money : 0),
  };
}

export function getMoneyFlowIndex(state: MoneyFlowIndexState): number | undefined {
  const rising = getRollingSum(state.rising);
  const falling = getRollingSum(state.falling);
  if (rising === undefined || falling === undefined) return undefined;
  return rising + falling === 0 ? 50 : 100 * (rising / (rising + falling));
}

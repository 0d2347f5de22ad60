import type { Candle } from '../../market/candle.js';
import { bucketStart, TIMEFRAME_MS, type Timeframe } from '../../market/timeframe.js';
import { addTo, EMPTY_SUM, sumOf, type CompensatedSum } from './compensated-sum.js';
import { advanceRollingSum, createRollingSum, getRollingSum, type RollingSum } from './rolling-sum.js';
import { trace } from './trace.js';
import { typicalPrice } from './typical-price.js';

/**
 * Where the sums begin: `START` with the first candle given, `UTC_DAY` anew at each midnight UTC, `ROLLING_20` 20 candles back.
 */
export type VwapAnchor = 'START' | 'UTC_DAY' | 'ROLLING_20';

/** A volume-weighted average price between two candles. Plain JSON. */
export type VwapState = VwapSinceState | VwapRollingState;

/** Of the sums since an anchor in time. */
export interface VwapSinceState {
  readonly v: 1;
  readonly anchor: 'START' | 'UTC_DAY';
  /** When the sums begin, ms since the epoch; null before the first candle. */
  readonly since: number | null;
  /** Whether the sums hold all that traded since then. */
  readonly whole: boolean;
  readonly money: CompensatedSum;
  readonly volume: CompensatedSum;
}

export interface VwapRollingState {
  readonly v: 1;
  readonly anchor: 'ROLLING_20';
  readonly money: RollingSum;
  readonly volume: RollingSum;
}

/**
 * The typical price of the candles since the anchor, weighted by volume, in the unit of the prices. `undefined` while nothing traded
 * since then; over `UTC_DAY` also in the first day of the series unless it begins at midnight, because part of that day is missing;
 * over `ROLLING_20` before index 19.
 */
export function volumeWeightedAveragePrice(candles: readonly Candle[], anchor: VwapAnchor): (number | undefined)[] {
  return trace(createVwap(anchor), candles, advanceVwap, getVwap);
}

/** The anchor that a timeframe is read with: the UTC day where a day has several candles, else the last 20 candles. */
export function vwapAnchorOf(timeframe: Timeframe): VwapAnchor {
  return TIMEFRAME_MS[timeframe] < TIMEFRAME_MS.D1 ? 'UTC_DAY' : 'ROLLING_20';
}

export function createVwap(anchor: VwapAnchor): VwapState {
  if (anchor === 'ROLLING_20') return { v: 1, anchor, money: createRollingSum(20), volume: createRollingSum(20) };
  return { v: 1, anchor, since: null, whole: false, money: EMPTY_SUM, volume: EMPTY_SUM };
}

export function advanceVwap(state: VwapState, candle: Candle): VwapState {
  const money = typicalPrice(candle) * candle.volume;
  if (state.anchor === 'ROLLING_20') {
    return {
      ...state,
      money: advanceRollingSum(state.money, money),
      volume: advanceRollingSum(state.volume, candle.volume),
    };
  }
  const current = anchoredFor(state, candle.time);
  return { ...current, money: addTo(current.money, money), volume: addTo(current.volume, candle.volume) };
}

export function getVwap(state: VwapState): number | undefined {
  if (state.anchor !== 'ROLLING_20') {
    return state.whole ? ratio(sumOf(state.money), sumOf(state.volume)) : undefined;
  }
  const money = getRollingSum(state.money);
  const volume = getRollingSum(state.volume);
  return money === undefined || volume === undefined ? undefined : ratio(money, volume);
}

/** Private: the state whose sums the candle that opens at `time` belongs to. */
function anchoredFor(state: VwapSinceState, time: number): VwapSinceState {
  const first = state.since === null;
  const since = state.anchor === 'UTC_DAY' ? bucketStart(time, 'D1') : (state.since ?? time);
  if (since === state.since) return state;
  return { ...state, since, whole: !first || since === time, money: EMPTY_SUM, volume: EMPTY_SUM };
}

/** Private */
function ratio(money: number, volume: number): number | undefined {
  return volume === 0 ? undefined : money / volume;
}

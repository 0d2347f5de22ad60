import type { Candle } from '../../market/candle.js';
import type { Timeframe } from '../../market/timeframe.js';
import { chaikinMoneyFlow } from '../indicators/chaikin-money-flow.js';
import { moneyFlowIndex } from '../indicators/money-flow-index.js';
import { onBalanceVolume } from '../indicators/on-balance-volume.js';
import { volumeWeightedAveragePrice, vwapAnchorOf } from '../indicators/volume-weighted-average-price.js';
import { barFeatures } from '../wyckoff/bar-features.js';
import { effortResult, type EffortResult } from './effort-result.js';
import { volumeProfile, type VolumeProfile } from './volume-profile.js';

/** Plain JSON. Of the last closed candle; what is not warm is null. Each value is explained in the file of its name. */
export interface VolumeAnalysis {
  /** Since the first candle given, base units. */
  readonly obv: number;
  /** Of 20 candles, -1 to 1. */
  readonly cmf: number | null;
  /** Of 14 candles, 0 to 100. */
  readonly mfi: number | null;
  /** From the anchor of the timeframe: `vwapAnchorOf`. */
  readonly vwap: number | null;
  /** Volume over the mean of the 20 candles before. */
  readonly relativeVolume: number | null;
  readonly effortResult: EffortResult;
  /** Of the last {@link PROFILE_CANDLES}. */
  readonly profile: VolumeProfile | null;
}

/** How many candles a profile is made of; of fewer where there are no more. */
export const PROFILE_CANDLES = 120;

/** What the volume of the closed ones of ascending candles says. Too few candles are no error. */
export function analyzeVolume(candles: readonly Candle[], timeframe: Timeframe): VolumeAnalysis {
  const closed = candles.filter((candle) => candle.closed);
  const last = barFeatures(closed).at(-1);
  return {
    obv: onBalanceVolume(closed).at(-1) ?? 0,
    cmf: chaikinMoneyFlow(closed).at(-1) ?? null,
    mfi: moneyFlowIndex(closed).at(-1) ?? null,
    vwap: volumeWeightedAveragePrice(closed, vwapAnchorOf(timeframe)).at(-1) ?? null,
    relativeVolume: last?.relativeVolume ?? null,
    effortResult: last ? effortResult(last) : 'NEUTRAL',
    profile: volumeProfile(closed.slice(-PROFILE_CANDLES)),
  };
}

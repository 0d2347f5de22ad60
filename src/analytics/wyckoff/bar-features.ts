import type { Candle } from '../../market/candle.js';
import { averageTrueRange } from '../indicators/average-true-range.js';
import { simpleMovingAverage } from '../indicators/simple-moving-average.js';

/** How many candles before it a candle's volume is measured against. */
const VOLUME_PERIOD = 20;

/** What a candle looks like beside those before it: effort (volume, spread) and what came of it. */
export interface BarFeatures {
  /** Volume over the mean of the 20 candles before; `undefined` for the first 20 and where those traded nothing. */
  readonly relativeVolume: number | undefined;
  /** High less low, in average true ranges; `undefined` where there is no average true range or it is 0, as is `result`. */
  readonly spread: number | undefined;
  /** Where between low (0) and high (1) the candle closed; 0.5 where they are equal. */
  readonly closeLocation: number;
  /** How far the close is from the close before, either way, in average true ranges. */
  readonly result: number | undefined;
}

/** The features of each of ascending candles, each a function of that candle and those before it. The average true range is Wilder's of 14. */
export function barFeatures(candles: readonly Candle[]): BarFeatures[] {
  const averageRanges = averageTrueRange(candles);
  const averageVolumes = simpleMovingAverage(
    candles.map(({ volume }) => volume),
    VOLUME_PERIOD,
  );
  return candles.map(({ high, low, close, volume }, index) => {
    const averageRange = averageRanges[index];
    const previousClose = candles[index - 1]?.close ?? close;
    return {
      relativeVolume: ratio(volume, averageVolumes[index - 1]),
      spread: ratio(high - low, averageRange),
      closeLocation: high === low ? 0.5 : (close - low) / (high - low),
      result: ratio(Math.abs(close - previousClose), averageRange),
    };
  });
}

/** Private */
function ratio(value: number, unit: number | undefined): number | undefined {
  return unit === undefined || unit === 0 ? undefined : value / unit;
}

import type { Candle } from '../../market/candle.js';
import { movingAverageConvergenceDivergence } from '../indicators/moving-average-convergence-divergence.js';
import { relativeStrengthIndex } from '../indicators/relative-strength-index.js';
import { simpleMovingAverage } from '../indicators/simple-moving-average.js';

/**
 * What a candle looks like to the model: eleven numbers without a unit, in this order. The close against those of 1, 2, 3 and 5 candles
 * before and against the means of 10 and 50; RSI 14, as -0.5 to 0.5; MACD and the candle's range as parts of the close; the logarithm of
 * the volume over its mean of 20; and where between low (0) and high (1) it closed, 0.5 where they are equal.
 */
export type Features = readonly number[];

/**
 * Index of the first candle that has features. The mean of 50 would be there ten candles earlier; but RSI and MACD remember what they
 * were seeded with, and only by then less than a tenth of it is left.
 */
export const FEATURES_WARM_UP = 60;

/** A candle with less volume than this part of the mean counts as having it: nothing has no logarithm. */
const LEAST_RELATIVE_VOLUME = 0.01;

/**
 * The features of each of ascending candles, each a function of that candle and those before it; `undefined` until warm. They are finite:
 * what would be divided by a price or a mean volume of 0 counts as 0.
 */
export function candleFeatures(candles: readonly Candle[]): (Features | undefined)[] {
  const closes = candles.map(({ close }) => close);
  const means10 = simpleMovingAverage(closes, 10);
  const means50 = simpleMovingAverage(closes, 50);
  const strengths = relativeStrengthIndex(closes);
  const macds = movingAverageConvergenceDivergence(closes);
  const meanVolumes = simpleMovingAverage(
    candles.map(({ volume }) => volume),
    20,
  );
  return candles.map(({ high, low, close, volume }, i) => {
    if (i < FEATURES_WARM_UP) return undefined;
    const bases = [...[1, 2, 3, 5].map((back) => closes[i - back]), means10[i], means50[i]];
    return [
      ...bases.map((base = 0) => part(close - base, base)),
      (strengths[i] ?? 50) / 100 - 0.5,
      part(macds[i]?.macd ?? 0, close),
      part(high - low, close),
      logRelativeVolume(volume, meanVolumes[i] ?? 0),
      high === low ? 0.5 : (close - low) / (high - low),
    ];
  });
}

/** Private */
function part(value: number, whole: number): number {
  return whole === 0 ? 0 : value / whole;
}

/** Private */
function logRelativeVolume(volume: number, mean: number): number {
  return mean === 0 ? 0 : Math.log(Math.max(volume / mean, LEAST_RELATIVE_VOLUME));
}

import type { Candle } from '../../market/candle.js';
import { averageTrueRange } from '../indicators/average-true-range.js';
import { barFeatures, type BarFeatures } from './bar-features.js';
import { findBands, type Band } from './trading-range.js';

/** A closed candle with what is known at its close. Built field by field: spread syntax took a third of the whole analysis. */
export interface Bar extends Candle {
  readonly features: BarFeatures;
  /** Wilder's of 14, in the unit of the prices; `undefined` until warm. */
  readonly averageRange: number | undefined;
  /** Of the candles that end with this one. */
  readonly band: Band | undefined;
}

/** What is known at each of closed candles, ascending. */
export function readBars(candles: readonly Candle[]): Bar[] {
  const averageRanges = averageTrueRange(candles);
  const bands = findBands(candles, averageRanges);
  return barFeatures(candles).flatMap((features, index) => {
    const candle = candles[index];
    if (!candle) return [];
    const { time, open, high, low, close, volume, closed } = candle;
    const averageRange = averageRanges[index];
    return [{ time, open, high, low, close, volume, closed, features, averageRange, band: bands[index] }];
  });
}

/** A bar upside down, with prices below zero: what is a sign of weakness among bars is one of strength among their reflections. */
export function reflect({ time, open, high, low, close, volume, closed, features, averageRange, band }: Bar): Bar {
  const { relativeVolume, spread, closeLocation, result } = features;
  return {
    time,
    open: -open,
    high: -low,
    low: -high,
    close: -close,
    volume,
    closed,
    features: { relativeVolume, spread, closeLocation: 1 - closeLocation, result },
    averageRange,
    band: band && reflectBand(band),
  };
}

/** Private */
function reflectBand({ isRange, support, resistance, lowest, highest }: Band): Band {
  return { isRange, support: -resistance, resistance: -support, lowest: -highest, highest: -lowest };
}

import type { Candle } from '../../market/candle.js';
import {
  advanceSimpleMovingAverage,
  createSimpleMovingAverage,
  getSimpleMovingAverage,
} from '../indicators/simple-moving-average.js';
import type { SwingKind } from './pivots.js';
import { traceStructure, type DowEvent, type Trend } from './structure.js';
import type { Swing, SwingLabel } from './swings.js';
import { volumeConfirms } from './volume-confirmation.js';

/** Dow's three degrees, each read from the same candles with pivots that stand out among so many neighbours on either side. */
export const DEGREE_SPANS = { MINOR: 3, SECONDARY: 8, PRIMARY: 20 } as const;

export type DowDegree = keyof typeof DEGREE_SPANS;

/** Plain JSON. Swings, events, volume and confidence are those of the minor degree. */
export interface DowAnalysis {
  /** The minor degree's. */
  readonly trend: Trend;
  /** 0 to 1: how well the trend is supported, not how likely it is to go on. */
  readonly confidence: number;
  /** Oldest first, highs and lows in turn. The last may still be replaced by a more extreme one, the others are final. */
  readonly swings: readonly DowSwing[];
  /** Oldest first; final. */
  readonly events: readonly DowEvent[];
  readonly degrees: readonly { readonly degree: DowDegree; readonly trend: Trend }[];
  /** Null where there is no trend to confirm, or no volume. */
  readonly volumeConfirms: boolean | null;
}

export interface DowSwing {
  /** Opening time of its candle, ms since the epoch; it is known only `DEGREE_SPANS.MINOR` candles later. */
  readonly time: number;
  readonly price: number;
  readonly kind: SwingKind;
  readonly label: SwingLabel | null;
}

/**
 * Dow theory over the closed ones of ascending candles: swings of at least an average true range, their labels, the trend that they
 * make, and the closes that broke it or went on with it. Too few candles are no error: the trend is UNKNOWN then, with confidence 0.
 */
export function analyzeDow(candles: readonly Candle[]): DowAnalysis {
  const closed = candles.filter((candle) => candle.closed);
  const minor = traceStructure(closed, DEGREE_SPANS.MINOR);
  const trend = lastTrend(minor.trends);
  const volume = volumeConfirms(closed, minor.swings, trend);
  return {
    trend,
    confidence: confidenceIn(trend, minor.swings, volume, isOnTrendSide(closed, trend)),
    swings: minor.swings.flatMap(({ index, price, kind, label }) => {
      const candle = closed[index];
      return candle ? [{ time: candle.time, price, kind, label }] : [];
    }),
    events: minor.events,
    degrees: [
      { degree: 'MINOR', trend },
      { degree: 'SECONDARY', trend: lastTrend(traceStructure(closed, DEGREE_SPANS.SECONDARY).trends) },
      { degree: 'PRIMARY', trend: lastTrend(traceStructure(closed, DEGREE_SPANS.PRIMARY).trends) },
    ],
    volumeConfirms: volume,
  };
}

/** Private */
function lastTrend(trends: readonly Trend[]): Trend {
  return trends.at(-1) ?? 'UNKNOWN';
}

/**
 * Private: 0.5, and 0.1 each for up to three swings in a row that confirm the trend beyond the first, for volume, and for the side of
 * the 200-candle average. Nothing confirms SIDEWAYS: 0.4. Counted in tenths, which floats add exactly.
 */
function confidenceIn(trend: Trend, swings: readonly Swing[], volume: boolean | null, onTrendSide: boolean): number {
  if (trend === 'UNKNOWN') return 0;
  const confirming = Math.min(3, confirmingSwings(trend, swings) - 1);
  return (5 + confirming + Number(volume === true) + Number(onTrendSide)) / 10;
}

/** Private: how many of the last swings in a row carry labels of the trend. */
function confirmingSwings(trend: Trend, swings: readonly Swing[]): number {
  const labels: readonly (SwingLabel | null)[] = trend === 'UP' ? ['HH', 'HL'] : trend === 'DOWN' ? ['LH', 'LL'] : [];
  const against = swings.findLastIndex(({ label }) => !labels.includes(label));
  return swings.length - 1 - against;
}

/** Private: whether the last close is above (UP) or below (DOWN) the mean of the last 200. */
function isOnTrendSide(candles: readonly Candle[], trend: Trend): boolean {
  const closes = candles.map((candle) => candle.close);
  const mean = getSimpleMovingAverage(closes.reduce(advanceSimpleMovingAverage, createSimpleMovingAverage(200)));
  const close = closes.at(-1);
  if (mean === undefined || close === undefined) return false;
  return trend === 'UP' ? close > mean : trend === 'DOWN' && close < mean;
}

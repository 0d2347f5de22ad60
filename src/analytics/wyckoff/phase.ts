import type { Candle } from '../../market/candle.js';
import { simpleMovingAverage } from '../indicators/simple-moving-average.js';
import type { Bar } from './bars.js';
import type { WyckoffSide } from './event.js';
import { PHASE_PERIOD, RANGE_PERIOD } from './trading-range.js';

/**
 * In a trading range ACCUMULATION after a fall, DISTRIBUTION after a rise, else RANGE, which may become either. Outside one MARKUP or
 * MARKDOWN where there is a trend, else TRANSITION. UNKNOWN over too few candles.
 */
export type WyckoffPhase = 'ACCUMULATION' | 'DISTRIBUTION' | 'RANGE' | 'MARKUP' | 'MARKDOWN' | 'TRANSITION' | 'UNKNOWN';

/** Whose events support a phase; null where it is undecided. */
export const SIDES: Readonly<Record<WyckoffPhase, WyckoffSide | null>> = {
  ACCUMULATION: 'STRENGTH',
  DISTRIBUTION: 'WEAKNESS',
  RANGE: null,
  MARKUP: 'STRENGTH',
  MARKDOWN: 'WEAKNESS',
  TRANSITION: null,
  UNKNOWN: null,
};

/** In average true ranges. */
const MIN_MOVE = 2;
const TREND_PERIOD = 50;
/** The mean rises where it is above what it was so many candles ago. */
const TREND_SLOPE_OVER = 10;

/**
 * The phase at each bar. The move that led to a range is that from the close {@link PHASE_PERIOD} candles ago to the one
 * {@link RANGE_PERIOD} ago, and counts from two average true ranges on; where the series begins a candle too late for it, the range is
 * undecided. A trend is a close above a rising mean of 50 closes, or below a falling one.
 */
export function findPhases(bars: readonly Bar[]): WyckoffPhase[] {
  const means = simpleMovingAverage(
    bars.map(({ close }) => close),
    TREND_PERIOD,
  );
  return bars.map((bar, index) => {
    const { band, averageRange, close } = bar;
    if (!band || averageRange === undefined) return 'UNKNOWN';
    if (band.isRange) return rangePhase(moveBefore(bars, index), MIN_MOVE * averageRange);
    return trendPhase(close, means[index], means[index - TREND_SLOPE_OVER]);
  });
}

/** Private */
function moveBefore(candles: readonly Candle[], index: number): number {
  const start = candles[index - PHASE_PERIOD];
  const end = candles[index - RANGE_PERIOD];
  return start && end ? end.close - start.close : 0;
}

/** Private */
function rangePhase(move: number, minMove: number): WyckoffPhase {
  return move <= -minMove ? 'ACCUMULATION' : move >= minMove ? 'DISTRIBUTION' : 'RANGE';
}

/** Private */
function trendPhase(close: number, mean = NaN, meanBefore = NaN): WyckoffPhase {
  if (close > mean && mean > meanBefore) return 'MARKUP';
  if (close < mean && mean < meanBefore) return 'MARKDOWN';
  return 'TRANSITION';
}

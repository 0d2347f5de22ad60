import type { Candle } from '../../market/candle.js';

/** How many candles a trading range is read from. */
export const RANGE_PERIOD = 40;
/** How many a phase is read from: those, and as many before them for the move that led there. */
export const PHASE_PERIOD = 2 * RANGE_PERIOD;
/** The last candles of a range, which may be on their way out of it: its extremes are those of the candles before. */
export const EDGE_PERIOD = 3;

/** In the unit of the prices; support is below resistance. */
export interface TradingRange {
  readonly support: number;
  readonly resistance: number;
}

/** Where the last candles traded. */
export interface Band extends TradingRange {
  /** Whether they make a trading range; where not, support and resistance only say how far they reached. */
  readonly isRange: boolean;
  /** The lowest low and highest high, the last {@link EDGE_PERIOD} candles left out. */
  readonly lowest: number;
  readonly highest: number;
}

/** In average true ranges. */
const MIN_WIDTH = 2;
const MAX_WIDTH = 10;
const MARGIN = 0.25;
/** How far the line through the closes may rise or fall over the window, in widths. */
const MAX_DRIFT = 0.5;
/** Which share of the closes is between support and resistance, each widened by {@link MARGIN}. */
const MIN_INSIDE = 0.8;

/**
 * The band of the last {@link RANGE_PERIOD} candles at each of closed candles; `undefined` for the first ones, until there are
 * {@link PHASE_PERIOD}. Resistance is the 90th percentile of the highs and support the 10th of the lows, by nearest rank: of 40 the
 * 36th and the 4th from below. They make a trading range where they are 2 to 10 average true ranges apart, the least-squares line
 * through the closes goes at most half of that up or down, and four closes of five are within, give or take a quarter of an average
 * true range.
 */
export function findBands(
  candles: readonly Candle[],
  averageRanges: readonly (number | undefined)[],
): (Band | undefined)[] {
  const highs = candles.map(({ high }) => high);
  const lows = candles.map(({ low }) => low);
  const closes = candles.map(({ close }) => close);
  return averageRanges.map((averageRange, index) => {
    if (averageRange === undefined || index + 1 < PHASE_PERIOD) return undefined;
    const last = (values: readonly number[]) => values.slice(index + 1 - RANGE_PERIOD, index + 1);
    return bandOf(last(highs), last(lows), last(closes), averageRange);
  });
}

/** Private */
function bandOf(
  highs: readonly number[],
  lows: readonly number[],
  closes: readonly number[],
  averageRange: number,
): Band {
  const range = { support: percentile(lows, 0.1), resistance: percentile(highs, 0.9) };
  return {
    ...range,
    isRange: isTradingRange(range, closes, averageRange),
    lowest: Math.min(...lows.slice(0, -EDGE_PERIOD)),
    highest: Math.max(...highs.slice(0, -EDGE_PERIOD)),
  };
}

/** Private: the least of the values that at least `share` of them do not exceed. */
function percentile(values: readonly number[], share: number): number {
  return new Float64Array(values).sort()[Math.ceil(share * values.length) - 1] ?? NaN;
}

/** Private: a market that stood still has neither width nor average true range, and no range. */
function isTradingRange(
  { support, resistance }: TradingRange,
  closes: readonly number[],
  averageRange: number,
): boolean {
  const width = resistance - support;
  if (width <= 0 || width < MIN_WIDTH * averageRange || width > MAX_WIDTH * averageRange) return false;
  const margin = MARGIN * averageRange;
  const inside = closes.filter((close) => close >= support - margin && close <= resistance + margin);
  return Math.abs(drift(closes)) <= MAX_DRIFT * width && inside.length >= MIN_INSIDE * closes.length;
}

/** Private: how far the least-squares line through the values rises from the first to the last. */
function drift(values: readonly number[]): number {
  const count = values.length;
  const middle = (count - 1) / 2;
  const moment = values.reduce((sum, value, index) => sum + (index - middle) * value, 0);
  return (12 * moment) / (count * (count + 1));
}

import type { Candle } from '../../market/candle.js';
import { averageTrueRange } from '../indicators/average-true-range.js';
import { pivotsAt, type Pivot } from './pivots.js';
import { withPivot, type Swing } from './swings.js';

export type Trend = 'UP' | 'DOWN' | 'SIDEWAYS' | 'UNKNOWN';

/** BOS, break of structure: a close beyond the last swing that goes on with the trend. CHOCH, change of character: one that ends it. */
export type DowEventKind = 'BOS_UP' | 'BOS_DOWN' | 'CHOCH_UP' | 'CHOCH_DOWN';

export interface DowEvent {
  /** Opening time of the candle that closed beyond the swing, ms since the epoch. */
  readonly time: number;
  /** Its close. */
  readonly price: number;
  readonly kind: DowEventKind;
}

/** What Dow's rules see in a series at one degree. */
export interface Structure {
  readonly swings: readonly Swing[];
  readonly events: readonly DowEvent[];
  /** The trend after each candle, as long as the candles. */
  readonly trends: readonly Trend[];
}

/** Private: the last high and low, whether a close has been beyond them, and the last swing that has been the subject of a BOS. */
interface Levels {
  readonly high: Swing | undefined;
  readonly highBroken: boolean;
  readonly low: Swing | undefined;
  readonly lowBroken: boolean;
  readonly continued: Swing | undefined;
}

/** Private: before the first swing. */
const NO_LEVELS: Levels = {
  high: undefined,
  highBroken: false,
  low: undefined,
  lowBroken: false,
  continued: undefined,
};

/**
 * Walks closed candles and keeps to what was known at each: what it says after candle i is a function of candles 0 to i. The trend is
 * UP while the last high is a HH, the last low a HL and no close has been below that low since it was confirmed; DOWN mirrored;
 * UNKNOWN until two swings of each kind are there; else SIDEWAYS. The close that ends UP or DOWN is a CHOCH; the first close beyond
 * the last swing in the direction of the trend a BOS, one for each such swing.
 *
 * Candles that are added later never change `trends`, `events` or any swing but the last, which may still be replaced by a more
 * extreme one. Before the average true range is warm no pivot can be judged, so none is a swing. The walk begins with the first candle
 * given: a series cut elsewhere may see other swings there.
 */
export function traceStructure(candles: readonly Candle[], span: number): Structure {
  const averageRanges = averageTrueRange(candles);
  const events: DowEvent[] = [];
  let swings: readonly Swing[] = [];
  let levels = NO_LEVELS;
  const trends = candles.map(({ time, close }, index) => {
    for (const pivot of inOrder(pivotsAt(candles, index - span, span), swings.at(-1))) {
      const averageRange = averageRanges[pivot.index];
      if (averageRange === undefined) continue;
      swings = withPivot(swings, pivot, averageRange);
      levels = withLast(levels, swings.at(-1));
    }
    const kind = eventOf(levels, close);
    if (kind) events.push({ time, price: close, kind });
    levels = withClose(levels, close, kind);
    return trendOf(levels);
  });
  return { swings, events, trends };
}

/** Private: of a candle that is both high and low, the one that lengthens the last leg comes before the one that turns. */
function inOrder(pivots: readonly Pivot[], last: Swing | undefined): readonly Pivot[] {
  return last?.kind === 'LOW' ? pivots.toReversed() : pivots;
}

/** Private */
function withLast(levels: Levels, last: Swing | undefined): Levels {
  if (!last || last === levels.high || last === levels.low) return levels;
  return last.kind === 'HIGH'
    ? { ...levels, high: last, highBroken: false }
    : { ...levels, low: last, lowBroken: false };
}

/** Private: the levels after a close that was an event of `kind`, if of any. */
function withClose(levels: Levels, close: number, kind: DowEventKind | undefined): Levels {
  return {
    ...levels,
    highBroken: levels.highBroken || isAbove(levels, close),
    lowBroken: levels.lowBroken || isBelow(levels, close),
    continued: kind === 'BOS_UP' ? levels.high : kind === 'BOS_DOWN' ? levels.low : levels.continued,
  };
}

/** Private: what `close` is an event of. A trend has no broken level on its far side, so that a CHOCH needs no memory. */
function eventOf(levels: Levels, close: number): DowEventKind | undefined {
  const { high, low, continued } = levels;
  const trend = trendOf(levels);
  if (trend === 'UP') {
    if (isBelow(levels, close)) return 'CHOCH_DOWN';
    if (isAbove(levels, close) && continued !== high) return 'BOS_UP';
  } else if (trend === 'DOWN') {
    if (isAbove(levels, close)) return 'CHOCH_UP';
    if (isBelow(levels, close) && continued !== low) return 'BOS_DOWN';
  }
  return undefined;
}

/** Private */
function isAbove({ high }: Levels, close: number): boolean {
  return high !== undefined && close > high.price;
}

/** Private */
function isBelow({ low }: Levels, close: number): boolean {
  return low !== undefined && close < low.price;
}

/** Private */
function trendOf({ high, highBroken, low, lowBroken }: Levels): Trend {
  if (!high?.label || !low?.label) return 'UNKNOWN';
  if (high.label === 'HH' && low.label === 'HL' && !lowBroken) return 'UP';
  if (high.label === 'LH' && low.label === 'LL' && !highBroken) return 'DOWN';
  return 'SIDEWAYS';
}

import type { Candle } from '../../market/candle.js';
import type { Trend } from '../dow/structure.js';
import {
  advanceSimpleMovingAverage,
  createSimpleMovingAverage,
  getSimpleMovingAverage,
  type SimpleMovingAverageState,
} from '../indicators/simple-moving-average.js';

const FAST = 50;
const SLOW = 200;

/** Averages that differ by less than this share of themselves are equal: their sums may have been rounded differently. */
const TIE = 1e-12;

/** GOLDEN_CROSS: the average of 50 closes comes to stand above that of 200. DEATH_CROSS: below. */
export type CrossKind = 'GOLDEN_CROSS' | 'DEATH_CROSS';

export interface Cross {
  readonly kind: CrossKind;
  /** Opening time of the candle on whose close they crossed, ms since the epoch. */
  readonly time: number;
  /** That close. */
  readonly price: number;
  /** The number of the candle on which they last stood the other way round. */
  readonly from: number;
}

/** The averages of 50 and 200 closes between two candles, and how they crossed. Plain JSON. */
export interface SignalState {
  readonly v: 1;
  /** It tells what the last so many candles tell and nothing from before them: however it was come by, it tells the same. */
  readonly span: number;
  readonly fast: SimpleMovingAverageState;
  readonly slow: SimpleMovingAverageState;
  /** Candles processed, which number them from 1. */
  readonly count: number;
  /** The last candle processed. */
  readonly last: Candle | null;
  /** How the averages stood on the last candle on which they differed. */
  readonly stood: { readonly side: Side; readonly at: number } | null;
  /** Oldest first. */
  readonly crosses: readonly Cross[];
}

/** The fast average over or under the slow one. */
type Side = 'OVER' | 'UNDER';

/** What a state says, in the unit of the closes. */
export interface SignalValues {
  /** Null until there are 50 candles. */
  readonly ma50: number | null;
  /** Null until there are 200 candles. */
  readonly ma200: number | null;
  /** UP: 50 above 200; DOWN: below; SIDEWAYS: equal; UNKNOWN until there are 200 candles. */
  readonly trend: Trend;
}

/** A state before its first candle. `span`: over how many candles crosses are known, at least 201; else a RangeError. */
export function createSignalState(span: number): SignalState {
  if (!Number.isSafeInteger(span) || span <= SLOW) {
    throw new RangeError(`span must be a whole number above ${SLOW}, but got: ${span}`);
  }
  const fast = createSimpleMovingAverage(FAST);
  const slow = createSimpleMovingAverage(SLOW);
  return { v: 1, span, fast, slow, count: 0, last: null, stood: null, crosses: [] };
}

/** The state after the closed ones of ascending candles. */
export function buildSignalState(candles: readonly Candle[], span: number): SignalState {
  return candles.filter(({ closed }) => closed).reduce(advanceSignalState, createSignalState(span));
}

/**
 * The state after the next closed candle; the given one stays as it is. Equality is no cross and keeps the side that was before it, so
 * that averages that touch and part again have not crossed, and those that part on the other side have, once. A candle that is open,
 * or not later than the last one, is a RangeError.
 */
export function advanceSignalState(state: SignalState, candle: Candle): SignalState {
  assertNext(state, candle);
  const { span } = state;
  const fast = advanceSimpleMovingAverage(state.fast, candle.close);
  const slow = advanceSimpleMovingAverage(state.slow, candle.close);
  const count = state.count + 1;
  // The first candle on which both averages are of candles of the span alone.
  const warm = count - span + SLOW;
  const before = state.stood && state.stood.at >= warm ? state.stood : null;
  const crosses = state.crosses.filter(({ from }) => from >= warm);
  const side = sideOf(getSimpleMovingAverage(fast), getSimpleMovingAverage(slow));
  return {
    v: 1,
    span,
    fast,
    slow,
    count,
    last: candle,
    stood: side ? { side, at: count } : before,
    crosses: side && before && before.side !== side ? [...crosses, crossAt(candle, side, before.at)] : crosses,
  };
}

/**
 * The state after ascending candles that begin with its last one, which is the proof that none is missing between: where a source has
 * no candle of a bucket, nothing traded in it. Open ones are passed over. Undefined where the first is another than the last one, or
 * is not as it was: the state is to be built anew then.
 */
export function continueSignalState(state: SignalState, candles: readonly Candle[]): SignalState | undefined {
  const [overlap, ...next] = candles.filter(({ closed }) => closed);
  if (!overlap || !state.last || !isSame(overlap, state.last)) return undefined;
  return next.reduce(advanceSignalState, state);
}

export function getSignalValues({ fast, slow }: SignalState): SignalValues {
  const ma50 = getSimpleMovingAverage(fast);
  const ma200 = getSimpleMovingAverage(slow);
  const side = sideOf(ma50, ma200);
  return {
    ma50: ma50 ?? null,
    ma200: ma200 ?? null,
    trend: side ? TREND_OF[side] : ma200 === undefined ? 'UNKNOWN' : 'SIDEWAYS',
  };
}

/** What the state would say if the open candle closed as it is now: computed on a copy, of which nothing but the values is left. */
export function getLiveSignalValues(state: SignalState, open: Candle): SignalValues {
  return getSignalValues(advanceSignalState(state, { ...open, closed: true }));
}

const TREND_OF = { OVER: 'UP', UNDER: 'DOWN' } as const;
const KIND_OF = { OVER: 'GOLDEN_CROSS', UNDER: 'DEATH_CROSS' } as const;

/** Private */
function assertNext({ last }: SignalState, { time, closed }: Candle): void {
  const after = last?.time ?? -Infinity;
  if (closed && time > after) return;
  throw new RangeError(
    `A signal advances by a closed candle after ${after}, but got: ${closed ? 'closed' : 'open'} ${time}`,
  );
}

/** Private */
function crossAt({ time, close }: Candle, side: Side, from: number): Cross {
  return { kind: KIND_OF[side], time, price: close, from };
}

/** Private: null where they are equal, or not both there. */
function sideOf(fast: number | undefined, slow: number | undefined): Side | null {
  if (fast === undefined || slow === undefined) return null;
  const difference = fast - slow;
  if (Math.abs(difference) <= TIE * Math.abs(slow)) return null;
  return difference > 0 ? 'OVER' : 'UNDER';
}

/** Private */
function isSame(one: Candle, other: Candle): boolean {
  return (
    one.time === other.time &&
    one.open === other.open &&
    one.high === other.high &&
    one.low === other.low &&
    one.close === other.close &&
    one.volume === other.volume
  );
}

import { mix, normal, uniform } from './noise.js';

/** What one market did in a stretch of time. Prices are natural logarithms of a number of price steps: moves are relative. */
export interface Stretch {
  /** ms since the epoch. */
  readonly start: number;
  /** How long: `count` times `RUNGS[rung]`. */
  readonly rung: number;
  readonly count: number;
  /** Whatever is chance within the stretch is drawn from this. */
  readonly seed: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** A whole number of volume steps: sums are exact, in any order. */
  readonly volume: number;
  /** The standard deviation of a walk as lively as this one; the parts share it out. */
  readonly deviation: number;
}

/** The lengths, in ms, that history is halved down to, one after the other. Every timeframe begins and ends on one of them. */
export const RUNGS = [86_400_000, 3_600_000, 300_000, 60_000, 1_000] as const;

/*
 * What follows was chosen by measuring candles against the hourly ones of fifteen real pairs: deviation, tails and memory of
 * returns and volumes from M1 to MN1, and how often a trend is up, down or neither.
 */

/** How far the middle strays from the straight line, by the range around it. Less, and returns run on; more, and they revert. */
const STRAY = 0.62;
/** How much of the parts' liveliness follows from the range that is theirs; the rest is inherited. It makes weeks calm or wild. */
const MOOD = 0.2;
/** How unevenly two parts share movement and volume. */
const PACE = 0.4;
const CROWD = 0.25;
/** How much volume follows the range. */
const ECHO = 0.7;

/** What is drawn from a stretch's seed: `left` and `right` are the seeds of its parts; highs and lows are two draws each. */
const DRAW = { left: 0, right: 1, pace: 2, middle: 3, highs: 4, lows: 6, volume: 8 } as const;

/** When a stretch ends, ms since the epoch. */
export function stretchEnd({ start, rung, count }: Stretch): number {
  return start + count * lengthOf(rung);
}

/**
 * The two parts of a stretch that is longer than a second. They add up to it exactly: the left one opens where it opens, the right
 * one opens where the left one closes and closes where it closes, one of them attains its high, one its low, and their volumes sum
 * to its own.
 */
export function halve(stretch: Stretch): readonly [Stretch, Stretch] {
  const whole = stretch.count > 1 ? stretch : inShorterUnits(stretch);
  const { start, rung, seed, open, high, low, close, volume } = whole;
  const count = whole.count >> 1;
  const time = count / whole.count;

  const deviation = (STRAY * (high - low)) ** MOOD * whole.deviation ** (1 - MOOD);
  const share = tilt(time, PACE * normal(seed, DRAW.pace));
  const straight = open + (close - open) * share;
  const stray = deviation * Math.sqrt(share * (1 - share)) * normal(seed, DRAW.middle);
  const middle = reflect(straight + stray, low, high);

  const deviations = [deviation * Math.sqrt(share), deviation * Math.sqrt(1 - share)] as const;
  const rise = { path: [open, middle, close], deviations, limit: high } as const;
  const fall = { path: [-open, -middle, -close], deviations, limit: -low } as const;
  const highs = tops(rise, [uniform(seed, DRAW.highs), uniform(seed, DRAW.highs + 1)]);
  const depths = tops(fall, [uniform(seed, DRAW.lows), uniform(seed, DRAW.lows + 1)]);

  const crowd = volumeShare(time, [highs[0] + depths[0], highs[1] + depths[1]]);
  const leftVolume = Math.round(volume * tilt(crowd, CROWD * normal(seed, DRAW.volume)));
  const left: Stretch = {
    start,
    rung,
    count,
    seed: mix(seed, DRAW.left),
    open,
    high: highs[0],
    low: -depths[0],
    close: middle,
    volume: leftVolume,
    deviation: deviations[0],
  };
  const right: Stretch = {
    start: stretchEnd(left),
    rung,
    count: whole.count - count,
    seed: mix(seed, DRAW.right),
    open: middle,
    high: highs[1],
    low: -depths[1],
    close,
    volume: volume - leftVolume,
    deviation: deviations[1],
  };
  return [left, right];
}

/** From a price to a price, straying by `deviation`, and known not to rise above `limit`, which may be Infinity. */
interface Walk {
  readonly from: number;
  readonly to: number;
  readonly deviation: number;
  readonly limit: number;
}

/**
 * How high a random walk gets, by a chance of 0 to 1: never below its ends, never above its limit. It inverts the distribution of
 * a Brownian bridge's maximum, P(max > h) = exp(-2 (h - from)(h - to) / deviation²), given that max <= limit.
 */
export function reach({ from, to, deviation, limit }: Walk, chance: number): number {
  const variance = deviation ** 2;
  const beyond = variance > 0 ? Math.exp((-2 * (limit - from) * (limit - to)) / variance) : 0;
  const above = Math.sqrt((to - from) ** 2 - 2 * variance * Math.log(beyond + chance * (1 - beyond)));
  return Math.min(limit, Math.max(from, to, (from + to + above) / 2));
}

/** Two walks, one after the other, of which one attains `limit`. */
interface Climb {
  readonly path: readonly [number, number, number];
  readonly deviations: readonly [number, number];
  readonly limit: number;
}

/** Private: the highs of the two walks: the one that gets higher, by their chances, attains the limit. */
function tops({ path, deviations, limit }: Climb, chances: readonly [number, number]): readonly [number, number] {
  const left = reach({ from: path[0], to: path[1], deviation: deviations[0], limit }, chances[0]);
  const right = reach({ from: path[1], to: path[2], deviation: deviations[1], limit }, chances[1]);
  return left >= right ? [limit, right] : [left, limit];
}

/** Private: the left part's share of the volume, by its share of the time and the ranges of both. */
function volumeShare(time: number, [left, right]: readonly [number, number]): number {
  const leftWeight = time ** (1 - ECHO / 2) * left ** ECHO;
  const rightWeight = (1 - time) ** (1 - ECHO / 2) * right ** ECHO;
  return leftWeight + rightWeight > 0 ? leftWeight / (leftWeight + rightWeight) : time;
}

/** Private: a share of 0 to 1, its odds multiplied by e to the power `by`. */
function tilt(share: number, by: number): number {
  const odds = share * Math.exp(by);
  return odds / (odds + 1 - share);
}

/** Private: whoever wanders out of the range is thrown back into it as far as he had left it. */
function reflect(value: number, low: number, high: number): number {
  const back = value > high ? 2 * high - value : value < low ? 2 * low - value : value;
  return Math.min(high, Math.max(low, back));
}

/** Private: the same time, counted in the next shorter unit. */
function inShorterUnits(stretch: Stretch): Stretch {
  const rung = stretch.rung + 1;
  return { ...stretch, rung, count: lengthOf(stretch.rung) / lengthOf(rung) };
}

/** Private */
function lengthOf(rung: number): number {
  const length = RUNGS[rung];
  if (length === undefined) throw new RangeError(`rung: from 0 to ${RUNGS.length - 1}, the second, but got ${rung}.`);
  return length;
}

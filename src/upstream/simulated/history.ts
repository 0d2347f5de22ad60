import { aggregate } from '../../market/aggregate.js';
import type { Candle } from '../../market/candle.js';
import { bucketEnd, bucketStart, type Timeframe } from '../../market/timeframe.js';
import type { Listing } from './catalog.js';
import { mix, normal, uniform } from './noise.js';
import { halve, reach, stretchEnd, type Stretch } from './stretch.js';

/** 2019-01-01T00:00Z: nothing traded before. */
export const HISTORY_START = Date.UTC(2019, 0, 1);

/** History is a row of epochs, each known before its parts are; one is long enough for a bull and a bear market. */
const EPOCH_DAYS = 512;
const EPOCH_MS = EPOCH_DAYS * 86_400_000;
/** How far prices at the turn of an epoch lie from the typical one, in volatilities of a day: years swing, but stay believable. */
const SWING = 10;
/** A day has about 2^30 steps of volume at most, an epoch far fewer than 2^53: every sum of volumes is exact. */
const DAY_BITS = 30;

/** What is drawn from an epoch's seed. `path` is the seed of its stretch. */
const DRAW = { path: 0, turn: 1, high: 2, low: 3, volume: 4 } as const;

/** From and to, ms since the epoch, on whole seconds. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * All that one pair ever did and will do, by the pair's seed. Nothing is kept: a candle is found by halving its epoch until the
 * parts lie inside of it, some thirty steps whatever its age and length. What comes after `now` is decided, but not shown.
 */
export class History {
  readonly #listing: Listing;
  readonly #seed: number;
  readonly #priceSteps: number;
  /** Units of the base in a step of volume: a power of two, and a multiple of the quantity increment. */
  readonly #volumeStep: number;

  constructor(listing: Listing, seed: number) {
    const dayBits = Math.ceil(Math.log2(listing.turnover / listing.typicalPrice));
    this.#listing = listing;
    this.#seed = seed;
    this.#priceSteps = 10 ** listing.priceDecimals;
    this.#volumeStep = 2 ** -Math.min(listing.quantityDecimals, DAY_BITS - dayBits);
  }

  /** The candles of a range of whole buckets, ascending; of the one that is open at `now` what trades until the second's end. */
  candles(timeframe: Timeframe, range: Range, now: number): Candle[] {
    const inBucket = ({ start }: Stretch, end: number) => end <= bucketEnd(bucketStart(start, timeframe), timeframe);
    return aggregate(this.#pieces(range, now, inBucket), timeframe, now);
  }

  /** What trades from `from`, on a whole second, until the end of the second at `now`; undefined where nothing does. */
  since(from: number, now: number): Pick<Candle, 'open' | 'close' | 'volume'> | undefined {
    const pieces = this.#pieces({ from, to: Infinity }, now, () => true);
    const [first, last] = [pieces.at(0), pieces.at(-1)];
    if (!first || !last) return undefined;
    const volume = pieces.reduce((sum, piece) => sum + piece.volume, 0);
    return { open: first.open, close: last.close, volume };
  }

  /** Private: the longest stretches that fill a range up to the present and of which each `fits`, ascending. */
  #pieces(range: Range, now: number, fits: (stretch: Stretch, end: number) => boolean): Candle[] {
    const { from } = range;
    const to = Math.min(range.to, (Math.floor(now / 1_000) + 1) * 1_000);
    const pieces: Candle[] = [];
    const visit = (stretch: Stretch): void => {
      const end = stretchEnd(stretch);
      if (end <= from || stretch.start >= to) return;
      if (stretch.start >= from && end <= to && fits(stretch, end)) pieces.push(this.#candle(stretch));
      else halve(stretch).forEach(visit);
    };
    const first = Math.max(0, Math.floor((from - HISTORY_START) / EPOCH_MS));
    for (let epoch = first; epochStart(epoch) < to; epoch++) visit(this.#epoch(epoch));
    return pieces;
  }

  /** Private */
  #epoch(epoch: number): Stretch {
    const { typicalPrice, turnover, volatility } = this.#listing;
    const seed = mix(this.#seed, epoch);
    const deviation = volatility * Math.sqrt(EPOCH_DAYS);
    const [open, close] = [this.#turn(epoch), this.#turn(epoch + 1)];
    const dayVolume = (turnover / typicalPrice) * Math.exp(0.3 * normal(seed, DRAW.volume));
    return {
      start: epochStart(epoch),
      rung: 0,
      count: EPOCH_DAYS,
      seed: mix(seed, DRAW.path),
      open,
      high: reach({ from: open, to: close, deviation, limit: Infinity }, uniform(seed, DRAW.high)),
      low: -reach({ from: -open, to: -close, deviation, limit: Infinity }, uniform(seed, DRAW.low)),
      close,
      volume: Math.round((EPOCH_DAYS * dayVolume) / this.#volumeStep),
      deviation,
    };
  }

  /** Private: the price at which an epoch begins, and the one before it ends. */
  #turn(epoch: number): number {
    const { typicalPrice, volatility } = this.#listing;
    const chance = normal(mix(this.#seed, epoch), DRAW.turn);
    return Math.log(typicalPrice * this.#priceSteps) + SWING * volatility * chance;
  }

  /** Private: prices are rounded last of all. That keeps their order, so what adds up goes on adding up. */
  #candle({ start, open, high, low, close, volume }: Stretch): Candle {
    const price = (logarithm: number) => Math.max(1, Math.round(Math.exp(logarithm))) / this.#priceSteps;
    return {
      time: start,
      open: price(open),
      high: price(high),
      low: price(low),
      close: price(close),
      volume: volume * this.#volumeStep,
      closed: true,
    };
  }
}

/** Private */
function epochStart(epoch: number): number {
  return HISTORY_START + epoch * EPOCH_MS;
}

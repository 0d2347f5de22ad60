import { aggregate } from '../../market/aggregate.js';
import type { Candle } from '../../market/candle.js';
import type { Instrument, Ticker } from '../../market/instrument.js';
import type { CandleRequest } from '../../market/market-data.js';
import { selectCandles } from '../../market/select-candles.js';
import { bucketEnd, dividesInto, TIMEFRAME_MS, TIMEFRAMES, type Timeframe } from '../../market/timeframe.js';
import { badInput } from '../../support/gateway-error.js';
import { priceDecimals, quantityDecimals, stepOf } from './decimals.js';
import { splitPair } from './pair.js';
import { sameNumbers, type Series } from './to-series.js';

/** What the files have of one symbol. */
export class History {
  readonly symbol: string;
  readonly #exchange: string | null;
  readonly #ofFiles = new Map<Timeframe, readonly Candle[]>();
  readonly #built = new Map<Timeframe, readonly Candle[]>();
  #priceDecimals = 0;
  #volumeDecimals = 0;

  constructor(symbol: string, exchange: string | null) {
    this.symbol = symbol;
    this.#exchange = exchange;
  }

  /** Throws an Error where the series tells otherwise than what is there already. */
  assertFits({ timeframe, candles }: Series): void {
    const known = new Map(this.#ofFiles.get(timeframe)?.map((candle) => [candle.time, candle]));
    for (const candle of candles) {
      const other = known.get(candle.time);
      if (!other || sameNumbers(other, candle)) continue;
      const time = new Date(candle.time).toISOString();
      throw new Error(`its ${timeframe} candle ${time} of ${this.symbol} differs from that of a file before it`);
    }
  }

  /** Adds a series that fits; the months of a symbol may come as a file each. */
  add({ timeframe, candles, priceDecimals, volumeDecimals }: Series): void {
    const known = this.#ofFiles.get(timeframe);
    this.#ofFiles.set(timeframe, known ? merge(known, candles) : candles);
    this.#priceDecimals = Math.max(this.#priceDecimals, priceDecimals);
    this.#volumeDecimals = Math.max(this.#volumeDecimals, volumeDecimals);
  }

  /** When the last candle of its files closes, ms since the epoch. */
  lastClose(): number {
    return this.#latest().end;
  }

  /** What it has and what can be built, shortest first. */
  timeframes(): Timeframe[] {
    return TIMEFRAMES.filter((timeframe) => this.#sourceOf(timeframe) !== undefined);
  }

  /** `now` is the present of the market. Throws BAD_USER_INPUT where the timeframe can't be had. */
  candles(request: CandleRequest, now: number): Candle[] {
    return selectCandles(this.#series(request.timeframe, now), request);
  }

  instrument(): Instrument {
    const { base, quote } = splitPair(this.symbol);
    return {
      symbol: this.symbol,
      name: quote === null ? this.symbol : `${base} / ${quote}`,
      base,
      quote,
      exchange: this.#exchange,
      status: 'ONLINE',
      priceIncrement: stepOf(priceDecimals(this.#priceDecimals, this.#latest().candle.close)),
      quantityIncrement: stepOf(quantityDecimals(this.#volumeDecimals, quote !== null)),
      timeframes: this.timeframes(),
    };
  }

  /** At its own last candle, which may be earlier than the market's present. */
  ticker(): Ticker {
    const { timeframe, candles, candle, end } = this.#latest();
    const dayAgo = end - TIMEFRAME_MS.D1;
    const short = TIMEFRAME_MS[timeframe] <= TIMEFRAME_MS.D1;
    const before = candles.findLast(({ time }) => bucketEnd(time, timeframe) <= dayAgo);
    const ofDay = selectCandles(candles, { from: dayAgo, limit: candles.length });
    return {
      symbol: this.symbol,
      price: candle.close,
      change24hPercent: short && before && before.close > 0 ? (candle.close / before.close - 1) * 100 : null,
      volume24h: short ? ofDay.reduce((sum, { volume }) => sum + volume, 0) : null,
      time: end,
    };
  }

  /** Private: built when it is first asked for; the market's present never moves. */
  #series(timeframe: Timeframe, now: number): readonly Candle[] {
    const known = this.#ofFiles.get(timeframe) ?? this.#built.get(timeframe);
    if (known) return known;
    const source = this.#sourceOf(timeframe);
    if (!source) {
      const allowed = this.timeframes();
      throw badInput('timeframe', `${this.symbol} has ${allowed.join(', ')}`, timeframe, allowed);
    }
    const built = aggregate(this.#ofFiles.get(source) ?? [], timeframe, now);
    this.#built.set(timeframe, built);
    return built;
  }

  /** Private: the longest of the files' timeframes that fills it, which is itself where a file has it. */
  #sourceOf(timeframe: Timeframe): Timeframe | undefined {
    return TIMEFRAMES.findLast((shorter) => this.#ofFiles.has(shorter) && dividesInto(shorter, timeframe));
  }

  /** Private: the series whose last candle closes last, of equal ones the shortest. */
  #latest(): { timeframe: Timeframe; candles: readonly Candle[]; candle: Candle; end: number } {
    const series = TIMEFRAMES.flatMap((timeframe) => {
      const candles = this.#ofFiles.get(timeframe) ?? [];
      const candle = candles.at(-1);
      return candle ? [{ timeframe, candles, candle, end: bucketEnd(candle.time, timeframe) }] : [];
    });
    return series.reduce((latest, other) => (other.end > latest.end ? other : latest));
  }
}

/** Private: both ascend, and what both have is the same. */
function merge(a: readonly Candle[], b: readonly Candle[]): Candle[] {
  const byTime = new Map([...a, ...b].map((candle) => [candle.time, candle]));
  return [...byTime.values()].sort((x, y) => x.time - y.time);
}

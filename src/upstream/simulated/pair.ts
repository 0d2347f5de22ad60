import type { Candle } from '../../market/candle.js';
import type { Instrument, OrderBook, Ticker } from '../../market/instrument.js';
import type { CandleRequest } from '../../market/market-data.js';
import { bucketStart, TIMEFRAMES } from '../../market/timeframe.js';
import { GatewayError } from '../../support/gateway-error.js';
import type { Listing } from './catalog.js';
import { History, HISTORY_START } from './history.js';
import { mix, seedOf } from './noise.js';
import { simulatedOrderBook } from './order-book.js';
import { requestedRange } from './requested-range.js';

/** The most candles of one answer: what a backtest sees. */
export const CANDLES_PER_CALL = 20_000;

const DAY = 86_400_000;

/** What is drawn from a pair's seed. */
const DRAW = { history: 0, book: 1 } as const;

/** One pair of one market; times are ms since the epoch. */
export class Pair {
  readonly #listing: Listing;
  readonly #seed: number;
  readonly #history: History;

  constructor(listing: Listing, marketSeed: number) {
    this.#listing = listing;
    this.#seed = seedOf(`${marketSeed}:${listing.symbol}`);
    this.#history = new History(listing, mix(this.#seed, DRAW.history));
  }

  instrument(): Instrument {
    const { symbol, name, base, quote, priceDecimals, quantityDecimals } = this.#listing;
    return {
      symbol,
      name,
      base,
      quote,
      exchange: 'SIMULATED',
      status: 'ONLINE',
      priceIncrement: increment(priceDecimals),
      quantityIncrement: increment(quantityDecimals),
      timeframes: TIMEFRAMES,
    };
  }

  candles(request: CandleRequest, now: number): readonly Candle[] {
    const range = requestedRange(request, { earliest: HISTORY_START, now, most: CANDLES_PER_CALL });
    return range ? this.#history.candles(request.timeframe, range, now) : [];
  }

  /** The price of the second at `now`, against the close of the last minute that had ended 24 h before. */
  ticker(now: number): Ticker {
    const { symbol } = this.#listing;
    const dayAgo = bucketStart(now - DAY, 'M1');
    const traded = this.#history.since(dayAgo, now);
    if (!traded) throw new GatewayError('NOT_FOUND', `${symbol} has no price: its history begins in 2019.`, { symbol });
    const { open, close, volume } = traded;
    const known = dayAgo >= HISTORY_START;
    return {
      symbol,
      price: close,
      change24hPercent: known ? (close / open - 1) * 100 : null,
      volume24h: known ? volume : null,
      time: now,
    };
  }

  orderBook(depth: number, now: number): OrderBook {
    const { price } = this.ticker(now);
    return simulatedOrderBook({ listing: this.#listing, seed: mix(this.#seed, DRAW.book), price, now }, depth);
  }
}

/** Private: 10 to the minus `decimals`, exactly: JavaScript would write 1e-9. */
function increment(decimals: number): string {
  return decimals === 0 ? '1' : `0.${'1'.padStart(decimals, '0')}`;
}

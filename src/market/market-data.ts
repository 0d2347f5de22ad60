import type { Candle } from './candle.js';
import type { Instrument, OrderBook, Ticker } from './instrument.js';
import type { Timeframe } from './timeframe.js';

/**
 * Candles of one symbol: [from, to) by opening time, ms since the epoch. With `from` the first `limit` from there, without it the last
 * `limit` before `to`; without `to`, up to and with the open candle of the source's present. `symbol` is in the source's spelling.
 */
export interface CandleRequest {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit: number;
}

/**
 * A source of market data: the port that upstream/ implements and loaders/ read. It keeps no cache.
 *
 * Every method that takes many answers in their order and length; an item that fails is an Error in its place (a GatewayError
 * where the client may know why), and never fails the others. A symbol that the source has not is NOT_FOUND; a timeframe that it
 * has not is BAD_USER_INPUT and names those it has.
 */
export interface MarketData {
  /** `simulated`, `csv`, `coinbase`. */
  readonly source: string;
  /** Names this market apart from others: kind and seed, or a hash of the files' names and sizes. Entries of one fingerprint are shared. */
  readonly fingerprint: string;
  /** What the source has and what can be built from it, shortest first. */
  readonly timeframes: readonly Timeframe[];
  /** The source's present, ms since the epoch: the wall clock, or the close of a frozen source's last candle. */
  now(): number;
  /** How long after a bucket's end a candle counts as closed, ms. */
  readonly closeDelayMs: number;
  /** True where no new candle will ever come: there is no next close, and TTLs stand alone. */
  readonly frozen: boolean;
  /** Most candles that one upstream call answers; what a series keeps fits into one. */
  readonly candlesPerCall: number;
  /** Of how many requests for candles one upstream call answers: Infinity where all go together. */
  readonly requestsPerCall: number;
  instruments(): Promise<readonly Instrument[]>;
  candles(requests: readonly CandleRequest[]): Promise<readonly (readonly Candle[] | Error)[]>;
  tickers(symbols: readonly string[]): Promise<readonly (Ticker | Error)[]>;
  orderBook(symbol: string, depth: number): Promise<OrderBook>;
  /** Faults worth telling an operator: files that could not be read, an upstream that fails. Empty when all is well. */
  faults(): readonly string[];
  close(): Promise<void>;
}

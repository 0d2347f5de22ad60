import { toError } from '../../support/to-error.js';
import { setTimeout } from 'node:timers/promises';
import type { Candle } from '../../market/candle.js';
import type { Instrument, OrderBook, Ticker } from '../../market/instrument.js';
import type { CandleRequest, MarketData } from '../../market/market-data.js';
import { TIMEFRAMES } from '../../market/timeframe.js';
import type { Clock } from '../../support/clock.js';
import { unknownSymbol } from '../../support/gateway-error.js';
import { hash } from '../../support/hash.js';
import { Turns } from '../../support/turns.js';
import { CATALOG } from './catalog.js';
import { CANDLES_PER_CALL, Pair } from './pair.js';

export interface SimulatedMarketOptions {
  /** An integer. Same seed, same market. */
  readonly seed: number;
  /** How long each call takes, however much it asks for. */
  readonly latencyMs: number;
  readonly clock: Clock;
  /** Of its 243 pairs the market lists these alone, in this order. */
  readonly symbols?: readonly string[];
  /** What the latency passes by: a timer, unless a test drives it. */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** To be raised when a seed's candles change: gateways share closed candles under the fingerprint, and keep them. */
const EDITION = 1;

/**
 * A market that needs no network: pairs that have traded around the clock since 2019. A closed candle is a pure function of seed,
 * symbol, timeframe and time; the open one holds what traded until the end of the second at the clock's present, so that prices
 * move every second, and at the bucket's end equals the closed one. A symbol in `options` that there is not is a RangeError.
 */
export function createSimulatedMarket({
  seed,
  latencyMs,
  clock,
  symbols,
  sleep = setTimeout,
}: SimulatedMarketOptions): MarketData {
  const pairs = listedPairs(seed, symbols);
  const pairOf = (symbol: string): Pair => {
    const pair = pairs.get(symbol);
    if (!pair) throw unknownSymbol(symbol);
    return pair;
  };
  const latency = async (): Promise<void> => {
    if (latencyMs > 0) await sleep(latencyMs);
  };
  return {
    source: 'simulated',
    fingerprint: ['simulated', seed, EDITION, ...(symbols ? [hash(symbols.join())] : [])].join(':'),
    timeframes: TIMEFRAMES,
    closeDelayMs: 0,
    frozen: false,
    candlesPerCall: CANDLES_PER_CALL,
    requestsPerCall: Infinity,
    now: () => clock.now(),
    async instruments(): Promise<readonly Instrument[]> {
      await latency();
      return [...pairs.values()].map((pair) => pair.instrument());
    },
    async candles(requests: readonly CandleRequest[]): Promise<readonly (readonly Candle[] | Error)[]> {
      await latency();
      const now = clock.now();
      const answers: (readonly Candle[] | Error)[] = [];
      // Hundreds of requests are a second of computing.
      const turns = new Turns(() => clock.monotonic());
      for (const request of requests) {
        await turns.pass();
        answers.push(inPlace(() => pairOf(request.symbol).candles(request, now)));
      }
      return answers;
    },
    async tickers(symbols: readonly string[]): Promise<readonly (Ticker | Error)[]> {
      await latency();
      const now = clock.now();
      return symbols.map((symbol) => inPlace(() => pairOf(symbol).ticker(now)));
    },
    async orderBook(symbol: string, depth: number): Promise<OrderBook> {
      await latency();
      return pairOf(symbol).orderBook(depth, clock.now());
    },
    faults: () => [],
    close: async () => {},
  };
}

/** Private */
function listedPairs(seed: number, symbols: readonly string[] | undefined): ReadonlyMap<string, Pair> {
  const listings = new Map(CATALOG.map((listing) => [listing.symbol, listing]));
  return new Map(
    (symbols ?? [...listings.keys()]).map((symbol) => {
      const listing = listings.get(symbol);
      if (!listing) throw new RangeError(`symbols: each is one of the simulated market's, but got ${symbol}.`);
      return [symbol, new Pair(listing, seed)];
    }),
  );
}

/** Private: what fails for one item is that item's answer. */
function inPlace<T>(compute: () => T): T | Error {
  try {
    return compute();
  } catch (error) {
    return toError(error);
  }
}

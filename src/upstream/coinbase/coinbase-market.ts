import type { BookLevel, Instrument, OrderBook, Ticker } from '../../market/instrument.js';
import type { MarketData } from '../../market/market-data.js';
import { TIMEFRAMES } from '../../market/timeframe.js';
import type { Clock } from '../../support/clock.js';
import { hash } from '../../support/hash.js';
import type { Logger } from '../../support/logger.js';
import { bookBody, productsBody, statsBody, tickerBody } from './bodies.js';
import { CLOSE_DELAY_MS, fetchCandles, ROWS_PER_CALL } from './fetch-candles.js';
import { CoinbaseClient } from './coinbase-client.js';
import { COINBASE_URL } from './coinbase-url.js';
import { productPath } from './product-path.js';
import { systemSleep, type Sleep } from './sleep.js';

export interface CoinbaseMarketOptions {
  /** Base URL, {@link COINBASE_URL} by default. */
  readonly url?: string;
  readonly clock: Clock;
  readonly fetch?: typeof globalThis.fetch;
  readonly logger?: Logger;
  /** [0, 1), for the jitter of retries. */
  readonly random?: () => number;
  /** For the limiter and between attempts. */
  readonly sleep?: Sleep;
  /** For one attempt, 5 s by default. */
  readonly timeoutMs?: number;
}

/**
 * The market of Coinbase Exchange, live. H4 is built from H1, W1 and MN1 from D1. One instance keeps to Coinbase's public limits
 * (10 calls/s, bursts of 15), so a process has one. Beside the errors of the port: UPSTREAM_RATE_LIMITED, UPSTREAM_TIMEOUT and
 * UPSTREAM_UNAVAILABLE. In the first 5 s after a bucket's end two candles are open: the one that ended may still change.
 */
export function createCoinbaseMarket(options: CoinbaseMarketOptions): MarketData {
  const { clock, logger, timeoutMs = 5_000, random = Math.random, sleep = systemSleep } = options;
  const url = (options.url ?? COINBASE_URL).replace(/\/+$/, '');
  const fetch = options.fetch ?? globalThis.fetch;
  const client = new CoinbaseClient({ url, clock, logger, timeoutMs, random, sleep, fetch });

  return {
    source: 'coinbase',
    fingerprint: url === COINBASE_URL ? 'coinbase' : `coinbase:${hash(url)}`,
    timeframes: TIMEFRAMES,
    now: () => clock.now(),
    closeDelayMs: CLOSE_DELAY_MS,
    frozen: false,
    candlesPerCall: ROWS_PER_CALL,
    requestsPerCall: 1,
    instruments: () => fetchInstruments(client),
    candles: (requests) => settle(requests, (request) => fetchCandles(client, request, clock.now())),
    tickers: (symbols) => settle(symbols, (symbol) => fetchTicker(client, symbol)),
    orderBook: (symbol, depth) => fetchOrderBook(client, symbol, depth, clock),
    faults: () => client.faults(),
    close: async () => client.close(),
  };
}

/** Private: answers in their order, each failure in its place. */
function settle<Q, A>(questions: readonly Q[], ask: (question: Q) => Promise<A>): Promise<(A | Error)[]> {
  return Promise.all(
    questions.map(async (question) => {
      try {
        return await ask(question);
      } catch (error) {
        return error instanceof Error ? error : new Error('Coinbase failed.', { cause: error });
      }
    }),
  );
}

/** Private */
async function fetchInstruments(client: CoinbaseClient): Promise<Instrument[]> {
  const products = await client.get('/products', productsBody);
  return products.map((product) => ({
    symbol: product.id,
    name: product.display_name ?? product.id,
    base: product.base_currency,
    quote: product.quote_currency,
    exchange: 'Coinbase',
    status: product.status === 'online' && !product.trading_disabled ? 'ONLINE' : 'OFFLINE',
    priceIncrement: product.quote_increment,
    quantityIncrement: product.base_increment,
    timeframes: TIMEFRAMES,
  }));
}

/** Private: the price is the ticker's; change and volume are the statistics' own, which have one open and one last. */
async function fetchTicker(client: CoinbaseClient, symbol: string): Promise<Ticker> {
  const product = productPath(symbol);
  const [ticker, stats] = await Promise.all([
    client.get(`${product}/ticker`, tickerBody, { symbol }),
    client.get(`${product}/stats`, statsBody, { symbol }),
  ]);
  const { open, last, volume } = stats;
  return {
    symbol,
    price: ticker.price,
    change24hPercent: open && last ? (last / open - 1) * 100 : null,
    volume24h: volume ?? null,
    time: ticker.time,
  };
}

/** Private: level 2 is the whole book by price. */
async function fetchOrderBook(client: CoinbaseClient, symbol: string, depth: number, clock: Clock): Promise<OrderBook> {
  const book = await client.get(`${productPath(symbol)}/book?level=2`, bookBody, { symbol });
  const level = ([price, quantity, orders]: (typeof book.bids)[number]): BookLevel => ({ price, quantity, orders });
  return {
    symbol,
    time: book.time ?? clock.now(),
    bids: book.bids
      .map(level)
      .sort((a, b) => b.price - a.price)
      .slice(0, depth),
    asks: book.asks
      .map(level)
      .sort((a, b) => a.price - b.price)
      .slice(0, depth),
  };
}

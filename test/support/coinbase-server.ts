import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stretch in which nothing trades: a bucket that lies wholly in it has no row. Times in ms since the epoch, [from, to). */
export interface Silence {
  /** All products where it is left out. */
  readonly symbol?: string;
  readonly from: number;
  readonly to: number;
}

export interface CoinbaseServerOptions {
  /** The server's present, ms since the epoch; the limiter runs by it too. The system's clock by default. */
  readonly now?: () => number;
  /** By default 15 that are online, BTC-USD first. */
  readonly products?: readonly CoinbaseProduct[];
  /** Answers 429 beyond 10 calls a second and bursts of 15. Off by default. */
  readonly rateLimit?: boolean;
  /** For a listing: `{ symbol, from: 0, to: listedAt }`. */
  readonly silences?: readonly Silence[];
  /** How many candles from before `start` are thrown in, as Coinbase may. 0 by default. */
  readonly rowsBeforeStart?: number;
  /** Rows in no order, instead of newest first. */
  readonly unsorted?: boolean;
}

/** What goes wrong, for the next `times` calls (1 by default) whose path contains `path` (any by default). */
export type CoinbaseFault = { readonly times?: number; readonly path?: string } & (
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  /** Answers 200 with these bytes. */
  | { readonly body: string }
  /** Answers as ever, but so late; Infinity never. */
  | { readonly delayMs: number }
  /** Cuts the connection. */
  | { readonly reset: true }
);

export interface CoinbaseServer {
  /** For COINBASE_URL. */
  readonly url: string;
  /** How often each path was asked for, without its query. */
  readonly calls: ReadonlyMap<string, number>;
  /** Every call with its query, in the order of their arrival. */
  readonly requests: readonly URL[];
  /** Faults come in the order in which they are given. */
  failNext(fault: CoinbaseFault): void;
  close(): Promise<void>;
}

export type CoinbaseProduct = ReturnType<typeof coinbaseProduct>;
export type CoinbaseRow = [time: number, low: number, high: number, open: number, close: number, volume: number];

/**
 * Coinbase Exchange as documented, on a local port: /products, and of each product itself, candles, ticker, stats and book. Prices are
 * a function of symbol and time, the same in each run. It refuses what Coinbase refuses: more than 300 buckets (both ends count), other
 * granularities, requests without a user agent.
 */
export async function startCoinbaseServer(options: CoinbaseServerOptions = {}): Promise<CoinbaseServer> {
  const world = resolveWorld(options);
  const calls = new Map<string, number>();
  const requests: URL[] = [];
  const faults: { times: number; fault: CoinbaseFault }[] = [];
  const admit = options.rateLimit ? limiter(world.now) : () => true;

  function takeFault(path: string): CoinbaseFault | undefined {
    const next = faults.find(({ fault, times }) => times > 0 && path.includes(fault.path ?? ''));
    if (next) next.times -= 1;
    return next?.fault;
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://coinbase.test');
    calls.set(url.pathname, (calls.get(url.pathname) ?? 0) + 1);
    requests.push(url);
    const fault = takeFault(url.pathname);
    if (!fault) return reply(response, admit() ? answer(world, request, url) : RATE_LIMITED);
    if ('reset' in fault) return void request.socket.destroy();
    if ('delayMs' in fault) {
      if (fault.delayMs !== Infinity) setTimeout(() => reply(response, answer(world, request, url)), fault.delayMs);
      return;
    }
    if ('status' in fault) {
      const { status, headers, body = '{"message":"Something went wrong"}' } = fault;
      return void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    }
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(fault.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    calls,
    requests,
    failNext: (fault) => void faults.push({ times: fault.times ?? 1, fault }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A product as /products has it. */
export function coinbaseProduct(id: string, changes: { status?: string; trading_disabled?: boolean } = {}) {
  const [base = id, quote = 'USD'] = id.split('-');
  return {
    id,
    base_currency: base,
    quote_currency: quote,
    quote_increment: '0.01',
    base_increment: '0.00000001',
    display_name: `${base}/${quote}`,
    min_market_funds: '1',
    margin_enabled: false,
    post_only: false,
    limit_only: false,
    cancel_only: false,
    status: 'online',
    status_message: '',
    trading_disabled: false,
    fx_stablecoin: false,
    max_slippage_percentage: '0.02000000',
    auction_mode: false,
    ...changes,
  };
}

/** The row of the bucket that opens at `seconds`, as of `now` (ms): what the server answers, for a test to compare with. */
export function coinbaseRow(symbol: string, seconds: number, granularity: number, now = Infinity): CoinbaseRow {
  const start = seconds * 1_000;
  const end = Math.min(start + granularity * 1_000, now);
  const prices = Array.from({ length: 9 }, (_, i) => priceAt(symbol, start + ((end - start) * i) / 8));
  const volume = round((end - start) * (1 + (seed(symbol) % 7)) * 1e-5, 8);
  return [seconds, Math.min(...prices), Math.max(...prices), priceAt(symbol, start), priceAt(symbol, end), volume];
}

/** Private */
const GRANULARITIES = [60, 300, 900, 3_600, 21_600, 86_400];
const MAX_ROWS = 300;
const DAY_SECONDS = 86_400;
const BASES = 'BTC ETH SOL ADA XRP DOGE LTC LINK AVAX DOT MATIC UNI ATOM AAVE BCH'.split(' ');

/** Private */
interface World {
  readonly now: () => number;
  readonly products: readonly CoinbaseProduct[];
  readonly silences: readonly Silence[];
  readonly rowsBeforeStart: number;
  readonly unsorted: boolean;
}

/** Private */
interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Private */
function resolveWorld(options: CoinbaseServerOptions): World {
  return {
    now: options.now ?? Date.now,
    products: options.products ?? BASES.map((base) => coinbaseProduct(`${base}-USD`)),
    silences: options.silences ?? [],
    rowsBeforeStart: options.rowsBeforeStart ?? 0,
    unsorted: options.unsorted ?? false,
  };
}

/** Private */
function refuse(status: number, message: string): Reply {
  return { status, body: { message } };
}

/** Private */
const NOT_FOUND = refuse(404, 'NotFound');
const RATE_LIMITED = refuse(429, 'Public rate limit exceeded');

/** Private */
function answer(world: World, request: IncomingMessage, url: URL): Reply {
  if (!request.headers['user-agent']) return refuse(400, 'User-Agent header is required.');
  if (url.pathname === '/products') return { status: 200, body: world.products };
  const [, id, resource] = /^\/products\/([^/]+)(?:\/(\w+))?$/.exec(url.pathname) ?? [];
  const product = world.products.find((candidate) => candidate.id === id);
  if (!product) return NOT_FOUND;
  switch (resource) {
    case undefined:
      return { status: 200, body: product };
    case 'candles':
      return candles(world, product.id, url.searchParams);
    case 'ticker':
      return { status: 200, body: ticker(product.id, world.now()) };
    case 'stats':
      return { status: 200, body: stats(product.id, world.now()) };
    case 'book':
      return { status: 200, body: book(product.id, world.now(), url.searchParams.get('level') ?? '1') };
    default:
      return NOT_FOUND;
  }
}

/** Private */
function candles(world: World, symbol: string, query: URLSearchParams): Reply {
  const granularity = Number(query.get('granularity') ?? 60);
  if (!GRANULARITIES.includes(granularity)) return refuse(400, 'Unsupported granularity');
  const now = world.now();
  const present = Math.floor(now / 1_000 / granularity) * granularity;
  let first = present - (MAX_ROWS - 1) * granularity;
  let last = present;
  const [start, end] = [query.get('start'), query.get('end')];
  if (start && end) {
    first = Math.ceil(Date.parse(start) / 1_000 / granularity) * granularity;
    last = Math.floor(Date.parse(end) / 1_000 / granularity) * granularity;
    if (Number.isNaN(first + last)) return refuse(400, 'Invalid start or end');
    if ((last - first) / granularity + 1 > MAX_ROWS) {
      return refuse(
        400,
        `granularity too small for the requested time range. Count of aggregations requested exceeds ${MAX_ROWS}`,
      );
    }
  }
  const rows: CoinbaseRow[] = [];
  for (
    let seconds = Math.min(last, present);
    seconds >= first - world.rowsBeforeStart * granularity;
    seconds -= granularity
  ) {
    if (!isSilent(world, symbol, seconds, granularity)) rows.push(coinbaseRow(symbol, seconds, granularity, now));
  }
  // An order that is neither up nor down, and the same in each run.
  if (world.unsorted) rows.sort(([a], [b]) => seed(`${a}`) - seed(`${b}`));
  return { status: 200, body: rows };
}

/** Private */
function isSilent(world: World, symbol: string, seconds: number, granularity: number): boolean {
  return world.silences.some(
    (silence) =>
      (silence.symbol ?? symbol) === symbol &&
      silence.from <= seconds * 1_000 &&
      (seconds + granularity) * 1_000 <= silence.to,
  );
}

/** Private */
function ticker(symbol: string, now: number) {
  const price = priceAt(symbol, now);
  return {
    trade_id: Math.floor(now / 1_000),
    price: price.toFixed(2),
    size: '0.00730812',
    bid: (price - 0.01).toFixed(2),
    ask: (price + 0.01).toFixed(2),
    volume: dayRow(symbol, now)[5].toFixed(8),
    time: new Date(now).toISOString().replace('Z', '099Z'),
    rfq_volume: '7.669923',
  };
}

/** Private */
function stats(symbol: string, now: number) {
  const [, low, high, open, last, volume] = dayRow(symbol, now);
  return {
    open: open.toFixed(2),
    high: high.toFixed(2),
    low: low.toFixed(2),
    last: last.toFixed(2),
    volume: volume.toFixed(8),
    volume_30day: (volume * 30).toFixed(8),
  };
}

/** Private: the last 24 h. */
function dayRow(symbol: string, now: number): CoinbaseRow {
  return coinbaseRow(symbol, now / 1_000 - DAY_SECONDS, DAY_SECONDS);
}

/** Private: 600 levels a side; level 1 is the best alone, level 3 names orders instead of counting them. */
function book(symbol: string, now: number, level: string) {
  const price = priceAt(symbol, now);
  const side = (step: number) =>
    Array.from({ length: level === '1' ? 1 : 600 }, (_, i) => [
      (price + step * (i + 1)).toFixed(2),
      (0.5 + (i % 9) / 4).toFixed(8),
      level === '3' ? `order-${symbol}-${i}` : 1 + (i % 5),
    ]);
  return {
    sequence: Math.floor(now),
    bids: side(-0.01),
    asks: side(0.01),
    auction_mode: false,
    auction: null,
    time: new Date(now).toISOString(),
  };
}

/** Private: between 100 and 1100, with waves of a month, a day and an hour. */
function priceAt(symbol: string, time: number): number {
  const phase = seed(symbol) % 360;
  const wave = (period: number) => Math.sin((time / period) * 2 * Math.PI + phase);
  const base = 150 + (seed(symbol) % 900);
  return round(base * (1 + 0.2 * wave(2_700_000_000) + 0.05 * wave(97_000_000) + 0.01 * wave(3_900_000)), 2);
}

/** Private: 10 tokens a second, 15 at most. */
function limiter(now: () => number): () => boolean {
  let tokens = 15;
  let countedAt = now();
  return () => {
    const time = now();
    tokens = Math.min(15, tokens + ((time - countedAt) * 10) / 1_000);
    countedAt = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** Private */
function reply(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

/** Private: FNV-1a, 32 bits. */
function seed(text: string): number {
  let state = 0x811c9dc5;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return state;
}

/** Private */
function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Private */
function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || !address) throw new Error('The server has no port.');
  return address.port;
}

import { aggregate } from '../../market/aggregate.js';
import type { Candle } from '../../market/candle.js';
import type { CandleRequest } from '../../market/market-data.js';
import { bucketEnd, bucketsBefore, bucketStart, TIMEFRAME_MS, type Timeframe } from '../../market/timeframe.js';
import { badInput } from '../../support/gateway-error.js';
import { candlesBody } from './bodies.js';
import type { CoinbaseClient } from './coinbase-client.js';
import { productPath } from './product-path.js';

/** Most rows that one call answers; a range of one more is refused with 400. */
export const ROWS_PER_CALL = 300;
/** How long after a bucket's end a candle counts as closed, for trades that arrive late. */
export const CLOSE_DELAY_MS = 5_000;

/** Coinbase Exchange opened in January 2015: nothing traded before. */
const FIRST_TRADE = Date.UTC(2015, 0, 1);

const DAY = TIMEFRAME_MS.D1;

/** What Coinbase has to build a timeframe from, and how many of its rows one bucket takes at most. */
const NATIVE: Readonly<Record<Timeframe, { readonly timeframe: Timeframe; readonly rows: number }>> = {
  M1: { timeframe: 'M1', rows: 1 },
  M5: { timeframe: 'M5', rows: 1 },
  M15: { timeframe: 'M15', rows: 1 },
  H1: { timeframe: 'H1', rows: 1 },
  H4: { timeframe: 'H1', rows: 4 },
  H6: { timeframe: 'H6', rows: 1 },
  D1: { timeframe: 'D1', rows: 1 },
  W1: { timeframe: 'D1', rows: 7 },
  MN1: { timeframe: 'D1', rows: 31 },
};

/**
 * The candles of a request as of `now`, ascending; gaps stay gaps. A round asks side by side for the pages that would hold what is
 * missing if there were no gaps, from where the request begins (`from`, or else its end), and rounds go on until the limit is filled
 * or the range ends. A silence is skipped by asking for its days.
 *
 * Bounds: nothing before 2015; looking back, 300 days without a trade are the listing; and twice the pages that it takes without gaps,
 * plus 50. A product that trades too seldom for that answers fewer candles looking back, and BAD_USER_INPUT from `from` on, where the
 * rest would silently be missing in the middle of a client's series.
 */
export async function fetchCandles(client: CoinbaseClient, request: CandleRequest, now: number): Promise<Candle[]> {
  const { symbol, timeframe, limit } = request;
  const forward = request.from !== undefined;
  const stop = new AbortController();
  const reader: Reader = { client, symbol, now, signal: stop.signal };
  let rest = bucketRange(request, now);
  let pagesLeft = 2 * pagesFor(limit, timeframe) + 50;
  let candles: Candle[] = [];
  try {
    while (rest.start < rest.end && candles.length < limit) {
      const pages = nextPages(rest, timeframe, forward, pagesFor(limit - candles.length, timeframe));
      if (pages.length > pagesLeft) {
        if (forward) throw tooSeldom(request);
        break;
      }
      pagesLeft -= pages.length;
      const answers = await Promise.all(pages.map((page) => fetchPage(reader, timeframe, page)));
      const found = (forward ? answers : answers.toReversed()).flat();
      candles = forward ? candles.concat(found) : found.concat(candles);
      for (const page of pages) rest = without(rest, page, forward);
      if (answers.at(-1)?.length === 0 && candles.length < limit) {
        rest = await (forward ? skipForward : skipBack)(reader, timeframe, rest);
      }
    }
  } finally {
    // One page that fails fails the request: what still waits for a token need not be sent.
    stop.abort();
  }
  return forward ? candles.slice(0, limit) : candles.slice(-limit);
}

/** Private: what stays the same through a request. */
interface Reader {
  readonly client: CoinbaseClient;
  readonly symbol: string;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Private: [start, end), ms since the epoch, both on buckets of the asked timeframe. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Private: the whole buckets that open in the request's [from, to), up to and with the open one. */
function bucketRange({ timeframe, from, to }: CandleRequest, now: number): Range {
  const before = Math.min(to ?? Infinity, now + 1);
  return {
    start: firstBucket(Math.max(from ?? FIRST_TRADE, FIRST_TRADE), timeframe),
    end: firstBucket(before, timeframe),
  };
}

/** Private: the first opening at or after `time`. */
function firstBucket(time: number, timeframe: Timeframe): number {
  const start = bucketStart(time, timeframe);
  return start === time ? start : bucketEnd(start, timeframe);
}

/** Private: how many buckets one call answers whole. */
function bucketsPerPage(timeframe: Timeframe): number {
  return Math.floor(ROWS_PER_CALL / NATIVE[timeframe].rows);
}

/** Private */
function pagesFor(buckets: number, timeframe: Timeframe): number {
  return Math.ceil(buckets / bucketsPerPage(timeframe));
}

/** Private: the next pages of a range, from its near end on. */
function nextPages(range: Range, timeframe: Timeframe, forward: boolean, count: number): Range[] {
  const pages: Range[] = [];
  const buckets = bucketsPerPage(timeframe);
  for (let rest = range; pages.length < count && rest.start < rest.end;) {
    const page = forward
      ? { start: rest.start, end: Math.min(rest.end, bucketsBefore(rest.start, -buckets, timeframe)) }
      : { start: Math.max(rest.start, bucketsBefore(rest.end, buckets, timeframe)), end: rest.end };
    pages.push(page);
    rest = without(rest, page, forward);
  }
  return pages;
}

/** Private: what is left of a range after the page at its near end. */
function without(range: Range, page: Range, forward: boolean): Range {
  return forward ? { start: page.end, end: range.end } : { start: range.start, end: page.start };
}

/** Private: one call. Coinbase's `end` is inclusive, its rows come newest first and may lie outside of what was asked for. */
async function fetchPage(reader: Reader, timeframe: Timeframe, page: Range): Promise<Candle[]> {
  const { client, symbol, signal, now } = reader;
  const native = NATIVE[timeframe].timeframe;
  const last = Math.min(page.end - TIMEFRAME_MS[native], bucketStart(now, native));
  const query = new URLSearchParams({
    granularity: String(TIMEFRAME_MS[native] / 1_000),
    start: new Date(page.start).toISOString(),
    end: new Date(last).toISOString(),
  });
  const path = `${productPath(symbol)}/candles?${query.toString()}`;
  const rows = await client.get(path, candlesBody, { symbol, signal });

  const byTime = new Map<number, Candle>();
  for (const [seconds, low, high, open, close, volume] of rows) {
    const time = seconds * 1_000;
    if (time >= page.start && time <= last) byTime.set(time, { time, open, high, low, close, volume, closed: false });
  }
  const ascending = [...byTime.values()].sort((a, b) => a.time - b.time);
  return aggregate(ascending, timeframe, now - CLOSE_DELAY_MS);
}

/** Private: the range from its first day with a trade on. */
async function skipForward(reader: Reader, timeframe: Timeframe, { start, end }: Range): Promise<Range> {
  while (start < end) {
    const day = bucketStart(start, 'D1');
    const days = { start: day, end: day + ROWS_PER_CALL * DAY };
    const traded = (await fetchPage(reader, 'D1', days))[0];
    if (traded) return { start: Math.max(start, bucketStart(traded.time, timeframe)), end };
    start = firstBucket(days.end, timeframe);
  }
  return { start: end, end };
}

/** Private: the range up to its last day with a trade; empty where there is none in 300 days, which is taken for the listing. */
async function skipBack(reader: Reader, timeframe: Timeframe, { start, end }: Range): Promise<Range> {
  const dayAfter = firstBucket(end, 'D1');
  const days = { start: dayAfter - ROWS_PER_CALL * DAY, end: dayAfter };
  const traded = (await fetchPage(reader, 'D1', days)).at(-1);
  if (!traded) return { start: end, end };
  return { start, end: Math.min(end, firstBucket(traded.time + DAY, timeframe)) };
}

/** Private */
function tooSeldom({ symbol, timeframe, limit }: CandleRequest): Error {
  return badInput(
    'limit',
    `${symbol} trades too seldom for that many ${timeframe} candles; ask for fewer or for a longer timeframe`,
    limit,
  );
}

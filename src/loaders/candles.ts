import type { Miss, PolicyOptions } from '../cache/index.js';
import type { Candle } from '../market/candle.js';
import type { MarketData } from '../market/market-data.js';
import { bucketEnd, type Timeframe } from '../market/timeframe.js';
import type { CachedLoader } from './cached-loader.js';
import { computeKnown, type KnownMiss, type NoArguments } from './instruments.js';
import type { Instrument } from '../market/instrument.js';
import { nextClose, seriesLength, type Series, type SeriesKey } from './series.js';

export interface CandlesKey extends Readonly<Record<string, unknown>> {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** ms since the epoch. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly limit: number;
}

export interface CandleRange {
  readonly candles: readonly Candle[];
  /** Null: nothing in the range can ever change, because it ended before the source's present. Else how long it may be served, ms. */
  readonly openForMs: number | null;
}

/** A closed range never changes and lives 24 h; one that touches the present as long as a series does. */
export const candlesPolicy: PolicyOptions<CandleRange> = {
  name: 'Query.candles',
  ttl: '24h',
  ttlName: 'CANDLES_CLOSED',
  alone: 'ttl',
  until: ({ openForMs }) => openForMs ?? undefined,
  tags: ['candles:{$args.symbol}:{$args.timeframe}'],
};

export interface CandleSources {
  readonly market: MarketData;
  readonly instruments: CachedLoader<NoArguments, readonly Instrument[]>;
  readonly series: CachedLoader<SeriesKey, Series>;
  /** How long an open candle may be served, ms. */
  readonly openTtlMs: number;
}

/** The latest candles come from the series, which is kept; a range is asked of the source, all ranges in one call. */
export async function computeCandles(
  sources: CandleSources,
  misses: readonly Miss<CandleRange>[],
): Promise<(CandleRange | Error)[]> {
  const { market, instruments } = sources;
  const isLatest = ({ args }: Miss<CandleRange>) =>
    args['from'] === undefined && args['to'] === undefined && Number(args['limit']) <= seriesLength(market);
  const ranges = misses.filter((miss) => !isLatest(miss));
  const [latest, fetched] = await Promise.all([
    Promise.all(misses.filter(isLatest).map((miss) => latestCandles(sources, miss))),
    ranges.length === 0 ? [] : computeKnown(ranges, instruments, (known) => fetchRanges(sources, known)),
  ]);
  const next = { latest: latest.values(), range: fetched.values() };
  return misses.map(
    (miss) => (isLatest(miss) ? next.latest : next.range).next().value ?? new Error('A range was lost.'),
  );
}

/** Private */
async function latestCandles(
  { series, openTtlMs }: CandleSources,
  miss: Miss<CandleRange>,
): Promise<CandleRange | Error> {
  const { symbol, timeframe, limit } = miss.args as CandlesKey;
  const [loaded] = await series.loadMany([{ symbol, timeframe }], { parts: miss.parts, force: miss.force });
  if (loaded instanceof Error || !loaded) return loaded ?? new Error('A series was lost.');
  // The series' own end of freshness comes with its part.
  return { candles: loaded.candles.slice(-limit), openForMs: openTtlMs };
}

/** Private */
async function fetchRanges(
  { market, openTtlMs }: CandleSources,
  known: readonly KnownMiss<CandleRange>[],
): Promise<(CandleRange | Error)[]> {
  const requests = known.map(({ miss, instrument }) => ({ ...(miss.args as CandlesKey), symbol: instrument.symbol }));
  // Before the fetch: what closes while it runs is not in its answer.
  const now = market.now();
  const closes = requests.map(({ timeframe }) => nextClose(market, timeframe));
  const results = await market.candles(requests);
  return results.map((candles, i) => {
    if (candles instanceof Error) return candles;
    const request = requests[i];
    const closed =
      market.frozen || (request !== undefined && isClosed({ ...request, candles, now: now - market.closeDelayMs }));
    return { candles, openForMs: closed ? null : Math.min(openTtlMs, (closes[i] ?? Infinity) - market.now()) };
  });
}

interface FetchedRange extends Pick<CandlesKey, 'from' | 'to' | 'timeframe' | 'limit'> {
  readonly candles: readonly Candle[];
  /** By which a bucket must have ended, ms since the epoch. */
  readonly now: number;
}

/** Private: whether the range ended before the source's present; one that is full ends with its last candle. */
function isClosed({ from, to, timeframe, limit, candles, now }: FetchedRange): boolean {
  const last = candles.at(-1);
  const isFull = from !== undefined && candles.length === limit;
  const end = isFull && last ? bucketEnd(last.time, timeframe) : (to ?? Infinity);
  return end <= now && candles.every((candle) => candle.closed);
}

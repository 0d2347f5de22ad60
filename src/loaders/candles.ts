import type { Miss, PolicyOptions } from '../cache/index.js';
import type { Candle } from '../market/candle.js';
import type { MarketData } from '../market/market-data.js';
import { bucketEnd, type Timeframe } from '../market/timeframe.js';
import type { CachedLoader } from './cached-loader.js';
import { computeKnown, type KnownMiss, type NoArguments } from './instruments.js';
import type { Instrument } from '../market/instrument.js';
import { seriesLength, untilNextClose, type Series, type SeriesKey } from './series.js';

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
  /** Nothing in the range can ever change: it ended before the source's present. */
  readonly closed: boolean;
  readonly nextClose: number | null;
}

/** What a range that still grows lives, however long its policy: CACHE_TTL_CANDLES_OPEN is the series' TTL, which it inherits. */
const OPEN_MS = 60_000;

/** A closed range never changes and lives 24 h; one that touches the present lives to the next close, a minute at the most. */
export const candlesPolicy: PolicyOptions<CandleRange> = {
  name: 'Query.candles',
  ttl: '24h',
  ttlName: 'CANDLES_CLOSED',
  until: (range, clock) => (range.closed ? undefined : Math.min(OPEN_MS, untilNextClose(range, clock) ?? Infinity)),
  immutable: ({ closed }) => closed,
  tags: ['candles:{$args.symbol}:{$args.timeframe}'],
};

export interface CandleSources {
  readonly market: MarketData;
  readonly instruments: CachedLoader<NoArguments, readonly Instrument[]>;
  readonly series: CachedLoader<SeriesKey, Series>;
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
    ranges.length === 0 ? [] : computeKnown(ranges, instruments, (known) => fetchRanges(market, known)),
  ]);
  const next = { latest: latest.values(), range: fetched.values() };
  return misses.map(
    (miss) => (isLatest(miss) ? next.latest : next.range).next().value ?? new Error('A range was lost.'),
  );
}

/** Private */
async function latestCandles({ series }: CandleSources, miss: Miss<CandleRange>): Promise<CandleRange | Error> {
  const { symbol, timeframe, limit } = miss.args as CandlesKey;
  const [loaded] = await series.loadMany([{ symbol, timeframe }], { parts: miss.parts, force: miss.force });
  if (loaded instanceof Error || !loaded) return loaded ?? new Error('A series was lost.');
  return { candles: loaded.candles.slice(-limit), closed: false, nextClose: loaded.nextClose };
}

/** Private */
async function fetchRanges(
  market: MarketData,
  known: readonly KnownMiss<CandleRange>[],
): Promise<(CandleRange | Error)[]> {
  const requests = known.map(({ miss, instrument }) => ({ ...(miss.args as CandlesKey), symbol: instrument.symbol }));
  const results = await market.candles(requests);
  return results.map((candles, i) => {
    if (candles instanceof Error) return candles;
    const { from, to, timeframe, limit } = requests[i] ?? {};
    const last = candles.at(-1);
    const full = from !== undefined && candles.length === limit;
    // The last candle's close, where the limit ended the range before its end.
    const end = full && last && timeframe ? bucketEnd(last.time, timeframe) : (to ?? Infinity);
    const closed = end + market.closeDelayMs <= market.now() && candles.every((candle) => candle.closed);
    return { candles, closed: market.frozen || closed, nextClose: null };
  });
}

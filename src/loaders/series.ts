import type { Clock } from '../support/clock.js';
import type { PolicyOptions } from '../cache/index.js';
import type { Candle } from '../market/candle.js';
import type { MarketData, CandleRequest } from '../market/market-data.js';
import { bucketEnd, bucketStart, type Timeframe } from '../market/timeframe.js';
import type { KnownMiss } from './instruments.js';

export interface SeriesKey extends Readonly<Record<string, unknown>> {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** The latest candles of a symbol, ascending, the open one last. */
export interface Series {
  /** In the source's spelling. */
  readonly symbol: string;
  readonly candles: readonly Candle[];
  /** When the next candle closes, ms since the epoch; null where none ever will. */
  readonly nextClose: number | null;
}

const MAX_CANDLES = 500;

/** Kept past its freshness, so that its next computation fetches what came after its last closed candle and no more. */
export const seriesPolicy: PolicyOptions<Series> = {
  name: 'series',
  ttl: '60s',
  ttlName: 'CANDLES_OPEN',
  keepFor: '24h',
  alone: 'ttl',
  until: untilNextClose,
  tags: ['candles:{$args.symbol}:{$args.timeframe}'],
};

/** Freshness left of what rests on closed candles, ms: until the next one closes. */
export function untilNextClose({ nextClose }: { readonly nextClose: number | null }, clock: Clock): number | undefined {
  return nextClose === null ? undefined : nextClose - clock.now();
}

/** When the next candle closes, ms since the epoch: some time after its bucket's end; null where none ever will. */
export function nextClose(market: MarketData, timeframe: Timeframe): number | null {
  if (market.frozen) return null;
  const open = bucketStart(market.now() - market.closeDelayMs, timeframe);
  return bucketEnd(open, timeframe) + market.closeDelayMs;
}

/** How many candles a series holds: what one call of the source answers, 500 at the most. */
export function seriesLength(market: MarketData): number {
  return Math.min(MAX_CANDLES, market.candlesPerCall);
}

/** Series in one call, those that were known before by what is new in them. */
export async function computeSeries(
  market: MarketData,
  known: readonly KnownMiss<Series>[],
): Promise<(Series | Error)[]> {
  const length = seriesLength(market);
  const whole = ({ instrument, miss }: KnownMiss<Series>): CandleRequest => ({
    symbol: instrument.symbol,
    timeframe: miss.args['timeframe'] as Timeframe,
    limit: length,
  });
  const newest = (of: KnownMiss<Series>): CandleRequest => {
    const lastClosed = of.miss.previous?.candles.findLast(({ closed }) => closed);
    return lastClosed ? { ...whole(of), from: lastClosed.time } : whole(of);
  };
  // Before the fetch: a candle that closes while it runs is not in its answer.
  const closes = known.map(({ miss }) => nextClose(market, miss.args['timeframe'] as Timeframe));
  const fetched = await market.candles(known.map(newest));
  const merged = known.map(({ miss }, i) =>
    advance(miss.previous, fetched[i] ?? new Error('A series was lost.'), length),
  );
  // A revised candle, or more new ones than one call holds: what was kept is of no use.
  const broken = known.filter((_, i) => merged[i] === undefined);
  const refetched = broken.length === 0 ? [] : await market.candles(broken.map(whole));
  return known.map((of, i) => {
    const candles = merged[i] ?? refetched[broken.indexOf(of)] ?? new Error('A series was lost.');
    if (candles instanceof Error) return candles;
    return { symbol: of.instrument.symbol, candles, nextClose: closes[i] ?? null };
  });
}

/** Private: the kept candles with the new ones, which begin with the last closed one; undefined where they do not fit together. */
function advance(
  previous: Series | undefined,
  fetched: readonly Candle[] | Error,
  length: number,
): readonly Candle[] | Error | undefined {
  if (fetched instanceof Error || !previous) return fetched;
  const closed = previous.candles.filter((candle) => candle.closed);
  const last = closed.at(-1);
  if (!last) return fetched;
  const [overlap] = fetched;
  const fits = overlap && overlap.time === last.time && overlap.close === last.close && overlap.volume === last.volume;
  return fits && fetched.length < length ? [...closed.slice(0, -1), ...fetched].slice(-length) : undefined;
}

import type { PolicyOptions } from '../cache/index.js';
import type { MarketData } from '../market/market-data.js';
import { bucketEnd, bucketsBefore, bucketStart, TIMEFRAME_MS, type Timeframe } from '../market/timeframe.js';
import type { KnownMiss } from './instruments.js';
import { packBars } from './packed-bars.js';
import { nextClose, untilNextClose } from './series.js';

/** Most candles of a range. */
export const MAX_BARS = 20_000;

/** [from, to) by opening time, ms since the epoch; `from` null: the last {@link MAX_BARS}; `to` null: up to the source's present. */
export interface BarsRange {
  readonly timeframe: Timeframe;
  readonly from: number | null;
  readonly to: number | null;
}

export interface BarsKey extends BarsRange, Readonly<Record<string, unknown>> {
  readonly symbol: string;
}

/** The closed candles of a range. */
export interface Bars {
  /** In the source's spelling. */
  readonly symbol: string;
  readonly packed: Uint8Array;
  /** When the range's next candle closes, ms since the epoch; null where none ever will. */
  readonly nextClose: number | null;
}

/** Kept for other strategies over the same range. */
export const barsPolicy: PolicyOptions<Bars> = {
  name: 'bars',
  ttl: '24h',
  ttlName: 'CANDLES_CLOSED',
  alone: 'ttl',
  until: untilNextClose,
  // A chunk of a source that answers a few hundred candles a call.
  timeout: '10m',
  tags: ['candles:{$args.symbol}:{$args.timeframe}'],
};

/** Of a source that answers all requests in one call: to ask it again costs less than to keep what it said. */
export const passingBarsPolicy: PolicyOptions<Bars> = { ...barsPolicy, ttl: 0, ttlName: undefined };

/** All ranges in one call of the source. */
export async function fetchBars(market: MarketData, known: readonly KnownMiss<Bars>[]): Promise<(Bars | Error)[]> {
  const keys = known.map(({ miss, instrument: { symbol } }) => ({ ...(miss.args as BarsKey), symbol }));
  // Before the fetch: a candle that closes while it runs is not in its answer.
  const closes = keys.map((key) => (isOver(key, market) ? null : nextClose(market, key.timeframe)));
  const fetched = await market.candles(
    keys.map(({ symbol, timeframe, from, to }) => {
      return { symbol, timeframe, from: from ?? undefined, to: to ?? undefined, limit: MAX_BARS };
    }),
  );
  return keys.map(({ symbol }, i) => {
    const candles = fetched[i] ?? new Error('A range was lost.');
    if (candles instanceof Error) return candles;
    return { symbol, packed: packBars(candles.filter(({ closed }) => closed)), nextClose: closes[i] ?? null };
  });
}

/** Whether a range begins more than {@link MAX_BARS} buckets before its end, or the present. */
export function isTooLong({ timeframe, from, to }: BarsRange, now: number): boolean {
  if (from === null) return false;
  const last = bucketStart(Math.min((to ?? Infinity) - 1, now), timeframe);
  return from <= bucketsBefore(last, MAX_BARS, timeframe);
}

/** About how many candles a range has in memory by being fetched. */
export function countNewBars({ timeframe, from, to }: BarsRange, now: number): number {
  const span = Math.min(to ?? Infinity, now) - Math.max(from ?? -Infinity, EARLIEST);
  return Math.max(1, Math.min(MAX_BARS, Math.ceil(span / TIMEFRAME_MS[timeframe])));
}

/** Older candles are those of files, which are in memory anyway. */
const EARLIEST = Date.UTC(2015, 0, 1);

/** Private: whether the last bucket of the range has closed, so that nothing in it can change. */
function isOver({ timeframe, to }: BarsRange, market: MarketData): boolean {
  return to !== null && bucketEnd(bucketStart(to - 1, timeframe), timeframe) <= market.now() - market.closeDelayMs;
}

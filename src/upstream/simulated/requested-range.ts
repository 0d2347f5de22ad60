import type { CandleRequest } from '../../market/market-data.js';
import { bucketEnd, bucketsBefore, bucketStart, type Timeframe } from '../../market/timeframe.js';

/** What a market has of every timeframe: candles that open from `earliest` to `now`, at most `most` at a time. */
interface Extent {
  readonly earliest: number;
  readonly now: number;
  readonly most: number;
}

/**
 * The buckets that a request asks for, as [from, to) in ms since the epoch. Undefined where there is none, as for a range that ends
 * before it begins or that is not a number: each comparison with NaN is false.
 */
export function requestedRange(
  { timeframe, from, to, limit }: CandleRequest,
  extent: Extent,
): { from: number; to: number } | undefined {
  const count = Math.floor(Math.min(limit, extent.most));
  const oldest = bucketStart(extent.earliest, timeframe);
  const newest = bucketStart(Math.min(Math.ceil(to ?? Infinity) - 1, extent.now), timeframe);
  const first =
    from === undefined
      ? Math.max(oldest, bucketsBefore(newest, count - 1, timeframe))
      : bucketAtOrAfter(Math.max(oldest, from), timeframe);
  const last = from === undefined ? newest : Math.min(newest, bucketsBefore(first, 1 - count, timeframe));
  return count > 0 && first <= last ? { from: first, to: bucketEnd(last, timeframe) } : undefined;
}

/** Private */
function bucketAtOrAfter(time: number, timeframe: Timeframe): number {
  const start = bucketStart(time, timeframe);
  return start < time ? bucketEnd(start, timeframe) : start;
}

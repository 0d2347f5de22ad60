import type { Candle } from './candle.js';
import type { CandleRequest } from './market-data.js';

/**
 * What a request asks of a series that is held whole: the candles of [from, to) by opening time, with `from` the first `limit` of
 * them, without it the last. `candles` ascend by time; the answer is a copy and does too.
 */
export function selectCandles(
  candles: readonly Candle[],
  { from, to, limit }: Pick<CandleRequest, 'from' | 'to' | 'limit'>,
): Candle[] {
  const count = Math.max(0, limit);
  const end = to === undefined ? candles.length : firstAtOrAfter(candles, to);
  if (from === undefined) return candles.slice(Math.max(0, end - count), end);
  const start = firstAtOrAfter(candles, from);
  return candles.slice(start, Math.min(end, start + count));
}

/** Private: the index of the first candle that opens at `time` or later, by halving: a series may hold millions. */
function firstAtOrAfter(candles: readonly Candle[], time: number): number {
  let low = 0;
  let high = candles.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candle = candles[middle];
    if (candle && candle.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

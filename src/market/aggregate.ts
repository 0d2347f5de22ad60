import type { Candle } from './candle.js';
import { bucketEnd, bucketStart, type Timeframe } from './timeframe.js';

/**
 * Candles of a longer timeframe from ascending candles of a shorter one that divides it. Buckets without a single candle are gaps and
 * stay gaps. A candle is closed where the bucket ended at or before `closedUntil` (ms since the epoch).
 */
export function aggregate(candles: readonly Candle[], timeframe: Timeframe, closedUntil: number): Candle[] {
  const result: Candle[] = [];
  let current: { -readonly [K in keyof Candle]: Candle[K] } | undefined;
  for (const candle of candles) {
    const start = bucketStart(candle.time, timeframe);
    if (!current || start !== current.time) {
      current = { ...candle, time: start, closed: bucketEnd(start, timeframe) <= closedUntil };
      result.push(current);
    } else {
      current.high = Math.max(current.high, candle.high);
      current.low = Math.min(current.low, candle.low);
      current.close = candle.close;
      current.volume += candle.volume;
    }
  }
  return result;
}

import type { CandleColumns } from '../../market/candle-columns.js';
import { bucketStart } from '../../market/timeframe.js';

/** Bars as a strategy is handed them. All columns are of one length. */
export interface HandedBars {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Index of the bar of the market at whose close each is known. */
  readonly knownAt: Int32Array;
}

/** Each bar as it is. */
export function everyBar({ high, low, close }: CandleColumns): HandedBars {
  return { high, low, close, knownAt: Int32Array.from(close.keys()) };
}

/**
 * One bar for each UTC day that has any, known with the day's last bar: its close, and the day's high and low. The last bar given ends the
 * last day. Bars of a day or longer are handed as they are.
 */
export function dailyBars({ time, high, low, close }: CandleColumns): HandedBars {
  const knownAt = lastOfDays(time);
  const from = (day: number) => (knownAt[day - 1] ?? -1) + 1;
  return {
    high: Float64Array.from(knownAt, (to, day) => high.subarray(from(day), to + 1).reduce((a, b) => Math.max(a, b))),
    low: Float64Array.from(knownAt, (to, day) => low.subarray(from(day), to + 1).reduce((a, b) => Math.min(a, b))),
    close: Float64Array.from(knownAt, (to) => close[to] ?? NaN),
    knownAt,
  };
}

/** How many UTC days have a bar: as many as {@link dailyBars} has. */
export function countDays(time: Float64Array): number {
  return lastOfDays(time).length;
}

/** Private */
function lastOfDays(time: Float64Array): Int32Array {
  const days = time.map((each) => bucketStart(each, 'D1'));
  return Int32Array.from(days.keys()).filter((index) => days[index] !== days[index + 1]);
}

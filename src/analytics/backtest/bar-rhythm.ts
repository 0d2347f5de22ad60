import { bucketStart, TIMEFRAME_MS } from '../../market/timeframe.js';

/** How often bars come, read from their times as backtesting.py does. */
export interface BarRhythm {
  /** The largest of a day, an hour, a minute and a second that divides the usual distance of two bars. */
  readonly resolutionSeconds: number;
  /** Periods in a year: 252 or 365 days, 52 weeks, 12 months or 1 year. Bars other than weeks, months and years are counted in days. */
  readonly periodsPerYear: number;
  /** The day, week, month or year of a time, UTC, as a number that another one does not have. */
  readonly periodOf: (time: number) => number;
}

const DAY_SECONDS = 86_400;

/** So many of the last bars tell the usual distance. */
const BARS_LOOKED_AT = 100;

/** A market with this share of its bars on Saturdays and Sundays, six tenths of what they are of a week, trades at weekends. */
const WEEKEND_SHARE = (2 / 7) * 0.6;

/** Of ascending opening times, ms since the epoch. */
export function barRhythm(times: Float64Array): BarRhythm {
  const distance = medianDistance(times);
  return { resolutionSeconds: resolutionOf(distance), ...yearOf(Math.floor(distance / TIMEFRAME_MS.D1), times) };
}

/** Private: ms; NaN of a single bar. */
function medianDistance(times: Float64Array): number {
  const last = times.slice(-BARS_LOOKED_AT);
  const distances = last.subarray(1).map((time, index) => time - (last[index] ?? NaN));
  distances.sort();
  const middle = distances.length / 2;
  return ((distances[Math.ceil(middle) - 1] ?? NaN) + (distances[Math.floor(middle)] ?? NaN)) / 2;
}

/** Private */
function resolutionOf(distance: number): number {
  return [DAY_SECONDS, 3_600, 60].find((seconds) => distance % (seconds * 1_000) === 0) ?? 1;
}

/** Private: of bars that are `days` whole days apart. */
function yearOf(days: number, times: Float64Array): Pick<BarRhythm, 'periodsPerYear' | 'periodOf'> {
  if (days === 7) return { periodsPerYear: 52, periodOf: (time) => bucketStart(time, 'W1') };
  if (days === 31) return { periodsPerYear: 12, periodOf: (time) => bucketStart(time, 'MN1') };
  if (days === 365) return { periodsPerYear: 1, periodOf: (time) => new Date(time).getUTCFullYear() };
  return { periodsPerYear: tradesAtWeekends(times) ? 365 : 252, periodOf: (time) => bucketStart(time, 'D1') };
}

/** Private */
function tradesAtWeekends(times: Float64Array): boolean {
  const atWeekends = times.filter((time) => time - bucketStart(time, 'W1') >= 5 * TIMEFRAME_MS.D1);
  return atWeekends.length / times.length > WEEKEND_SHARE;
}

/** The lengths of candles, shortest first. */
export const TIMEFRAMES = ['M1', 'M5', 'M15', 'H1', 'H4', 'H6', 'D1', 'W1', 'MN1'] as const;

export type Timeframe = (typeof TIMEFRAMES)[number];

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** 1970-01-01 was a Thursday: the first Monday is four days later. */
const FIRST_MONDAY = 4 * DAY;

/** Milliseconds of a timeframe; a month, whose length varies, counts 30 days here. */
export const TIMEFRAME_MS: Readonly<Record<Timeframe, number>> = {
  M1: MINUTE,
  M5: 5 * MINUTE,
  M15: 15 * MINUTE,
  H1: 60 * MINUTE,
  H4: 240 * MINUTE,
  H6: 360 * MINUTE,
  D1: DAY,
  W1: 7 * DAY,
  MN1: 30 * DAY,
};

/**
 * The opening time of the bucket that holds `time`, both in ms since the epoch. Buckets align to 00:00 UTC, W1 to Monday, MN1 to
 * the first of the month.
 */
export function bucketStart(time: number, timeframe: Timeframe): number {
  if (timeframe === 'MN1') {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const origin = timeframe === 'W1' ? FIRST_MONDAY : 0;
  const length = TIMEFRAME_MS[timeframe];
  return Math.floor((time - origin) / length) * length + origin;
}

/** The end of the bucket that opens at `start`: the opening of the next one. */
export function bucketEnd(start: number, timeframe: Timeframe): number {
  if (timeframe === 'MN1') {
    const date = new Date(start);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }
  return start + TIMEFRAME_MS[timeframe];
}

/** The opening time `count` buckets before (negative: after) the bucket that opens at `start`. */
export function bucketsBefore(start: number, count: number, timeframe: Timeframe): number {
  if (timeframe === 'MN1') {
    const date = new Date(start);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - count, 1);
  }
  return start - count * TIMEFRAME_MS[timeframe];
}

/** Whether whole buckets of `shorter` fill a bucket of `longer`, so that the one can be built from the other. */
export function dividesInto(shorter: Timeframe, longer: Timeframe): boolean {
  if (shorter === longer) return true;
  if (TIMEFRAME_MS[shorter] >= TIMEFRAME_MS[longer] || shorter === 'W1') return false;
  return longer === 'MN1' || TIMEFRAME_MS[longer] % TIMEFRAME_MS[shorter] === 0;
}

import { TIMEFRAME_MS, TIMEFRAMES, type Timeframe } from '../../market/timeframe.js';

/** How rows follow one another. */
export interface Step {
  readonly timeframe: Timeframe;
  /** Rows are finer than their timeframe (30 minutes: H1), so that several make a candle. */
  readonly finer: boolean;
}

/** How often each step occurs, by its ms; that of a month counts 30 days, whatever the month. */
export type StepCounts = Map<number, number>;

const { M1: MINUTE, D1: DAY, MN1: MONTH } = TIMEFRAME_MS;

/** Adds the steps between `times`, which ascend. */
export function countSteps(times: readonly number[], counts: StepCounts = new Map()): StepCounts {
  for (let i = 1; i < times.length; i += 1) {
    const step = (times[i] ?? 0) - (times[i - 1] ?? 0);
    if (step === 0) continue;
    const known = isMonth(step) ? MONTH : step;
    counts.set(known, (counts.get(known) ?? 0) + 1);
  }
  return counts;
}

/**
 * The timeframe that the most frequent step says, of equally frequent ones the shortest: gaps (weekends, nights, outages) are rarer. A
 * step that is no timeframe itself but fills one up to a day (30 minutes: H1) makes that one. Undefined where it does neither, or where
 * fewer than `least` steps say so.
 */
export function inferTimeframe(counts: StepCounts, least = 1): Step | undefined {
  const [mode] = [...counts].sort(([a, timesA], [b, timesB]) => timesB - timesA || a - b);
  if (!mode || mode[1] < least) return undefined;
  const [step] = mode;
  const same = TIMEFRAMES.find((timeframe) => TIMEFRAME_MS[timeframe] === step);
  if (same) return { timeframe: same, finer: false };
  if (step < MINUTE) return { timeframe: 'M1', finer: true };
  const filled = TIMEFRAMES.find((timeframe) => TIMEFRAME_MS[timeframe] <= DAY && TIMEFRAME_MS[timeframe] % step === 0);
  return filled ? { timeframe: filled, finer: true } : undefined;
}

/** Private: between equal days of two months, or their last ones; an hour less or more where clocks changed. */
function isMonth(step: number): boolean {
  const hour = DAY / 24;
  return step >= 28 * DAY - hour && step <= 31 * DAY + hour;
}

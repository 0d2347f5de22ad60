/** What strategies look at: columns of one length. */
export interface RuleBars {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** A strategy as a function of bars. */
export interface Rule {
  /** Index of the first bar at which every indicator has a value: the strategy is asked from the next bar on. */
  readonly warmup: number;
  /** Index of the first bar on which it can say anything. */
  readonly earliest: number;
  /** Long and short: whether a signal for the side that it is on closes and enters anew. */
  readonly reenters: boolean;
  /** `UP`, `DOWN` or 0 for each bar, by what is known at its close. */
  readonly signals: (bars: RuleBars) => Int8Array;
}

/** A rule of crossings, which take the first bar that is warm and the one after it. */
export function crossingRule(warmup: number, signals: Rule['signals']): Rule {
  return { warmup, earliest: warmup + 1, reenters: false, signals };
}

/** Bars below a peak. */
export interface DrawdownPeriod {
  /** Index of the last bar at the peak. */
  readonly start: number;
  /** Index of the bar that is back at it, or the last one. */
  readonly end: number;
  /** The deepest drawdown between them. */
  readonly depth: number;
}

/** How far each value is below the highest up to it, as a fraction of that: 0 at a peak, 1 where everything is lost. Begins above 0. */
export function drawdownsOf(equity: Float64Array): Float64Array {
  let peak = -Infinity;
  return equity.map((value) => {
    peak = Math.max(peak, value);
    return 1 - value / peak;
  });
}

/**
 * The periods of a series of drawdowns, in order. A fall on the very last bar alone is none, for nothing is between it and its peak
 * (as in backtesting.py).
 */
export function drawdownPeriods(drawdowns: ArrayLike<number>): DrawdownPeriod[] {
  const periods: DrawdownPeriod[] = [];
  let start = 0;
  let depth = 0;
  for (let index = 1; index < drawdowns.length; index++) {
    const drawdown = drawdowns[index] ?? 0;
    depth = Math.max(depth, drawdown);
    if (drawdown !== 0 && index < drawdowns.length - 1) continue;
    if (index > start + 1) periods.push({ start, end: index, depth });
    start = index;
    depth = 0;
  }
  return periods;
}

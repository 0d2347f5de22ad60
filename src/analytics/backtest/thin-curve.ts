/** Equity by bar, columns side by side; of many bars the ones that {@link thinCurve} keeps. */
export interface EquityCurve {
  /** ms since the epoch, ascending. */
  readonly time: readonly number[];
  /** Quote units. */
  readonly equity: readonly number[];
  /** Against the peak up to the bar, zero or negative. */
  readonly drawdownPercent: readonly number[];
}

/** The same in arrays of any kind. */
export type EquityColumns = { readonly [Column in keyof EquityCurve]: ArrayLike<number> };

/**
 * At most `maxPoints` of the points of a curve, by which it looks the same. The first and the last are kept, then, as long as there is
 * room, in this order: the highest and the lowest equity, the deepest drawdown and the peak before it. The rest of the room goes to
 * the points of {@link largestTriangles}; where an extreme is one of them anyway, a point less is kept. A curve thinned twice has the
 * same extremes. A RangeError where `maxPoints` is not a whole number of at least 2.
 */
export function thinCurve(curve: EquityColumns, maxPoints: number): EquityCurve {
  if (!(Number.isSafeInteger(maxPoints) && maxPoints >= 2)) {
    throw new RangeError(`maxPoints must be a whole number of at least 2, but got: ${maxPoints}`);
  }
  if (curve.time.length <= maxPoints)
    return pick(
      curve,
      Array.from(curve.time, (_, index) => index),
    );
  const extremes = extremesOf(curve).slice(0, maxPoints);
  const filling = largestTriangles(curve, maxPoints - extremes.length);
  return pick(
    curve,
    [...new Set([...extremes, ...filling])].sort((left, right) => left - right),
  );
}

/** Private: indices, each once, the most important first. */
function extremesOf({ equity, drawdownPercent }: EquityColumns): number[] {
  const deepest = indexOfBest(drawdownPercent, (value, best) => value < best);
  let peak = deepest;
  while (peak > 0 && drawdownPercent[peak] !== 0) peak--;
  const highest = indexOfBest(equity, (value, best) => value > best);
  const lowest = indexOfBest(equity, (value, best) => value < best);
  return [...new Set([0, equity.length - 1, highest, lowest, deepest, peak])];
}

/** Private: of the first value that no other is better than. */
function indexOfBest(values: ArrayLike<number>, isBetter: (value: number, best: number) => boolean): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if (isBetter(values[index] ?? NaN, values[best] ?? NaN)) best = index;
  }
  return best;
}

/**
 * Private: indices by largest-triangle-three-buckets (Steinarsson 2013), one of each of `count` equal buckets between the first point
 * and the last: the point that makes the largest triangle with the one taken before it and the mean of the bucket after.
 */
function largestTriangles(curve: EquityColumns, count: number): number[] {
  const size = curve.time.length;
  const startOf = (bucket: number) => Math.min(1 + Math.floor((bucket * (size - 2)) / count), size);
  const taken: number[] = [];
  for (let bucket = 0; bucket < count; bucket++) {
    const [start, end, nextEnd] = [startOf(bucket), startOf(bucket + 1), startOf(bucket + 2)];
    taken.push(farthest(curve, taken.at(-1) ?? 0, { start, end, nextEnd }));
  }
  return taken;
}

/** Private: of a bucket, the index of the point farthest from the line between the point `from` and the mean of the next bucket. */
function farthest(
  { time, equity }: EquityColumns,
  from: number,
  { start, end, nextEnd }: { readonly start: number; readonly end: number; readonly nextEnd: number },
): number {
  const fromTime = time[from] ?? NaN;
  const fromEquity = equity[from] ?? NaN;
  const run = meanBetween(time, end, nextEnd) - fromTime;
  const rise = meanBetween(equity, end, nextEnd) - fromEquity;
  let best = start;
  let largest = 0;
  for (let index = start; index < end; index++) {
    const area = Math.abs(run * ((equity[index] ?? NaN) - fromEquity) - rise * ((time[index] ?? NaN) - fromTime));
    if (area > largest) [largest, best] = [area, index];
  }
  return best;
}

/** Private */
function meanBetween(values: ArrayLike<number>, start: number, end: number): number {
  let sum = 0;
  for (let index = start; index < end; index++) sum += values[index] ?? NaN;
  return sum / (end - start);
}

/** Private */
function pick(curve: EquityColumns, indices: readonly number[]): EquityCurve {
  const column = (values: ArrayLike<number>) => indices.map((index) => values[index] ?? NaN);
  return {
    time: column(curve.time),
    equity: column(curve.equity),
    drawdownPercent: column(curve.drawdownPercent),
  };
}

/** The arithmetic mean; NaN of no values. */
export function mean(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index] ?? NaN;
  return total / values.length;
}

/** The variance of a sample, divided by one less than its size; NaN of fewer than two values. */
export function variance(values: ArrayLike<number>): number {
  return covariance(values, values);
}

/** The covariance of two samples of the same size, divided by one less than that; NaN of fewer than two pairs. */
export function covariance(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const leftMean = mean(left);
  const rightMean = mean(right);
  let products = 0;
  for (let index = 0; index < left.length; index++) {
    products += ((left[index] ?? NaN) - leftMean) * ((right[index] ?? NaN) - rightMean);
  }
  return products / (left.length - 1);
}

/** The return that, made each time, compounds to the same; 0 where one of them loses everything, NaN of none. Fractions. */
export function geometricMean(returns: ArrayLike<number>): number {
  let logarithms = 0;
  for (let index = 0; index < returns.length; index++) {
    const factor = 1 + (returns[index] ?? NaN);
    if (factor <= 0) return 0;
    logarithms += Math.log(factor);
  }
  return Math.exp(logarithms / returns.length) - 1;
}

/** The highest value; -Infinity of none. */
export function highest(values: ArrayLike<number>): number {
  let best = -Infinity;
  for (let index = 0; index < values.length; index++) best = Math.max(best, values[index] ?? NaN);
  return best;
}

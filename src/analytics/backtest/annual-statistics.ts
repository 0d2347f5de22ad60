import type { BarRhythm } from './bar-rhythm.js';
import { finiteOrNull } from './finite-or-null.js';
import { geometricMean, highest, mean, variance } from './sample-statistics.js';

const MS_PER_YEAR = 365.25 * 86_400_000;

/** Private */
interface Context {
  readonly rhythm: BarRhythm;
  /** By bar, fractions. */
  readonly drawdowns: Float64Array;
}

/**
 * What equity did in a year, from its value at the end of each day (of each week, month or year where the bars are that long). Nothing
 * is free of risk here: the free rate is 0. Null where there is one day alone, but for the growth rate.
 */
export function annualStatistics(times: Float64Array, equity: Float64Array, { rhythm, drawdowns }: Context) {
  const { periodsPerYear } = rhythm;
  const returns = returnsOf(lastOfEachPeriod(times, equity, rhythm));
  const typical = geometricMean(returns);
  const annual = (1 + typical) ** periodsPerYear - 1;
  const volatility = annualVolatility(returns, typical, periodsPerYear);
  const volatilityPercent = finiteOrNull(volatility * 100);
  return {
    annualizedReturnPercent: finiteOrNull(annual * 100),
    volatilityPercent,
    cagrPercent: finiteOrNull(growthRate(times, equity) * 100),
    // What is out of reach is no divisor: the ratio would be a 0 that says nothing.
    sharpeRatio: volatilityPercent === null ? null : finiteOrNull(annual / volatility),
    sortinoRatio: finiteOrNull(annual / (downsideDeviation(returns) * Math.sqrt(periodsPerYear))),
    calmarRatio: finiteOrNull(annual / highest(drawdowns)),
  };
}

/** Private */
function lastOfEachPeriod(times: Float64Array, equity: Float64Array, { periodOf }: BarRhythm): Float64Array {
  const periods = times.map(periodOf);
  return equity.filter((_, index) => periods[index] !== periods[index + 1]);
}

/** Private: where nothing is left there is no return. */
function returnsOf(values: Float64Array): Float64Array {
  const returns = values.subarray(1).map((value, index) => value / (values[index] ?? NaN) - 1);
  return returns.filter(Number.isFinite);
}

/** Private: of returns that are compounded. */
function annualVolatility(returns: Float64Array, typical: number, periodsPerYear: number): number {
  const square = (1 + typical) ** 2;
  return Math.sqrt((variance(returns) + square) ** periodsPerYear - square ** periodsPerYear);
}

/** Private: the losses among the returns, the others counted as 0. */
function downsideDeviation(returns: Float64Array): number {
  return Math.sqrt(mean(returns.map((change) => Math.min(change, 0) ** 2)));
}

/** Private: compounded, from the first bar to the last. */
function growthRate(times: Float64Array, equity: Float64Array): number {
  const years = ((times.at(-1) ?? NaN) - (times[0] ?? NaN)) / MS_PER_YEAR;
  return ((equity.at(-1) ?? NaN) / (equity[0] ?? NaN)) ** (1 / years) - 1;
}

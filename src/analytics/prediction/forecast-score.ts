import type { Forecast } from './walk-forward.js';

/** How good forecasts were. Plain JSON; everything but `n` is 0 to 1. */
export interface ForecastScore {
  /** How many forecasts. */
  readonly n: number;
  /** Share of the forecasts whose likelier direction came. */
  readonly accuracy: number;
  /** Wilson's 95 % interval of the accuracy. */
  readonly ciLow: number;
  readonly ciHigh: number;
  /** Share that always saying the commoner direction of the rows that the model was fitted to would have had right. */
  readonly baselineAccuracy: number;
  /** Mean of the shares of ups and of others that were forecast right: 0.5 for whoever always says the same. */
  readonly balancedAccuracy: number;
  /** Mean squared distance of the probabilities from what came; the less, the better, 0.25 for whoever always says 0.5. */
  readonly brier: number;
  /** The same of always saying the share of ups among the rows that the model was fitted to. */
  readonly baselineBrier: number;
  /**
   * Whether the forecasts were worth more than their baseline: the whole interval of the accuracy lies above that of the baseline and
   * above a coin's, and the probabilities are nearer to what came than the base rates.
   */
  readonly beatsBaseline: boolean;
}

/** What is as likely as not counts as up. A RangeError without forecasts, of which nothing can be said. */
export function scoreForecasts(forecasts: readonly Forecast[]): ForecastScore {
  const n = forecasts.length;
  if (n === 0) throw new RangeError('A score needs forecasts, but got none.');
  const accuracy = shareOf(forecasts, isRight);
  const { ciLow, ciHigh } = wilsonInterval(accuracy, n);
  const baselineAccuracy = shareOf(forecasts, ({ baseRate, isUp }) => baseRate >= 0.5 === isUp);
  const brier = meanOf(forecasts, ({ probabilityUp, isUp }) => (probabilityUp - Number(isUp)) ** 2);
  const baselineBrier = meanOf(forecasts, ({ baseRate, isUp }) => (baseRate - Number(isUp)) ** 2);
  return {
    ...{
      n,
      accuracy,
      ciLow,
      ciHigh,
      baselineAccuracy,
      balancedAccuracy: balancedAccuracy(forecasts),
      brier,
      baselineBrier,
    },
    beatsBaseline: ciLow > Math.max(baselineAccuracy, 0.5) && brier < baselineBrier,
  };
}

/** Private */
function isRight({ probabilityUp, isUp }: Forecast): boolean {
  return probabilityUp >= 0.5 === isUp;
}

/** Private: where only one of the two came, the share of that one alone. */
function balancedAccuracy(forecasts: readonly Forecast[]): number {
  const classes = [true, false].map((up) => forecasts.filter(({ isUp }) => isUp === up));
  return meanOf(
    classes.filter(({ length }) => length > 0),
    (of) => shareOf(of, isRight),
  );
}

/** Of the normal distribution: 95 % of it lie within so many standard deviations. */
const Z = 1.959964;

/** Private: unlike the normal interval it stays within 0 and 1, and has a width where all were right (Wilson 1927). */
function wilsonInterval(share: number, n: number): { ciLow: number; ciHigh: number } {
  const scale = 1 + Z ** 2 / n;
  const center = (share + Z ** 2 / (2 * n)) / scale;
  const half = (Z * Math.sqrt((share * (1 - share)) / n + (Z / (2 * n)) ** 2)) / scale;
  return { ciLow: Math.max(0, center - half), ciHigh: Math.min(1, center + half) };
}

/** Private */
function shareOf<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return meanOf(items, (item) => Number(holds(item)));
}

/** Private */
function meanOf<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + valueOf(item), 0) / items.length;
}

import type { BarRhythm } from './bar-rhythm.js';
import { finiteOrNull } from './finite-or-null.js';
import { highest, mean } from './sample-statistics.js';

/** Seconds, rounded up to the resolution of the bars, as backtesting.py does. Null where there is nothing to measure. */
export interface DurationSeconds {
  readonly longest: number | null;
  readonly average: number | null;
}

/** Of spans in ms. */
export function durationsOf(spans: readonly number[], { resolutionSeconds }: BarRhythm): DurationSeconds {
  const roundUp = (ms: number) => finiteOrNull(Math.ceil(ms / 1_000 / resolutionSeconds) * resolutionSeconds);
  return { longest: roundUp(highest(spans)), average: roundUp(mean(spans)) };
}

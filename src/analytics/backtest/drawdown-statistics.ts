import type { BarRhythm } from './bar-rhythm.js';
import { drawdownPeriods } from './drawdowns.js';
import { durationsOf } from './durations.js';
import { finiteOrNull } from './finite-or-null.js';
import { highest, mean } from './sample-statistics.js';

/** How deep equity fell below its peaks, of all bars, and how deep and for how long in its drawdown periods. `drawdowns`: fractions by bar. */
export function drawdownStatistics(times: Float64Array, drawdowns: Float64Array, rhythm: BarRhythm) {
  const periods = drawdownPeriods(drawdowns);
  const spans = periods.map(({ start, end }) => (times[end] ?? NaN) - (times[start] ?? NaN));
  const { longest, average } = durationsOf(spans, rhythm);
  return {
    maxDrawdownPercent: 0 - highest(drawdowns) * 100,
    avgDrawdownPercent: finiteOrNull(-mean(periods.map(({ depth }) => depth)) * 100),
    maxDrawdownDurationSeconds: longest,
    avgDrawdownDurationSeconds: average,
  };
}

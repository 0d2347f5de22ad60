import type { Measurement, Quantity } from '../run.js';
import { percentile } from './percentile.js';

/** Median, p99 and longest of durations in ms, as one line of a table. */
export function toQuantities(durationsMs: readonly number[], ...more: readonly Quantity[]): Omit<Measurement, 'what'> {
  return {
    value: percentile(durationsMs, 0.5),
    unit: 'ms p50',
    beside: [
      { value: percentile(durationsMs, 0.99), unit: 'ms p99' },
      { value: percentile(durationsMs, 1), unit: 'ms max' },
      ...more,
    ],
  };
}

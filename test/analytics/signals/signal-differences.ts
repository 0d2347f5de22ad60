import { getSignalValues, type SignalState } from '../../../src/analytics/signals/signal-state.js';
import type { NaiveSignals } from './naive-signals.js';

/** What a state tells, its crosses without their numbers. */
export function toldBy(state: SignalState): NaiveSignals {
  return {
    ...getSignalValues(state),
    crosses: state.crosses.map(({ kind, time, price }) => ({ kind, time, price })),
  };
}

/**
 * Empty where both say the same: averages within a relative 1e-12, trend and crosses exactly. By hand, because it is asked hundreds of
 * thousands of times.
 */
export function differences(one: NaiveSignals, other: NaiveSignals): string[] {
  const isSame =
    isNear(one.ma50, other.ma50) &&
    isNear(one.ma200, other.ma200) &&
    one.trend === other.trend &&
    one.crosses.length === other.crosses.length &&
    one.crosses.every((cross, i) => {
      const its = other.crosses[i];
      return cross.kind === its?.kind && cross.time === its.time && cross.price === its.price;
    });
  return isSame ? [] : [`${JSON.stringify(one)} is not ${JSON.stringify(other)}`];
}

/** Private */
function isNear(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return one === other;
  return Math.abs(one - other) <= 1e-12 * Math.abs(other);
}

import type { BarFeatures } from '../wyckoff/bar-features.js';

/**
 * Effort, the volume of a candle, against its result, how far it carried the close. Absorption is much effort without result, bullish
 * where the candle closed in its upper half; CONFIRMED is much effort with result, EASY_MOVE a result without effort.
 */
export type EffortResult = 'BULLISH_ABSORPTION' | 'BEARISH_ABSORPTION' | 'CONFIRMED' | 'EASY_MOVE' | 'NEUTRAL';

/** Relative volumes from which effort is much, and up to which it is little. */
const MUCH_EFFORT = 1.5;
const LITTLE_EFFORT = 0.7;
/** Average true ranges up to which the close was not carried, and from which it was. */
const NO_RESULT = 0.5;
const RESULT = 1;

/** The label of one candle, of itself and those before it alone. NEUTRAL until its features are warm. */
export function effortResult({ relativeVolume, result, closeLocation }: BarFeatures): EffortResult {
  if (relativeVolume === undefined || result === undefined) return 'NEUTRAL';
  if (relativeVolume >= MUCH_EFFORT && result <= NO_RESULT) {
    return closeLocation >= 0.5 ? 'BULLISH_ABSORPTION' : 'BEARISH_ABSORPTION';
  }
  if (relativeVolume >= MUCH_EFFORT && result >= RESULT) return 'CONFIRMED';
  return relativeVolume <= LITTLE_EFFORT && result >= RESULT ? 'EASY_MOVE' : 'NEUTRAL';
}

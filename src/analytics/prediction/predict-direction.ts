import type { Candle } from '../../market/candle.js';
import { candleFeatures } from './candle-features.js';
import { probabilityOfUp } from './logistic-regression.js';
import type { DirectionModel } from './train-model.js';

export type PredictedDirection = 'UP' | 'DOWN' | 'NEUTRAL';

export interface DirectionPrediction {
  /** That the next candle closes above the last closed one, 0 to 1. */
  readonly probabilityUp: number;
  /** NEUTRAL where the model did not beat its baseline, or the probability is hardly other than a coin's. */
  readonly direction: PredictedDirection;
}

/** Within so much of 0.5 a probability says nothing. */
export const NEUTRAL_WITHIN = 0.02;

/** What the model says of the last of ascending closed candles; `undefined` where they are too few for its features. */
export function predictDirection(
  { regression, walkForward }: DirectionModel,
  candles: readonly Candle[],
): DirectionPrediction | undefined {
  const features = candleFeatures(candles).at(-1);
  if (!features) return undefined;
  const probabilityUp = probabilityOfUp(regression, features);
  return { probabilityUp, direction: walkForward.beatsBaseline ? directionOf(probabilityUp) : 'NEUTRAL' };
}

/** Private */
function directionOf(probabilityUp: number): PredictedDirection {
  if (Math.abs(probabilityUp - 0.5) < NEUTRAL_WITHIN) return 'NEUTRAL';
  return probabilityUp > 0.5 ? 'UP' : 'DOWN';
}

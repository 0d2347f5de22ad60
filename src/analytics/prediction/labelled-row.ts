import type { Candle } from '../../market/candle.js';
import { candleFeatures, FEATURES_WARM_UP, type Features } from './candle-features.js';

/** A candle's features and what came of it. */
export interface LabelledRow {
  readonly features: Features;
  /** Whether it closed higher `HORIZON` candles later; an equal close is not higher. */
  readonly isUp: boolean;
}

/** How many candles ahead a direction is predicted. */
export const HORIZON = 1;

/** The rows of ascending closed candles, oldest first. The last candle has none: what comes of it is not known yet. */
export function labelRows(candles: readonly Candle[]): LabelledRow[] {
  return candleFeatures(candles).flatMap((features, i) => {
    const [candle, later] = [candles[i], candles[i + HORIZON]];
    return features && candle && later ? [{ features, isUp: later.close > candle.close }] : [];
  });
}

/** How many closed candles it takes to have so many rows. */
export function candlesForRows(rows: number): number {
  return FEATURES_WARM_UP + rows + HORIZON;
}

import type { Candle } from '../../market/candle.js';

/**
 * Chaikin's money-flow volume, in base units: all of the volume where the candle closes at its high, all of it negative at its low, in
 * proportion between. A candle without a range has no side: 0.
 */
export function moneyFlowVolume({ high, low, close, volume }: Candle): number {
  return high === low ? 0 : ((close - low - (high - close)) / (high - low)) * volume;
}

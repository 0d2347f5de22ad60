import type { Candle } from '../../market/candle.js';

export type SwingKind = 'HIGH' | 'LOW';

/** A candle that stands out among its neighbours. */
export interface Pivot {
  readonly kind: SwingKind;
  /** Its candle. */
  readonly index: number;
  /** The candle after which it is known, `span` later; nothing may use it before. */
  readonly confirmedAt: number;
  /** The candle's high or low. */
  readonly price: number;
}

/**
 * The pivots of ascending candles, in the order of their candles: a high above every high of the `span` candles on either side, a low
 * below every low (strict: of equal ones none is a pivot). One candle may be both, the high then comes first. With span 2 these are
 * Williams' fractals.
 */
export function findPivots(candles: readonly Candle[], span: number): Pivot[] {
  return candles.flatMap((_, index) => pivotsAt(candles, index, span));
}

/** The pivots of the candle at `index`; none where it lacks a neighbour. */
export function pivotsAt(candles: readonly Candle[], index: number, span: number): Pivot[] {
  const candle = candles[index];
  const neighbours = [
    ...candles.slice(Math.max(0, index - span), index),
    ...candles.slice(index + 1, index + 1 + span),
  ];
  if (!candle || index < 0 || neighbours.length < 2 * span) return [];
  const at = { index, confirmedAt: index + span };
  const pivots: Pivot[] = [];
  if (neighbours.every(({ high }) => high < candle.high)) pivots.push({ kind: 'HIGH', ...at, price: candle.high });
  if (neighbours.every(({ low }) => low > candle.low)) pivots.push({ kind: 'LOW', ...at, price: candle.low });
  return pivots;
}

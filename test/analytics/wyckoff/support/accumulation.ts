import type { Candle } from '../../../../src/market/candle.js';
import { rangeCandles } from './range-candles.js';

/** The candle of the sign of strength of {@link accumulation}; its last point of support is four later. */
export const SIGN = 108;

/** A fall that stops in a climax, a range that is tested and sprung, and the way out of it. */
export function accumulation(): Candle[] {
  const way = [208, 206, 205, 204, 203, 204, 205, 206, 208, 210, 212, 214, 216, 218, 220];
  const left = way.map(
    (close, index) => [SIGN + index, { close, high: close + 1, low: close - 1, volume: 9 }] as const,
  );
  return rangeCandles(SIGN + way.length, {
    changes: {
      60: { high: 201, low: 192, close: 198, volume: 40 },
      97: { low: 191, volume: 8 },
      ...Object.fromEntries(left),
      [SIGN]: { close: 208, high: 209, low: 200, volume: 20 },
    },
  });
}

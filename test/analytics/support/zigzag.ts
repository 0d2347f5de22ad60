import type { Candle } from '../../../src/market/candle.js';
import { candleAt } from './candles.js';

/** The candle at which {@link zigzag} reaches its first turn. */
export const FIRST_TURN = 20;
/** Candles from one turn to the next. */
export const LEG = 5;

/**
 * Candles whose closes go straight from turn to turn, {@link LEG} candles each, after a rise of {@link FIRST_TURN} candles by 2 each to
 * the first. Each reaches 0.5 above and below its close, so that over the rise the average true range is 2.5, and a turn at 100 is a
 * high of 100.5 or a low of 99.5. `volumeOf` is asked for the volume of the candle at an index.
 */
export function zigzag(turns: readonly number[], volumeOf: (index: number) => number = () => 1): Candle[] {
  const [first = 0, ...rest] = turns;
  const closes = Array.from({ length: FIRST_TURN + 1 }, (_, index) => first - 2 * (FIRST_TURN - index));
  let from = first;
  for (const to of rest) {
    for (let step = 1; step <= LEG; step++) closes.push(from + ((to - from) * step) / LEG);
    from = to;
  }
  return closes.map((close, index) =>
    candleAt(index, close, { high: close + 0.5, low: close - 0.5, volume: volumeOf(index) }),
  );
}

/** The index of a turn of {@link zigzag}. */
export function turnAt(turn: number): number {
  return FIRST_TURN + turn * LEG;
}

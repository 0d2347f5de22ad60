import type { Candle } from '../../../../src/market/candle.js';
import { candleAt } from '../../support/candles.js';

/** The candle at which the waves of {@link rangeCandles} begin. */
export const RANGE_START = 60;

/** Around which they go, and which reflects them onto themselves half a wave later. */
export const MIDDLE = 200;

const WAVE = [2, 4, 2, 0, -2, -4, -2, 0];

/**
 * Closes that go in a line from `from` to {@link MIDDLE}, and from candle {@link RANGE_START} on 4 up and 4 down by 2 a candle. Each
 * candle reaches 1 above and below its close, so that where closes go by 2 the average true range is 3, and the waves make a trading
 * range from 195 to 205. Ten trade in each. `changes` replaces parts of single candles.
 */
export function rangeCandles(
  length: number,
  { from = FALL, changes = {} }: { from?: number; changes?: Readonly<Record<number, Partial<Candle>>> } = {},
): Candle[] {
  return Array.from({ length }, (_, index) => {
    const close =
      index < RANGE_START
        ? from + ((MIDDLE - from) * index) / RANGE_START
        : MIDDLE + (WAVE[(index - RANGE_START) % WAVE.length] ?? 0);
    return { ...candleAt(index, close, { high: close + 1, low: close - 1, volume: 10 }), ...changes[index] };
  });
}

/** From where closes fall by 2 a candle to the waves, and from where they rise by 2. */
export const FALL = 320;
export const RISE = 80;

/** The candles upside down around {@link MIDDLE}; whole prices stay whole. */
export function upsideDown(candles: readonly Candle[]): Candle[] {
  const turn = (price: number) => 2 * MIDDLE - price;
  return candles.map((candle) => ({
    ...candle,
    open: turn(candle.open),
    high: turn(candle.low),
    low: turn(candle.high),
    close: turn(candle.close),
  }));
}

import type { Candle } from '../../market/candle.js';

/** What a candle's volume is priced at where one price must do: the mean of high, low and close. */
export function typicalPrice({ high, low, close }: Candle): number {
  return (high + low + close) / 3;
}

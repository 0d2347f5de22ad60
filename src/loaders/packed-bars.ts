import type { Candle } from '../market/candle.js';
import type { CandleColumns } from '../market/candle-columns.js';
import { allotColumns, columnOf } from './packed-columns.js';

const COLUMNS = 6;

/** Candles column after column, as bytes: a quarter of what they take in memory else, stored and copied in no time. */
export function packBars(candles: readonly Candle[]): Uint8Array {
  const buffer = allotColumns(COLUMNS, candles.length);
  const bars = columnsOf(buffer);
  // Hundreds of thousands in one go: a loop over the names of the columns would take five times as long.
  candles.forEach((candle, bar) => {
    bars.time[bar] = candle.time;
    bars.open[bar] = candle.open;
    bars.high[bar] = candle.high;
    bars.low[bar] = candle.low;
    bars.close[bar] = candle.close;
    bars.volume[bar] = candle.volume;
  });
  return new Uint8Array(buffer);
}

/** What {@link packBars} packed, in a copy of one's own: its buffer may be handed to a thread, the columns are views of it. */
export function unpackBars(packed: Uint8Array): { readonly bars: CandleColumns; readonly buffer: ArrayBuffer } {
  const { buffer } = packed.slice();
  return { bars: columnsOf(buffer), buffer };
}

/** Private */
function columnsOf(buffer: ArrayBuffer): CandleColumns {
  const column = (index: number) => columnOf(buffer, index, COLUMNS);
  return { time: column(0), open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) };
}

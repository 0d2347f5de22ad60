import type { EquityColumns } from '../analytics/backtest/thin-curve.js';
import { allotColumns, columnOf } from './packed-columns.js';

const COLUMNS = 3;

/**
 * A curve column after column, its bytes in base64: less than half of what its numbers take in memory once they are frozen. A string and
 * not the bytes, which anyone could change: of such a value the cache decodes another copy for each hit.
 */
export function packCurve({ time, equity, drawdownPercent }: EquityColumns): string {
  const buffer = allotColumns(COLUMNS, time.length);
  const packed = columnsOf(buffer);
  packed.time.set(time);
  packed.equity.set(equity);
  packed.drawdownPercent.set(drawdownPercent);
  return Buffer.from(buffer).toString('base64');
}

/** What {@link packCurve} packed. */
export function unpackCurve(packed: string): EquityColumns {
  // A copy: what Buffer decodes need not lie where a column of numbers may begin.
  return columnsOf(new Uint8Array(Buffer.from(packed, 'base64')).buffer);
}

/** Private */
function columnsOf(buffer: ArrayBuffer) {
  const column = (index: number) => columnOf(buffer, index, COLUMNS);
  return { time: column(0), equity: column(1), drawdownPercent: column(2) };
}

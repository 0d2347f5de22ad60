import type { Candle } from '../../market/candle.js';

/** At which prices volume lies, in the unit of the prices: `valueAreaLow` ≤ `poc` ≤ `valueAreaHigh`, all within the candles' range. */
export interface VolumeProfile {
  /** Point of control: the middle of the row that holds the most. */
  readonly poc: number;
  /** The upper edge of the highest row of the value area. */
  readonly valueAreaHigh: number;
  /** The lower edge of its lowest row. */
  readonly valueAreaLow: number;
}

/** Equal rows between the lowest low and the highest high. */
const ROWS = 24;
/** How much of the volume the value area holds at least. */
const VALUE_AREA_SHARE = 0.7;

/**
 * The profile of the candles given. Each spreads its volume evenly over the rows that it touched. Of rows that hold the same, the one
 * nearest to the middle of the range is the point of control, the upper of two that are as near. The value area grows from there row
 * by row, each time by the neighbour that holds more (the upper, where they hold the same), until it holds 70 %: the single-step rule;
 * others take rows in pairs. Candles of a single price have all three there; where nothing traded there is no profile: null.
 */
export function volumeProfile(candles: readonly Candle[]): VolumeProfile | null {
  const traded = candles.some(({ volume }) => volume > 0);
  if (!traded) return null;
  const low = Math.min(...candles.map((candle) => candle.low));
  const high = Math.max(...candles.map((candle) => candle.high));
  if (low === high) return { poc: low, valueAreaHigh: low, valueAreaLow: low };
  const rows = volumeRows(candles, low, high);
  const control = rowOfControl(rows);
  const { first, last } = valueArea(rows, control);
  // The highest edge is the high itself, not what rounding makes of it.
  const priceAt = (edge: number) => (edge === ROWS ? high : low + ((high - low) * edge) / ROWS);
  return { poc: priceAt(control + 0.5), valueAreaHigh: priceAt(last + 1), valueAreaLow: priceAt(first) };
}

/** Private: the volume of each row, the lowest first. A candle that only reaches a row's edge from below has not touched it. */
function volumeRows(candles: readonly Candle[], low: number, high: number): number[] {
  const rows = Array<number>(ROWS).fill(0);
  const edgeOf = (price: number) => ((price - low) * ROWS) / (high - low);
  for (const candle of candles) {
    const first = Math.min(ROWS - 1, Math.floor(edgeOf(candle.low)));
    const last = Math.max(first, Math.min(ROWS, Math.ceil(edgeOf(candle.high))) - 1);
    const share = candle.volume / (last - first + 1);
    for (let row = first; row <= last; row++) rows[row] = (rows[row] ?? 0) + share;
  }
  return rows;
}

/** Private */
function rowOfControl(rows: readonly number[]): number {
  const most = Math.max(...rows);
  const fromMiddle = (row: number) => Math.abs(row - (ROWS - 1) / 2);
  return rows.reduce((best, volume, row) => {
    if (volume < most) return best;
    return best === -1 || fromMiddle(row) <= fromMiddle(best) ? row : best;
  }, -1);
}

/** Private: the first and the last row of the value area around `control`. */
function valueArea(rows: readonly number[], control: number): { readonly first: number; readonly last: number } {
  const total = rows.reduce((sum, volume) => sum + volume, 0);
  let [first, last] = [control, control];
  let inside = rows[control] ?? 0;
  while (last - first + 1 < rows.length && inside / total < VALUE_AREA_SHARE) {
    const above = rows[last + 1] ?? -1;
    const below = rows[first - 1] ?? -1;
    inside += Math.max(above, below);
    if (above >= below) last += 1;
    else first -= 1;
  }
  return { first, last };
}

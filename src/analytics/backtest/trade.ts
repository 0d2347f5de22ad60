export type TradeSide = 'LONG' | 'SHORT';

/** What was bought or sold and, unless it is still open, given back. */
export interface Trade {
  readonly side: TradeSide;
  /** Whole count of the smallest quantity that trades, positive. Beyond 2^53 it has the precision of a double. */
  readonly units: number;
  /** Index of the bar that it was filled on, and the price with its spread. */
  readonly entryBar: number;
  readonly entryPrice: number;
  /** Null while it is open. */
  readonly exitBar: number | null;
  readonly exitPrice: number | null;
}

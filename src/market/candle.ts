/** One bar of a market: what traded between its opening and the end of its bucket. */
export interface Candle {
  /** Opening time, ms since the epoch, aligned to its bucket. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units. */
  readonly volume: number;
  /** A closed candle never changes again. Only the last of a series is open, and for a source that waits for late trades the one before it. */
  readonly closed: boolean;
}

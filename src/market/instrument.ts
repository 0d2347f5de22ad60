import type { Timeframe } from './timeframe.js';

/** Something that trades. */
export interface Instrument {
  /** In the source's own spelling. */
  readonly symbol: string;
  readonly name: string;
  readonly base: string;
  readonly quote: string | null;
  readonly exchange: string | null;
  readonly status: 'ONLINE' | 'OFFLINE';
  /** Smallest steps of a price and of a quantity, as exact decimal strings. */
  readonly priceIncrement: string;
  readonly quantityIncrement: string;
  /** What the source has or what can be built from it. */
  readonly timeframes: readonly Timeframe[];
}

/** What an instrument last traded at. */
export interface Ticker {
  readonly symbol: string;
  readonly price: number;
  /** Percent against the price 24 h ago; null with less history. */
  readonly change24hPercent: number | null;
  /** Base units. */
  readonly volume24h: number | null;
  /** ms since the epoch, by the source. */
  readonly time: number;
}

/** One price of an order book with what rests there. */
export interface BookLevel {
  readonly price: number;
  /** Base units. */
  readonly quantity: number;
  readonly orders: number | null;
}

/** The best levels of both sides: bids descending, asks ascending. */
export interface OrderBook {
  readonly symbol: string;
  readonly time: number;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

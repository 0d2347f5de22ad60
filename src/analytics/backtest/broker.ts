import type { CandleColumns } from '../../market/candle-columns.js';
import type { Trade, TradeSide } from './trade.js';

/** What it costs to trade `quantity` base units at `price`, in quote units. Asked at the entry and at the exit. */
export type Commission = (quantity: number, price: number) => number;

export interface BrokerTerms {
  /** At the start, quote units. */
  readonly cash: number;
  /** Smallest quantity that trades, base units. */
  readonly unit: number;
  /** Of the price, on entry. */
  readonly spread: number;
  readonly commission: Commission;
  /** Orders fill at the close on which they are placed, not at the next open. */
  readonly tradeOnClose: boolean;
  /** A new order closes what is open and cancels what is queued. */
  readonly exclusiveOrders: boolean;
}

/** Private: `units` falls where the trade is closed in part. */
interface OpenTrade {
  readonly side: TradeSide;
  readonly entryBar: number;
  readonly entryPrice: number;
  units: number;
}

/** Private: a market order, to open a trade or to close one. */
type Order =
  { readonly kind: 'ENTER'; readonly side: TradeSide } | { readonly kind: 'CLOSE'; readonly trade: OpenTrade };

/** Private: of what is there, what an order may use. Its rounding loses at most the last unit, and never takes more than there is. */
const ORDER_SHARE = 1 - Number.EPSILON;

/**
 * Fills market orders bar by bar, without leverage, as backtesting.py 0.6.6 does. An order placed after {@link step} fills in the next
 * one. Trades are never open on both sides: an order against them closes them first, the oldest first.
 */
export class Broker {
  /** After each bar, quote units; the cash before the first step. */
  readonly equity: Float64Array;
  readonly #bars: CandleColumns;
  readonly #terms: BrokerTerms;
  readonly #closed: Trade[] = [];
  readonly #open: OpenTrade[] = [];
  #orders: Order[] = [];
  #cash: number;
  #bar = 0;

  constructor(bars: CandleColumns, terms: BrokerTerms) {
    this.#bars = bars;
    this.#terms = terms;
    this.#cash = terms.cash;
    this.equity = new Float64Array(bars.close.length).fill(terms.cash);
  }

  /** Of what is open; `undefined` while nothing is. */
  get side(): TradeSide | undefined {
    return this.#open[0]?.side;
  }

  /** Closed ones in the order in which they were closed, then those that are open, the oldest first. */
  get trades(): Trade[] {
    return [...this.#closed, ...this.#open.map((trade) => ({ ...trade, exitBar: null, exitPrice: null }))];
  }

  /**
   * Goes on to a bar, index 1 or above, each one after the other: fills what is queued and takes the equity at the close. Where none is
   * left, everything is closed at that close; the equity is 0 from there on, and no later order finds anything to pay with.
   */
  step(bar: number): void {
    this.#bar = bar;
    if (this.#orders.length > 0) this.#fillOrders();
    this.#takeEquity();
  }

  /** Queues an order for all that the equity pays for when it fills. Where that is no unit, it is dropped then. */
  enter(side: TradeSide): void {
    if (this.#terms.exclusiveOrders) {
      this.#orders = [];
      this.closePosition();
    }
    this.#orders.push({ kind: 'ENTER', side });
  }

  /** Queues an order for each open trade to close it, before all that is queued: the newest trade is closed first. */
  closePosition(): void {
    for (const trade of this.#open) this.#orders.unshift({ kind: 'CLOSE', trade });
  }

  /**
   * Closes what is open at the open of the bar of the last step, the oldest first, and takes the equity of that bar again. What is still
   * queued is dropped: no bar is left to fill it, and that open lies before the close on which it was placed.
   */
  finalize(): void {
    this.#orders = [];
    const price = valueAt(this.#bars.open, this.#bar);
    for (const trade of [...this.#open]) this.#close(trade, trade.units, price, this.#bar);
    this.#takeEquity();
  }

  #fillOrders(): void {
    const orders = this.#orders;
    this.#orders = [];
    const { tradeOnClose } = this.#terms;
    const bar = tradeOnClose ? this.#bar - 1 : this.#bar;
    const price = valueAt(tradeOnClose ? this.#bars.close : this.#bars.open, bar);
    for (const order of orders) {
      if (order.kind === 'ENTER') this.#enter(order.side, price, bar);
      else if (this.#open.includes(order.trade)) this.#close(order.trade, order.trade.units, price, bar);
    }
  }

  /** The spread is paid here alone: what the order closes is closed at the price itself. */
  #enter(side: TradeSide, price: number, bar: number): void {
    const entryPrice = price * (1 + signOf(side) * this.#terms.spread);
    let units = this.#payableUnits(price, entryPrice);
    for (const trade of this.#open.filter((each) => each.side !== side)) {
      const closing = Math.min(units, trade.units);
      if (closing > 0) this.#close(trade, closing, price, bar);
      units -= closing;
    }
    if (units > 0) this.#enterNew({ side, units, entryBar: bar, entryPrice });
  }

  #enterNew(trade: OpenTrade): void {
    this.#open.push(trade);
    this.#cash -= this.#terms.commission(trade.units * this.#terms.unit, trade.entryPrice);
  }

  #close(trade: OpenTrade, units: number, price: number, bar: number): void {
    const { side, entryBar, entryPrice } = trade;
    this.#cash +=
      this.#profit(side, units, price - entryPrice) - this.#terms.commission(units * this.#terms.unit, price);
    this.#closed.push({ side, units, entryBar, entryPrice, exitBar: bar, exitPrice: price });
    trade.units -= units;
    if (trade.units === 0) this.#open.splice(this.#open.indexOf(trade), 1);
  }

  /** How many units an order gets; nothing above 0 where it cannot pay for one, or the price is none to be paid. */
  #payableUnits(price: number, entryPrice: number): number {
    const { unit, commission } = this.#terms;
    // The commission of the share of one unit, not of all units: so a fixed part of it weighs on every unit, as published.
    const unitCost = entryPrice * unit + commission(ORDER_SHARE * unit, price) / ORDER_SHARE;
    return wholeQuotient(this.#available() * ORDER_SHARE, unitCost);
  }

  /** Equity that no open trade ties up. Both at the close of the bar, though orders fill before it. */
  #available(): number {
    const close = valueAt(this.#bars.close, this.#bar);
    const units = this.#open.reduce((sum, trade) => sum + trade.units, 0);
    return Math.max(0, this.#equityAt(close) - units * this.#terms.unit * close);
  }

  #equityAt(price: number): number {
    let equity = this.#cash;
    for (const { side, units, entryPrice } of this.#open) equity += this.#profit(side, units, price - entryPrice);
    return equity;
  }

  #profit(side: TradeSide, units: number, change: number): number {
    return signOf(side) * units * this.#terms.unit * change;
  }

  #takeEquity(): void {
    const close = valueAt(this.#bars.close, this.#bar);
    const equity = this.#equityAt(close);
    this.equity[this.#bar] = Math.max(0, equity);
    if (equity > 0) return;
    for (const trade of [...this.#open]) this.#close(trade, trade.units, close, this.#bar);
  }
}

/** Private */
function signOf(side: TradeSide): 1 | -1 {
  return side === 'LONG' ? 1 : -1;
}

/** Private: how many whole times `part` is in `whole`. A plain quotient may round up to the next one. */
function wholeQuotient(whole: number, part: number): number {
  return Math.round((whole - (whole % part)) / part);
}

/** Private: of an index that is there. */
function valueAt(column: Float64Array, index: number): number {
  return column[index] ?? NaN;
}

import type { CandleColumns } from '../../market/candle-columns.js';
import { Broker } from './broker.js';
import { DOWN, UP } from './strategies/crossings.js';
import type { Trade, TradeSide } from './trade.js';

/** How signals are traded. */
export interface TradingTerms {
  readonly direction: 'LONG_ONLY' | 'LONG_SHORT';
  /** At the start, quote units. */
  readonly cash: number;
  /** Of the traded value, on entry and on exit: 0.001 is 0.1 %. */
  readonly commission: number;
  /** Of the price, on entry: a long pays so much more, a short gets so much less. */
  readonly spread: number;
  /** Orders fill at the close on which they are placed, not at the next open. */
  readonly tradeOnClose: boolean;
  /** A new order closes what is open and cancels what is queued. */
  readonly exclusiveOrders: boolean;
  /** Trades that are open at the end are closed there, at the open of the last bar. */
  readonly finalizeTrades: boolean;
  /** Smallest quantity that trades, base units: 1 for whole units, 1e-8. */
  readonly unit: number;
}

/** What came of it. */
export interface TradedSignals {
  /** After each bar, quote units; as long as the bars. */
  readonly equity: Float64Array;
  /** Closed ones in the order in which they were closed, then those that are open at the end. */
  readonly trades: readonly Trade[];
}

/**
 * Trades signals, one for each bar and known at its close. The events of a bar, from the second on: queued orders fill, the equity is
 * taken (where none is left, that ends the trading), the signal is followed. LONG_ONLY: an up when flat buys, a down closes. LONG_SHORT:
 * either closes and enters its side; where that is the side it is on, only if `reenters`. A signal of the last bar has no bar to fill on.
 */
export function tradeSignals(
  bars: CandleColumns,
  signals: Int8Array,
  { reenters, ...terms }: TradingTerms & { readonly reenters: boolean },
): TradedSignals {
  const commission = (quantity: number, price: number) => quantity * price * terms.commission;
  const broker = new Broker(bars, { ...terms, commission });
  const follow = terms.direction === 'LONG_ONLY' ? followLongOnly : reenters ? enterAnew : followTurn;
  for (let bar = 1; bar < bars.close.length; bar++) {
    broker.step(bar);
    const signal = signals[bar];
    if (signal === UP) follow(broker, 'LONG');
    else if (signal === DOWN) follow(broker, 'SHORT');
  }
  if (terms.finalizeTrades) broker.finalize();
  return { equity: broker.equity, trades: broker.trades };
}

/** Private */
function followLongOnly(broker: Broker, side: TradeSide): void {
  if (side === 'SHORT') broker.closePosition();
  else if (broker.side === undefined) broker.enter(side);
}

/** Private */
function followTurn(broker: Broker, side: TradeSide): void {
  if (broker.side !== side) enterAnew(broker, side);
}

/** Private */
function enterAnew(broker: Broker, side: TradeSide): void {
  broker.closePosition();
  broker.enter(side);
}

import { Decimal } from 'decimal.js';
import type { CandleColumns } from '../../market/candle-columns.js';
import { directionOf } from './closed-trade.js';
import { highest } from './sample-statistics.js';
import type { BacktestSettings, Simulation, Trade } from './simulate.js';

/** The money of a simulation: exact decimals in plain notation, eight places at most; quote units where nothing else is said. */
export interface Money {
  /** After the last bar: the cash, every pnl and what open trades are worth; 0 where nothing was left on the way. */
  readonly finalEquity: string;
  /** After the bar at which it was highest. */
  readonly peakEquity: string;
  /** Of closed trades, as in backtesting.py. */
  readonly commissions: string;
  /** One for each trade, in their order. */
  readonly trades: readonly TradeMoney[];
}

/** The money of one trade. */
export interface TradeMoney {
  readonly trade: Trade;
  /** Base units, positive. */
  readonly quantity: string;
  /** Net of commissions; null while it is open. */
  readonly pnl: string | null;
  /** Of the entry and, where there was one, of the exit. */
  readonly commission: string;
}

/** Private: a trade in decimals, as far as it went. */
interface Booking {
  readonly trade: Trade;
  readonly quantity: Decimal;
  readonly entryCommission: Decimal;
  /** Null while it is open. */
  readonly exitCommission: Decimal | null;
  readonly pnl: Decimal | null;
}

/** Private: a product of units, a price and a rate has some 50 digits, of which none may be lost before it is rounded to places. */
const Exact = Decimal.clone({ precision: 100, rounding: Decimal.ROUND_HALF_EVEN });
const ZERO = new Exact(0);

const PLACES = 8;

/**
 * Counts the money in decimals from the trades, each number taken for the shortest decimal that means it. A profit or a commission is
 * rounded where it is booked and never again: so the cash and the pnls, as they are shown, make the final equity to the last digit.
 */
export function countMoney(bars: CandleColumns, settings: BacktestSettings, { equity, trades }: Simulation): Money {
  const bookings = trades.map((trade) => book(trade, settings));
  const cash = toPlaces(new Exact(settings.cash));
  const equityAfter = (bar: number) =>
    cash.plus(sum(bookings.map((booking) => worthAfter(bar, booking, bars, settings))));
  const finalEquity = equity.at(-1) === 0 ? ZERO : equityAfter(equity.length - 1);
  const peakEquity = equityAfter(equity.indexOf(highest(equity)));
  return {
    finalEquity: finalEquity.toFixed(),
    peakEquity: Exact.max(peakEquity, finalEquity).toFixed(),
    commissions: sum(bookings.map((booking) => (booking.pnl ? commissionOf(booking) : ZERO))).toFixed(),
    trades: bookings.map((booking) => ({
      trade: booking.trade,
      quantity: booking.quantity.toFixed(),
      pnl: booking.pnl?.toFixed() ?? null,
      commission: commissionOf(booking).toFixed(),
    })),
  };
}

/** Private */
function book(trade: Trade, { unit, commission }: BacktestSettings): Booking {
  const quantity = new Exact(trade.units).times(unit);
  const entryCommission = toPlaces(quantity.times(trade.entryPrice).times(commission));
  if (trade.exitPrice === null) return { trade, quantity, entryCommission, exitCommission: null, pnl: null };
  const exitCommission = toPlaces(quantity.times(trade.exitPrice).times(commission));
  const pnl = profitAt(trade.exitPrice, trade, quantity).minus(entryCommission).minus(exitCommission);
  return { trade, quantity, entryCommission, exitCommission, pnl };
}

/** Private: what a trade has added to the equity by the close of a bar. */
function worthAfter(
  bar: number,
  { trade, quantity, entryCommission, pnl }: Booking,
  { close }: CandleColumns,
  { tradeOnClose }: BacktestSettings,
): Decimal {
  // What fills at a close fills after the equity was taken there. After the last bar there is only what is closed for good.
  const filledUpTo = tradeOnClose && bar < close.length - 1 ? bar - 1 : bar;
  if (trade.entryBar > filledUpTo) return ZERO;
  if (pnl && trade.exitBar !== null && trade.exitBar <= filledUpTo) return pnl;
  return profitAt(close[bar] ?? NaN, trade, quantity).minus(entryCommission);
}

/** Private: before commissions. */
function profitAt(price: number, { side, entryPrice }: Trade, quantity: Decimal): Decimal {
  return toPlaces(quantity.times(new Exact(price).minus(entryPrice)).times(directionOf(side)));
}

/** Private */
function commissionOf({ entryCommission, exitCommission }: Booking): Decimal {
  return exitCommission ? entryCommission.plus(exitCommission) : entryCommission;
}

/** Private */
function toPlaces(amount: Decimal): Decimal {
  return amount.toDecimalPlaces(PLACES);
}

/** Private */
function sum(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((total, amount) => total.plus(amount), ZERO);
}

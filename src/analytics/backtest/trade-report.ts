import { isClosed, returnOf } from './closed-trade.js';
import type { TradeMoney } from './money.js';
import type { BacktestSettings } from './simulate.js';

/** A trade as it is shown; exit, pnl and return are null while it is open. */
export interface TradeReport {
  readonly side: 'LONG' | 'SHORT';
  /** Base units, positive; exact. */
  readonly quantity: string;
  readonly entryBar: number;
  readonly exitBar: number | null;
  /** ms since the epoch, openings of the bars. */
  readonly entryTime: number;
  readonly exitTime: number | null;
  readonly entryPrice: number;
  readonly exitPrice: number | null;
  /** Net of commissions, quote units; exact. */
  readonly pnl: string | null;
  /** Net of commissions, percent of the entry's value. */
  readonly returnPercent: number | null;
  /** Of the entry and, where there was one, of the exit, quote units; exact. */
  readonly commission: string;
}

/** A trade with its money; `times` are those of the bars. */
export function reportTrade(
  { trade, ...money }: TradeMoney,
  { times, settings }: { readonly times: Float64Array; readonly settings: BacktestSettings },
): TradeReport {
  const { side, entryBar, exitBar, entryPrice, exitPrice } = trade;
  return {
    side,
    entryBar,
    exitBar,
    entryTime: times[entryBar] ?? NaN,
    exitTime: exitBar === null ? null : (times[exitBar] ?? NaN),
    entryPrice,
    exitPrice,
    returnPercent: isClosed(trade) ? returnOf(trade, settings) * 100 + 0 : null,
    ...money,
  };
}

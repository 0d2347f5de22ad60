import type { BacktestSettings, Trade } from './simulate.js';

/** What was bought or sold and given back. */
export interface ClosedTrade extends Trade {
  readonly exitBar: number;
  readonly exitPrice: number;
}

/** Whether it has been given back. */
export function isClosed(trade: Trade): trade is ClosedTrade {
  return trade.exitBar !== null && trade.exitPrice !== null;
}

/** Net of commissions, a fraction of the entry's value. */
export function returnOf({ side, entryPrice, exitPrice }: ClosedTrade, { commission }: BacktestSettings): number {
  const ratio = exitPrice / entryPrice;
  return directionOf(side) * (ratio - 1) - commission * (1 + ratio);
}

/** 1 for what gains while the price rises, -1 for what gains while it falls. */
export function directionOf(side: Trade['side']): 1 | -1 {
  return side === 'LONG' ? 1 : -1;
}

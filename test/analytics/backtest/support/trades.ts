import type { Trade } from '../../../../src/analytics/backtest/simulate.js';

/** A long trade of a unit at 100, entered on the first bar and still open. */
export function openTrade(rest: Partial<Trade> = {}): Trade {
  return { side: 'LONG', units: 1, entryBar: 0, entryPrice: 100, exitBar: null, exitPrice: null, ...rest };
}

/** The same, given back on the second bar at what it cost. */
export function closedTrade(rest: Partial<Trade> = {}): Trade {
  return openTrade({ exitBar: 1, exitPrice: 100, ...rest });
}

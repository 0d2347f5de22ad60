import type { BacktestSettings } from '../../../../src/analytics/backtest/simulate.js';

/** Whole units of 10,000, without costs. */
export const SETTINGS: BacktestSettings = {
  strategy: { name: 'buyAndHold', afterBars: 0 },
  direction: 'LONG_SHORT',
  cash: 10_000,
  commission: 0,
  spread: 0,
  tradeOnClose: false,
  exclusiveOrders: false,
  finalizeTrades: true,
  unit: 1,
  dailySampling: false,
};

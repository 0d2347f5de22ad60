import fc from 'fast-check';
import type { TradingTerms } from '../../../../src/analytics/backtest/trade-signals.js';

/** Whole units of 1,000 in cash, at no cost, filled at the next open and left open at the end. */
export const TERMS: TradingTerms = {
  direction: 'LONG_SHORT',
  cash: 1_000,
  commission: 0,
  spread: 0,
  tradeOnClose: false,
  exclusiveOrders: false,
  finalizeTrades: false,
  unit: 1,
};

/** Terms of every kind. */
export const arbitraryTerms = {
  direction: fc.constantFrom('LONG_ONLY', 'LONG_SHORT'),
  cash: fc.constantFrom(100, 1_000, 12_345.67),
  commission: fc.constantFrom(0, 0.001, 0.05),
  spread: fc.constantFrom(0, 0.002, 0.1),
  tradeOnClose: fc.boolean(),
  exclusiveOrders: fc.boolean(),
  finalizeTrades: fc.boolean(),
  unit: fc.constantFrom(1, 1e-8),
} as const satisfies { [Name in keyof TradingTerms]: fc.Arbitrary<TradingTerms[Name]> };

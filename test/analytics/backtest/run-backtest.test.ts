import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportBacktest } from '../../../src/analytics/backtest/report-backtest.js';
import { MAX_CURVE_POINTS, runBacktest } from '../../../src/analytics/backtest/run-backtest.js';
import { simulate, type BacktestSettings } from '../../../src/analytics/backtest/simulate.js';
import type { Strategy } from '../../../src/analytics/backtest/strategy.js';
import { arbitraryBars, barsAt, barsOf } from './support/bars.js';
import { SETTINGS } from './support/settings.js';
import { closedTrade } from './support/trades.js';

const STRATEGIES: readonly Strategy[] = [
  { name: 'smaCross', fast: 1, slow: 2 },
  { name: 'smaCross', fast: 2, slow: 5 },
  { name: 'rsiReversion', period: 3, oversold: 40, overbought: 60 },
  { name: 'macdCross', fast: 2, slow: 4, signal: 2 },
  { name: 'bollingerReversion', period: 3, deviations: 1 },
  { name: 'donchianBreakout', period: 3 },
  { name: 'buyAndHold', afterBars: 2 },
];

const arbitrarySettings: fc.Arbitrary<BacktestSettings> = fc.record({
  strategy: fc.constantFrom(...STRATEGIES),
  direction: fc.constantFrom('LONG_ONLY', 'LONG_SHORT'),
  cash: fc.constantFrom(1_000, 10_000, 333.33),
  commission: fc.constantFrom(0, 0.001, 0.0123, 0.05),
  spread: fc.constantFrom(0, 0.0007, 0.01),
  tradeOnClose: fc.boolean(),
  exclusiveOrders: fc.boolean(),
  finalizeTrades: fc.boolean(),
  unit: fc.constantFrom(1, 1e-6, 1e-8),
  dailySampling: fc.constant(false),
});

describe('runBacktest', () => {
  it('judges a strategy', () => {
    const bars = barsOf([
      [100, 100],
      [100, 100],
      [100, 120],
      [110, 90],
      [95.5, 80],
    ]);
    const { statistics, trades, curve } = runBacktest(bars, { ...SETTINGS, cash: 1_000, commission: 0.01 });
    expect(trades).toEqual([
      {
        side: 'LONG',
        quantity: '9',
        entryBar: 2,
        exitBar: 4,
        entryTime: bars.time[2],
        exitTime: bars.time[4],
        entryPrice: 100,
        exitPrice: 95.5,
        pnl: '-58.095',
        returnPercent: expect.closeTo(-6.455, 10) as number,
        commission: '17.595',
      },
    ]);
    expect(statistics).toMatchObject({
      finalEquity: '941.905',
      peakEquity: '1171',
      commissions: '17.595',
      tradeCount: 1,
      totalReturnPercent: expect.closeTo(-5.8095, 10) as number,
      maxDrawdownPercent: expect.closeTo(100 * (901 / 1_171 - 1), 10) as number,
    });
    expect(curve).toEqual({
      time: [...bars.time],
      equity: [1_000, 1_000, 1_171, 901, expect.closeTo(941.905, 8) as number],
      drawdownPercent: [
        0,
        0,
        0,
        ...[901, 941.905].map((value) => expect.closeTo(100 * (value / 1_171 - 1), 10) as number),
      ],
    });
  });

  it('shows a trade that is open at the end without what is not known yet', () => {
    const bars = barsAt([100, 100, 100, 120]);
    const { trades } = runBacktest(bars, { ...SETTINGS, cash: 1_000, commission: 0.01, finalizeTrades: false });
    expect(trades).toEqual([
      {
        side: 'LONG',
        quantity: '9',
        entryBar: 2,
        exitBar: null,
        entryTime: bars.time[2],
        exitTime: null,
        entryPrice: 100,
        exitPrice: null,
        pnl: null,
        returnPercent: null,
        commission: '9',
      },
    ]);
  });

  it('shows what a short neither won nor lost as 0', () => {
    const simulation = { equity: Float64Array.of(10_000, 10_000), trades: [closedTrade({ side: 'SHORT' })], warmup: 0 };
    expect(reportBacktest(barsAt([100, 100]), SETTINGS, simulation).trades).toMatchObject([
      { pnl: '0', returnPercent: 0 },
    ]);
  });

  it('refuses fewer bars than the strategy needs, naming it', () => {
    const strategy = { name: 'smaCross', fast: 2, slow: 5 } as const;
    expect(() => runBacktest(barsAt([1, 2, 3, 4, 5]), { ...SETTINGS, strategy })).toThrow(
      new RangeError('smaCross needs 6 bars, but got: 5'),
    );
    expect(runBacktest(barsAt([1, 2, 3, 4, 5, 6]), { ...SETTINGS, strategy }).statistics.tradeCount).toBe(0);
  });

  it('thins the curve of many bars and loses neither its highest nor its deepest point', () => {
    const prices = Array.from({ length: MAX_CURVE_POINTS + 2_000 }, (_, bar) => 100 + (bar % 7));
    prices[3_333] = 500;
    prices[4_444] = 20;
    const { curve, statistics } = runBacktest(barsAt(prices), SETTINGS);
    expect(curve.time.length).toBeLessThanOrEqual(MAX_CURVE_POINTS);
    expect(curve.time.length).toBeGreaterThan(MAX_CURVE_POINTS - 5);
    expect(Math.max(...curve.equity)).toBe(Number(statistics.peakEquity));
    expect(Math.min(...curve.drawdownPercent)).toBe(statistics.maxDrawdownPercent);
  });
});

describe('any backtest', () => {
  const cases = [arbitraryBars({ minLength: 8 }), arbitrarySettings] as const;

  it('is plain JSON: no NaN, no infinity, no -0', () => {
    fc.assert(
      fc.property(...cases, (bars, settings) => {
        const report = runBacktest(bars, settings);
        expect(JSON.parse(JSON.stringify(report))).toStrictEqual(report);
      }),
    );
  });

  it('has figures within their bounds', () => {
    fc.assert(
      fc.property(...cases, (bars, settings) => {
        const { statistics, trades, curve } = runBacktest(bars, settings);
        expect(statistics.maxDrawdownPercent).toBe(Math.min(...curve.drawdownPercent));
        expect(statistics.maxDrawdownPercent).toBeLessThanOrEqual(0);
        expect(statistics.maxDrawdownPercent).toBeGreaterThanOrEqual(-100);
        expect(statistics.avgDrawdownPercent ?? 0).toBeGreaterThanOrEqual(statistics.maxDrawdownPercent - 1e-9);
        expect(statistics.exposurePercent).toBeGreaterThanOrEqual(0);
        expect(statistics.exposurePercent).toBeLessThanOrEqual(100);
        expect(statistics.winRatePercent ?? 0).toBeGreaterThanOrEqual(0);
        expect(statistics.winRatePercent ?? 0).toBeLessThanOrEqual(100);
        expect(statistics.volatilityPercent ?? 0).toBeGreaterThanOrEqual(0);
        expect(statistics.tradeCount).toBe(trades.filter(({ exitBar }) => exitBar !== null).length);
        expect(statistics.winRatePercent === null).toBe(statistics.tradeCount === 0);
        expect(statistics.bestTradePercent).toBe(maxOf(trades.map(({ returnPercent }) => returnPercent)));
      }),
    );
  });

  it('has money that equals the floats of the simulation', () => {
    fc.assert(
      fc.property(...cases, (bars, settings) => {
        const { statistics, trades } = runBacktest(bars, settings);
        const { equity } = simulate(bars, settings);
        expectNear(statistics.finalEquity, equity.at(-1) ?? NaN);
        expectNear(statistics.peakEquity, Math.max(...equity));
        for (const { pnl, returnPercent, quantity, entryPrice } of trades) {
          if (pnl !== null) expectNear(pnl, ((returnPercent ?? NaN) / 100) * Number(quantity) * entryPrice);
        }
      }),
    );
  });

  it('has money of which nothing is lost: the cash and what the trades brought are the final equity', () => {
    let counted = 0;
    fc.assert(
      fc.property(...cases, (bars, settings) => {
        const { statistics, trades } = runBacktest(bars, { ...settings, finalizeTrades: true });
        if (statistics.finalEquity === '0') return;
        counted += trades.length;
        const brought = trades.map(({ pnl }) => pnl ?? 'missing').reduce((sum, pnl) => sum.plus(pnl), new Decimal(0));
        expect(brought.plus(settings.cash).toFixed()).toBe(statistics.finalEquity);
        const paid = trades.reduce((sum, { commission }) => sum.plus(commission), new Decimal(0));
        expect(paid.toFixed()).toBe(statistics.commissions);
      }),
    );
    expect(counted).toBeGreaterThan(100);
  });

  it('has money in plain notation of eight places at most, and a peak that is not below the end', () => {
    fc.assert(
      fc.property(...cases, (bars, settings) => {
        const { statistics, trades } = runBacktest(bars, settings);
        const { finalEquity, peakEquity, commissions } = statistics;
        const amounts = trades.flatMap(({ quantity, pnl, commission }) => [quantity, pnl ?? '0', commission]);
        for (const amount of [finalEquity, peakEquity, commissions, ...amounts]) {
          expect(amount).toMatch(/^(0|-?(0|[1-9]\d*)\.\d{0,7}[1-9]|-?[1-9]\d*)$/);
        }
        expect(new Decimal(peakEquity).gte(finalEquity)).toBe(true);
        expect(new Decimal(peakEquity).gte(settings.cash)).toBe(true);
      }),
    );
  });

  /** Within what rounding to eight places and a few floats cost. */
  function expectNear(amount: string, float: number): void {
    expect(Math.abs(Number(amount) - float)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(float)) + 1e-6);
  }

  function maxOf(values: readonly (number | null)[]): number | null {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  }
});

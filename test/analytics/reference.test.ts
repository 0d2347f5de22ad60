import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Broker, type Commission } from '../../src/analytics/backtest/broker.js';
import { drawdownPeriods } from '../../src/analytics/backtest/drawdowns.js';
import { countMoney } from '../../src/analytics/backtest/money.js';
import { reportBacktest } from '../../src/analytics/backtest/report-backtest.js';
import { runBacktest, type TradeReport } from '../../src/analytics/backtest/run-backtest.js';
import { simulate, type BacktestSettings } from '../../src/analytics/backtest/simulate.js';
import { simpleMovingAverage } from '../../src/analytics/indicators/simple-moving-average.js';
import { toColumns, type CandleColumns } from '../../src/market/candle-columns.js';
import { barsAt, barsOf, firstBars } from './backtest/support/bars.js';
import { SETTINGS } from './backtest/support/settings.js';
import { closedTrade } from './backtest/support/trades.js';
import { expectClose, isClose, relative, rounded, type Tolerance } from './support/is-close.js';
import { PUBLISHED_STATISTICS } from './support/published-statistics.js';
import { parseReference, type BacktestEntry } from './support/reference.js';
import { hasSharedData, readRows } from './support/shared-data.js';

/** The first bars of GOOG, open and close. */
const GOOG_START = barsOf([
  [100, 100.34],
  [101.01, 108.31],
  [110.75, 109.4],
  [111.24, 104.87],
]);

const RSI_14 = { name: 'rsiReversion', period: 14, oversold: 30, overbought: 70 } as const;

/** A moving average cross on both sides, as published. */
function smaCross(fast: number, slow: number): BacktestSettings {
  return { ...SETTINGS, strategy: { name: 'smaCross', fast, slow } };
}

describe.skipIf(!hasSharedData)('the reference backtests (need ../shared/data)', () => {
  const goog = hasSharedData ? toColumns(readRows('backtestingpy/GOOG.csv')) : GOOG_START;
  const entries = hasSharedData ? [parseReference().backtest].flatMap((of) => [...of.published, ...of.derived]) : [];

  /** What each entry is compared with. One that has nothing here fails. */
  const comparisons: Readonly<Record<string, (entry: BacktestEntry) => void>> = {
    goog_smacross_10_30_test: (entry) => {
      expectPublished(goog, smaCross(10, 30), entry);
      expectDetail(goog, smaCross(10, 30), entry);
    },
    // Its release charged as a commission what is the spread today.
    goog_smacross_10_15_notebook: (entry) =>
      expectPublished(goog, { ...smaCross(10, 15), spread: 0.002, finalizeTrades: false }, entry),
    goog_smacross_10_20_comm002_excl_finalized: (entry) =>
      expectPublished(goog, { ...smaCross(10, 20), commission: 0.002, exclusiveOrders: true }, entry),
    goog_smacross_10_20_spread002_open: (entry) =>
      expectPublished(goog, { ...smaCross(10, 20), spread: 0.002, finalizeTrades: false }, entry),
    goog_longonly_rsi14_30_70_comm001: (entry) =>
      expectPublished(goog, { ...SETTINGS, strategy: RSI_14, direction: 'LONG_ONLY', commission: 0.001 }, entry),
    spread_commission_unit: ({ expected }) => {
      for (const each of z.array(costsSchema).parse(expected)) expectCosts(firstBars(goog, 20), each);
    },
    commissions_unit: ({ expected }) => {
      const texts = z.object({ 'Commissions [$]': z.string(), 'Equity Final [$]': z.string() }).parse(expected);
      expectCommissions(resultOf(texts['Commissions [$]']), resultOf(texts['Equity Final [$]']));
    },
    btcusd_fractional: ({ expected }) => {
      const rows = readRows('backtestingpy/BTCUSD.csv').filter(({ time }) => time >= Date.UTC(2015, 0, 31));
      const { statistics, trades } = runBacktest(toColumns(rows), { ...smaCross(2, 3), cash: 100, unit: 1e-6 });
      const closes = rows.map(({ close }) => close);
      expect({
        '# Trades': statistics.tradeCount,
        'first EntryPrice': trades[0]?.entryPrice,
        'SMA(2) at first EntryBar': simpleMovingAverage(closes, 2)[trades[0]?.entryBar ?? -1],
      }).toEqual(expected);
    },
    drawdown_unit: ({ 'input dd': drawdowns, expected }) => {
      const periods = drawdownPeriods(z.array(z.number()).parse(drawdowns));
      expect({
        durations: Object.fromEntries(periods.map(({ start, end }) => [end, end - start])),
        peaks: Object.fromEntries(periods.map(({ end, depth }) => [end, depth])),
      }).toEqual(expected);
    },
  };

  it('are all compared', () => {
    expect(entries.map(({ id }) => id).sort()).toEqual(Object.keys(comparisons).sort());
  });

  it.each(entries.map((entry) => ({ id: entry.id, entry })))('hold: $id', ({ id, entry }) => {
    comparisons[id]?.(entry);
  });
});

describe('the smallest reference backtests', () => {
  it.each([
    { spread: 0.01, commission: 0.01, entryBar: 2, entryPrice: 'Open[2]*1.01 = 111.8575', equity: [9685.31, 9749.33] },
    { commission: [100, 0.01], size: 47, equity: [9784.5, 9718.69] },
    { commission: 'callable size*price*0.01', size: 89, equity: [9781.28, 9846.04] },
  ])('have the equity that a spread and a commission leave: $commission', ({ equity, ...costs }) => {
    expectCosts(GOOG_START, costsSchema.parse({ ...costs, 'equity[2:4]': equity }));
  });

  it('have the same through runBacktest, to the last digit', () => {
    const { statistics, curve, trades } = runBacktest(GOOG_START, { ...SETTINGS, spread: 0.01, commission: 0.01 });
    expectClose(curve.equity, [10_000, 10_000, 9685.31, 9749.33], rounded(2));
    expect(trades).toMatchObject([{ quantity: '88', entryBar: 2, entryPrice: 111.8575, exitPrice: 111.24 }]);
    // 88 of 111.8575 and of 111.24, a hundredth each; what 88 lost.
    expect(trades).toMatchObject([{ commission: '196.3258', pnl: '-250.6658' }]);
    expect(statistics.finalEquity).toBe('9749.3342');
  });

  it('charge a commission on both sides', () => {
    expectCommissions(25, 5_275);
  });
});

const EXACT = relative(1e-8);
const TRADE_COLUMNS = ['size', 'entryBar', 'exitBar', 'entryPrice', 'exitPrice'] as const;

/** Every figure of the entry, and the trades that it lists, at the tolerance that it states. */
function expectPublished(bars: CandleColumns, settings: BacktestSettings, entry: BacktestEntry): void {
  const simulation = simulate(bars, settings);
  const { statistics, trades } = reportBacktest(bars, settings, simulation);
  const closed = trades.filter(({ exitBar }) => exitBar !== null).map(toPublished);
  const others: Readonly<Record<string, unknown>> = {
    'trades head': closed.slice(0, 3).map(toRow),
    'trades tail': closed.slice(-2).map(toRow),
    _trades_first3: closed.slice(0, 3).map(({ pnl: _pnl, ...trade }) => trade),
    _bars: bars.time.length,
    _warmup_first_valid_index: simulation.warmup,
  };
  const isNear = toleranceOf(entry);
  const expected = Object.entries(z.record(z.string(), z.unknown()).parse(entry.expected));
  const missed = expected.flatMap(([name, value]) => {
    const came = PUBLISHED_STATISTICS[name.replace(' (days)', '')]?.(statistics) ?? others[name];
    return isClose(came, toComparable(value), isNear) ? [] : [{ name, came, value }];
  });
  expect(missed).toEqual([]);
  expect(expected.length).toBeGreaterThan(0);
}

/** All trades of the entry, and what the equity was at some bars. */
function expectDetail(bars: CandleColumns, settings: BacktestSettings, entry: BacktestEntry): void {
  const detail = detailSchema.parse(entry.derived_detail);
  const { trades, curve } = runBacktest(bars, settings);
  expect(detail.trades_columns).toEqual([...TRADE_COLUMNS, 'pnl']);
  expect(detail.trades).toHaveLength(66);
  expect(trades).toHaveLength(66);
  const rows = trades.map(toPublished).map((trade) => [...toRow(trade), trade.pnl]);
  expect(rows.filter((row, index) => !isClose(row, detail.trades[index], EXACT))).toEqual([]);
  const checkpoints = Object.entries(detail.equity_at_bar).map(([bar, value]) => [
    bar,
    curve.equity[Number(bar)],
    value,
  ]);
  expect(checkpoints.filter(([, came, value]) => !isClose(came, value, EXACT))).toEqual([]);
}

const detailSchema = z.object({
  trades_columns: z.array(z.string()),
  trades: z.array(z.array(z.number())),
  equity_at_bar: z.record(z.string(), z.number()),
});

/** What each kind of entry states; the derived ones state none and come from a calculation that met the published ones to 1e-8. */
function toleranceOf({ tolerance }: BacktestEntry): Tolerance {
  if (tolerance === undefined || tolerance === '1e-8 relative, every numeric statistic') return EXACT;
  if (tolerance === '2 decimals') return rounded(2);
  throw new RangeError(`The tolerance is none that is known here: ${tolerance}`);
}

/** Times as their date; durations, which the derived ones give to the microsecond, rounded up to days, as what is published is. */
function toComparable(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const duration = /^(\d+) days, (.*)$/.exec(value);
  if (!duration) return value.replace(' 00:00:00', '');
  return Number(duration[1]) + (duration[2] === '0:00:00' ? 0 : 1);
}

/** A trade as backtesting.py lists it. */
function toPublished({ side, quantity, entryBar, exitBar, entryPrice, exitPrice, pnl, commission }: TradeReport) {
  const size = Number(quantity) * (side === 'LONG' ? 1 : -1);
  return { size, entryBar, exitBar, entryPrice, exitPrice, pnl: Number(pnl), commission: Number(commission) };
}

function toRow(trade: ReturnType<typeof toPublished>): (number | null)[] {
  return TRADE_COLUMNS.map((column) => trade[column]);
}

/** The number at the end of an equation that the reference writes out. */
function resultOf(equation: string): number {
  return Number(equation.split('=').at(-1));
}

const costsSchema = z.strictObject({
  spread: z.number().default(0),
  commission: z.union([
    z.number(),
    z.tuple([z.number(), z.number()]),
    z.string().startsWith('callable size*price*0.01'),
  ]),
  entryBar: z.number().optional(),
  entryPrice: z.string().optional(),
  size: z.number().optional(),
  'equity[2:4]': z.array(z.number()),
});

/** Buys as soon as it can, closes on the next bar, and compares what is left; the equity is published to two decimals. */
function expectCosts(bars: CandleColumns, expected: z.infer<typeof costsSchema>): void {
  const { spread, entryBar, entryPrice, size } = expected;
  const commission = toCommission(expected.commission);
  const terms = { cash: 10_000, unit: 1, spread, commission, tradeOnClose: false, exclusiveOrders: false };
  const broker = new Broker(bars, terms);
  broker.step(1);
  broker.enter('LONG');
  broker.step(2);
  broker.closePosition();
  broker.step(3);
  expectClose([...broker.equity.subarray(2, 4)], expected['equity[2:4]'], rounded(2));
  const [trade] = broker.trades;
  if (size !== undefined) expect(trade?.units).toBe(size);
  if (entryBar !== undefined) expect(trade?.entryBar).toBe(entryBar);
  if (entryPrice !== undefined) expect(trade?.entryPrice).toBeCloseTo(resultOf(entryPrice), 10);
}

function toCommission(published: z.infer<typeof costsSchema>['commission']): Commission {
  if (typeof published === 'string') return (quantity, price) => quantity * price * 0.01;
  const [fixed, share] = typeof published === 'number' ? [0, published] : published;
  return (quantity, price) => fixed + quantity * price * share;
}

/**
 * A hundred bought at 1 and sold at 4 of 5,000 at 10 and 0.01 of the value each time. The engine has neither a fixed commission nor orders
 * that wait for a price, so the trade is given and the fixed part taken off what is published.
 */
function expectCommissions(commissions: number, finalEquity: number): void {
  const fixed = 10 + 10;
  const trade = closedTrade({ units: 100, entryPrice: 1, exitPrice: 4 });
  const bars = barsAt([1, 4]);
  const simulation = { equity: Float64Array.of(5_000, finalEquity), trades: [trade], warmup: 0 };
  expect(countMoney(bars, { ...SETTINGS, cash: 5_000, commission: 0.01 }, simulation)).toMatchObject({
    commissions: String(commissions - fixed),
    finalEquity: String(finalEquity + fixed),
  });
}

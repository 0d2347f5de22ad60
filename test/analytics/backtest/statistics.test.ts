import { describe, expect, it } from 'vitest';
import type { CandleColumns } from '../../../src/market/candle-columns.js';
import type { BacktestSettings, Trade } from '../../../src/analytics/backtest/simulate.js';
import { computeStatistics } from '../../../src/analytics/backtest/statistics.js';
import { barsAt } from './support/bars.js';
import { SETTINGS } from './support/settings.js';
import { closedTrade, openTrade } from './support/trades.js';

const DAY_MS = 86_400_000;
const DAY_SECONDS = 86_400;

/** Openings of daily bars from Monday on without weekends: three days pass from the fifth to the sixth. */
function weekdays(count: number): Float64Array {
  const monday = Date.UTC(2024, 0, 1);
  return Float64Array.from({ length: count }, (_, bar) => monday + (bar + 2 * Math.floor(bar / 5)) * DAY_MS);
}

interface Case extends Partial<BacktestSettings> {
  readonly equity: readonly number[];
  readonly prices?: readonly number[];
  readonly times?: Float64Array;
  readonly trades?: readonly Trade[];
  readonly warmup?: number;
}

/** The statistics of a hand-made simulation over weekdays whose prices rise by 1 from 100, unless it says otherwise. */
function statisticsOf({ equity, prices, times, trades = [], warmup = 0, ...settings }: Case) {
  const bars: CandleColumns = {
    ...barsAt(prices ?? equity.map((_, bar) => 100 + bar)),
    time: times ?? weekdays(equity.length),
  };
  return computeStatistics(bars, { ...SETTINGS, ...settings }, { equity: Float64Array.from(equity), trades, warmup });
}

describe('the period', () => {
  it('goes from the opening of the first bar to that of the last', () => {
    expect(statisticsOf({ equity: [1, 1, 1, 1, 1, 1] })).toMatchObject({
      startAt: Date.UTC(2024, 0, 1),
      endAt: Date.UTC(2024, 0, 8),
      durationSeconds: 7 * DAY_SECONDS,
    });
  });
});

describe('the returns against the market', () => {
  it('are in percent of the start, and of the first bar that is warm', () => {
    const equity = [200, 200, 150, 250];
    expect(statisticsOf({ equity, prices: [80, 100, 90, 120] })).toMatchObject({
      totalReturnPercent: 25,
      buyAndHoldReturnPercent: 50,
    });
    expect(statisticsOf({ equity, prices: [80, 100, 90, 120], warmup: 1 }).buyAndHoldReturnPercent).toBe(20);
  });

  it('are explained by the market as far as equity moved with it, bar by bar', () => {
    const moves = [0, 0.02, -0.01, 0.04, 0.01];
    const prices = moves.map((move) => 10 * Math.exp(move));
    const equity = moves.map((move, bar) => 100 * Math.exp(0.5 * move + 0.003 * bar));
    const { beta, alphaPercent } = statisticsOf({ equity, prices });
    expect(beta).toBeCloseTo(0.5, 12);
    expect(alphaPercent).toBeCloseTo(100 * (Math.exp(0.005 + 0.012) - 1) - 0.5 * 100 * (Math.exp(0.01) - 1), 10);
  });

  it('have no beta where the market stood still or nothing was left', () => {
    const none = { beta: null, alphaPercent: null };
    expect(statisticsOf({ equity: [1, 2, 3], prices: [5, 5, 5] })).toMatchObject(none);
    expect(statisticsOf({ equity: [1, 0, 0], prices: [5, 6, 7] })).toMatchObject({ ...none, totalReturnPercent: -100 });
    expect(statisticsOf({ equity: [1, 2], prices: [5, 6] })).toMatchObject(none);
  });
});

describe('the annual figures', () => {
  const equity = [100, 101, 99, 102, 103, 102];
  const returns = [101 / 100, 99 / 101, 102 / 99, 103 / 102, 102 / 103].map((factor) => factor - 1);
  const typical = 1.02 ** (1 / 5);
  const mean = returns.reduce((sum, value) => sum + value, 0) / 5;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4;

  it('compound the daily returns over 252 days', () => {
    const annual = typical ** 252 - 1;
    const volatility = Math.sqrt((variance + typical ** 2) ** 252 - typical ** 504);
    const downside = Math.sqrt(((99 / 101 - 1) ** 2 + (102 / 103 - 1) ** 2) / 5);
    const statistics = statisticsOf({ equity });
    expect(statistics.annualizedReturnPercent).toBeCloseTo(annual * 100, 8);
    expect(statistics.volatilityPercent).toBeCloseTo(volatility * 100, 8);
    expect(statistics.sharpeRatio).toBeCloseTo(annual / volatility, 10);
    expect(statistics.sortinoRatio).toBeCloseTo(annual / (downside * Math.sqrt(252)), 10);
    expect(statistics.calmarRatio).toBeCloseTo(annual / (2 / 101), 8);
  });

  it('have a growth rate by the calendar', () => {
    const twoYears = Float64Array.of(0, 2 * 365.25 * DAY_MS);
    expect(statisticsOf({ equity: [100, 121], times: twoYears }).cagrPercent).toBeCloseTo(10, 12);
    expect(statisticsOf({ equity: [100, 0], times: twoYears }).cagrPercent).toBe(-100);
  });

  it('take of a day its last value: shorter bars change nothing', () => {
    const times = weekdays(6);
    const halfDays = Float64Array.from([...times].flatMap((time) => [time, time + DAY_MS / 2]));
    const wild = equity.flatMap((value, bar) => [bar % 2 === 0 ? 60 : 160, value]);
    const { annualizedReturnPercent, volatilityPercent } = statisticsOf({ equity });
    expect(statisticsOf({ equity: wild, times: halfDays })).toMatchObject({
      annualizedReturnPercent,
      volatilityPercent,
    });
  });

  it('count 52 weeks of weekly bars', () => {
    const times = Float64Array.from(equity, (_, week) => week * 7 * DAY_MS);
    expect(statisticsOf({ equity, times }).annualizedReturnPercent).toBeCloseTo((typical ** 52 - 1) * 100, 10);
  });

  it('are those of standing still where equity did', () => {
    expect(statisticsOf({ equity: [100, 100, 100] })).toMatchObject({
      annualizedReturnPercent: 0,
      volatilityPercent: 0,
      cagrPercent: 0,
      sharpeRatio: null,
      sortinoRatio: null,
      calmarRatio: null,
    });
  });

  it('are null within a day, where a year is out of reach, and after the end of everything', () => {
    const hours = Float64Array.from(equity, (_, hour) => hour * 3_600_000);
    const none = { annualizedReturnPercent: null, volatilityPercent: null, sharpeRatio: null };
    expect(statisticsOf({ equity, times: hours })).toMatchObject({ ...none, sortinoRatio: null, calmarRatio: null });
    const soars = statisticsOf({ equity: [1, 1e9], times: Float64Array.of(0, 1_000) });
    expect(soars).toMatchObject({ ...none, cagrPercent: null });
    // backtesting.py takes the mean of returns of which one lost everything for 0.
    const ruin = statisticsOf({ equity: [1, 2, 0, 0, 0] });
    expect(ruin).toMatchObject({ annualizedReturnPercent: 0, cagrPercent: -100, sharpeRatio: 0, sortinoRatio: 0 });
  });
});

describe('the Sharpe ratio', () => {
  it('is null where the volatility is out of reach, though the return of a year is not', () => {
    const statistics = statisticsOf({ equity: [1, 1e3, 1, 1e3, 1] });
    expect(statistics.annualizedReturnPercent).toBeCloseTo(0, 8);
    expect(statistics).toMatchObject({ volatilityPercent: null, sharpeRatio: null });
  });
});

describe('the drawdowns', () => {
  const equity = [100, 100, 110, 99, 104.5, 110, 105, 104];

  it('are the deepest fall below a peak, and the mean of the periods', () => {
    const { maxDrawdownPercent, avgDrawdownPercent } = statisticsOf({ equity });
    expect(maxDrawdownPercent).toBeCloseTo(-10, 12);
    expect(avgDrawdownPercent).toBeCloseTo((-100 * (0.1 + 6 / 110)) / 2, 12);
  });

  it('last from the peak on, the average rounded up to whole days', () => {
    // Wednesday to Monday, and Monday to Wednesday.
    expect(statisticsOf({ equity })).toMatchObject({
      maxDrawdownDurationSeconds: 5 * DAY_SECONDS,
      avgDrawdownDurationSeconds: 4 * DAY_SECONDS,
    });
  });

  it('are rounded up to hours where bars are hours apart', () => {
    const times = Float64Array.from(equity, (_, bar) => bar * 4 * 3_600_000);
    expect(statisticsOf({ equity, times })).toMatchObject({
      maxDrawdownDurationSeconds: 12 * 3_600,
      avgDrawdownDurationSeconds: 10 * 3_600,
    });
  });

  it('are 0 without a fall, and there is no period then', () => {
    const statistics = statisticsOf({ equity: [1, 2, 2, 3] });
    expect(statistics.maxDrawdownPercent).toBe(0);
    expect(statistics).toMatchObject({
      avgDrawdownPercent: null,
      maxDrawdownDurationSeconds: null,
      avgDrawdownDurationSeconds: null,
    });
  });
});

describe('the trades', () => {
  const equity = [100, 100, 100, 100, 100, 100, 100, 100];
  const won = closedTrade({ units: 10, entryBar: 1, entryPrice: 10, exitBar: 2, exitPrice: 12 });
  const lost = closedTrade({ side: 'SHORT', units: 5, entryBar: 3, entryPrice: 20, exitBar: 5, exitPrice: 22 });
  const trades = [won, lost, openTrade({ entryBar: 6 })];
  // Net of 0.01 of the entry and of the exit.
  const gain = 0.2 - 0.01 * 2.2;
  const loss = -0.1 - 0.01 * 2.1;

  it('are counted once they are closed, and so are the bars at which they were held', () => {
    expect(statisticsOf({ equity, trades })).toMatchObject({ tradeCount: 2, exposurePercent: 62.5 });
  });

  it('expose a bar once, though one trade ends and another begins on it', () => {
    const next = closedTrade({ entryBar: 2, exitBar: 3 });
    const { exposurePercent } = statisticsOf({ equity, trades: [won, next, closedTrade({ entryBar: 7, exitBar: 7 })] });
    expect(exposurePercent).toBe(50);
  });

  it('have returns on the value at the entry, net of commissions', () => {
    const statistics = statisticsOf({ equity, trades, commission: 0.01 });
    expect(statistics.bestTradePercent).toBeCloseTo(100 * gain, 12);
    expect(statistics.worstTradePercent).toBeCloseTo(100 * loss, 12);
    expect(statistics.expectancyPercent).toBeCloseTo(50 * (gain + loss), 12);
    expect(statistics.avgTradePercent).toBeCloseTo(100 * (Math.sqrt((1 + gain) * (1 + loss)) - 1), 12);
    expect(statistics.profitFactor).toBeCloseTo(gain / -loss, 12);
  });

  it('have a win rate, and a quality and a Kelly criterion by what they earned', () => {
    const statistics = statisticsOf({ equity, trades, commission: 0.01 });
    const profits = [100 * gain, 100 * loss] as const;
    const deviation = (profits[0] - profits[1]) / Math.SQRT2;
    expect(statistics.winRatePercent).toBe(50);
    expect(statistics.sqn).toBeCloseTo((Math.SQRT2 * (profits[0] + profits[1])) / 2 / deviation, 12);
    expect(statistics.kellyCriterion).toBeCloseTo(0.5 - 0.5 / (profits[0] / -profits[1]), 12);
  });

  it('weigh what they earned by their quantity, returns not', () => {
    const large = { ...won, units: 1_000 };
    const statistics = statisticsOf({ equity, trades: [large, won, lost], commission: 0.01 });
    expect(statistics.profitFactor).toBeCloseTo((2 * gain) / -loss, 12);
    expect(statistics.kellyCriterion).toBeCloseTo(2 / 3 - 1 / 3 / ((101 * gain) / 2 / -loss), 12);
  });

  it('last from entry to exit, the average rounded up to whole days', () => {
    // Twice Tuesday to Wednesday, and Thursday to Monday: 2 days, on average.
    expect(statisticsOf({ equity, trades: [won, won, lost] })).toMatchObject({
      maxTradeDurationSeconds: 4 * DAY_SECONDS,
      avgTradeDurationSeconds: 2 * DAY_SECONDS,
    });
    // Eight times, and Thursday to Monday: a day and a third.
    const { avgTradeDurationSeconds } = statisticsOf({ equity, trades: [...Array<Trade>(8).fill(won), lost] });
    expect(avgTradeDurationSeconds).toBe(2 * DAY_SECONDS);
  });

  it('have no figures where there are none, but their number', () => {
    const none = {
      tradeCount: 0,
      exposurePercent: 0,
      winRatePercent: null,
      bestTradePercent: null,
      worstTradePercent: null,
      avgTradePercent: null,
      maxTradeDurationSeconds: null,
      avgTradeDurationSeconds: null,
      profitFactor: null,
      expectancyPercent: null,
      sqn: null,
      kellyCriterion: null,
    };
    expect(statisticsOf({ equity })).toMatchObject(none);
    expect(statisticsOf({ equity, trades: [openTrade()] })).toMatchObject(none);
  });

  it('have no profit factor nor Kelly criterion without a loss, and no quality of one alone', () => {
    expect(statisticsOf({ equity, trades: [won] })).toMatchObject({
      winRatePercent: 100,
      profitFactor: null,
      kellyCriterion: null,
      sqn: null,
    });
    expect(statisticsOf({ equity, trades: [lost] })).toMatchObject({ profitFactor: 0, kellyCriterion: null });
  });

  it('are neither won nor lost where they come to nothing', () => {
    const even = closedTrade({ side: 'SHORT' });
    const statistics = statisticsOf({ equity, trades: [even] });
    expect(statistics).toMatchObject({ winRatePercent: 0, profitFactor: null });
    expect(statistics.bestTradePercent).toBe(0);
    expect(statistics.worstTradePercent).toBe(0);
    expect(statistics.avgTradePercent).toBe(0);
  });
});

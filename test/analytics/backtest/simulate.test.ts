import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countHandedBars,
  requiredBars,
  simulate,
  type BacktestSettings,
} from '../../../src/analytics/backtest/simulate.js';
import { ruleOf } from '../../../src/analytics/backtest/strategies/rule-of.js';
import type { Strategy } from '../../../src/analytics/backtest/strategy.js';
import type { CandleColumns } from '../../../src/market/candle-columns.js';
import { TIMEFRAME_MS } from '../../../src/market/timeframe.js';
import { arbitraryBars, barsAt, firstBars } from './support/bars.js';
import { arbitraryTerms, TERMS } from './support/terms.js';

const SETTINGS: BacktestSettings = { ...TERMS, strategy: { name: 'smaCross', fast: 1, slow: 2 }, dailySampling: false };

const WARMUPS: [strategy: Strategy, warmup: number, required: number][] = [
  [{ name: 'smaCross', fast: 2, slow: 5 }, 4, 6],
  [{ name: 'rsiReversion', period: 5, oversold: 30, overbought: 70 }, 5, 7],
  [{ name: 'macdCross', fast: 2, slow: 5, signal: 3 }, 6, 8],
  [{ name: 'bollingerReversion', period: 5, deviations: 1 }, 4, 6],
  [{ name: 'donchianBreakout', period: 5 }, 5, 7],
  [{ name: 'buyAndHold', afterBars: 0 }, 0, 2],
  [{ name: 'buyAndHold', afterBars: 7 }, 0, 9],
];

describe('simulate', () => {
  it('trades the signals of the strategy', () => {
    const { equity, trades, warmup } = simulate(barsAt([10, 9, 11, 12, 8, 10]), SETTINGS);
    expect(trades).toEqual([
      { side: 'LONG', units: 83, entryBar: 3, entryPrice: 12, exitBar: 5, exitPrice: 10 },
      { side: 'SHORT', units: 83, entryBar: 5, entryPrice: 10, exitBar: null, exitPrice: null },
    ]);
    expect([...equity]).toEqual([1_000, 1_000, 1_000, 1_000, 1_000 - 83 * 4, 1_000 - 83 * 2]);
    expect(warmup).toBe(1);
  });

  it('lets smaCross alone enter anew on its own side', () => {
    // An up, no down for the levels before and after it, and an up again.
    const bars = barsAt([10, 9, 11, 11, 10, 10, 9, 11, 12]);
    const entries = (strategy: Strategy) =>
      simulate(bars, { ...SETTINGS, strategy }).trades.map(({ side, entryBar }) => `${side} ${entryBar}`);
    expect(entries({ name: 'smaCross', fast: 1, slow: 2 })).toEqual(['LONG 3', 'LONG 8']);
    expect(entries({ name: 'bollingerReversion', period: 2, deviations: 0.5 })).toEqual(['LONG 3']);
  });

  it.each(WARMUPS)('knows the warm-up of %j: %d, and needs %d bars', (strategy, warmup, required) => {
    expect(requiredBars(strategy)).toBe(required);
    const settings = { ...SETTINGS, strategy };
    const bars = barsAt(Array.from({ length: required }, (_, index) => 10 + (index % 3)));
    expect(simulate(bars, settings).warmup).toBe(warmup);
    expect(() => simulate(firstBars(bars, required - 1), settings)).toThrow(
      new RangeError(`${strategy.name} needs ${required} bars, but got: ${required - 1}`),
    );
  });

  it.each(WARMUPS)('hears nothing of %j before the bar after the warm-up, and may hear of it then', (strategy) => {
    const { earliest, signals } = ruleOf(strategy);
    const firsts = fc.sample(arbitraryBars({ minLength: 12, maxLength: 12 }), { numRuns: 300, seed: 1 }).map((bars) => {
      const first = signals(bars).findIndex((signal) => signal !== 0);
      return first === -1 ? Infinity : first;
    });
    expect(Math.min(...firsts)).toBe(earliest);
    expect(requiredBars(strategy)).toBe(earliest + 1);
  });

  it('buys and holds from the third bar: it is asked on the second, and fills on the next', () => {
    const strategy = { name: 'buyAndHold', afterBars: 0 } as const;
    const bars = barsAt([7, 8, 9, 10, 11]);
    const trade = { side: 'LONG', units: 111, entryBar: 2, entryPrice: 9 };
    expect(simulate(bars, { ...SETTINGS, strategy }).trades).toMatchObject([{ ...trade, exitBar: null }]);
    expect(simulate(bars, { ...SETTINGS, strategy, finalizeTrades: true }).trades).toMatchObject([
      { ...trade, exitBar: 4 },
    ]);
    expect(simulate(bars, { ...SETTINGS, strategy, tradeOnClose: true }).trades).toMatchObject([{ entryBar: 1 }]);
  });
});

describe('simulate with daily sampling', () => {
  const sampled: BacktestSettings = { ...SETTINGS, dailySampling: true };

  /** Six-hourly bars whose days close at the prices given; within the day they swing, which nobody is to see. */
  function daysOf(closes: readonly number[]): CandleColumns {
    const bars = barsAt(closes.flatMap((close) => [close - 2, close + 2, close - 1, close]));
    return { ...bars, time: bars.time.map((_, index) => (bars.time[0] ?? 0) + index * TIMEFRAME_MS.H6) };
  }

  it('decides by the last closes of the days, and fills on the next bar', () => {
    const { trades, warmup } = simulate(daysOf([20, 19, 21, 22, 18, 17]), sampled);
    expect(trades).toMatchObject([
      { side: 'LONG', entryBar: 12, entryPrice: 20, exitBar: 20, exitPrice: 15 },
      { side: 'SHORT', entryBar: 20, entryPrice: 15, exitBar: null },
    ]);
    expect(warmup).toBe(7);
  });

  it('fills at the last close of the day with tradeOnClose', () => {
    const { trades } = simulate(daysOf([20, 19, 21, 22]), { ...sampled, tradeOnClose: true });
    expect(trades).toMatchObject([{ entryBar: 11, entryPrice: 21 }]);
  });

  it('takes the equity after every bar', () => {
    const { equity } = simulate(daysOf([20, 19, 21, 22]), sampled);
    expect([...equity.subarray(11)]).toEqual([0, 0, 4, 1, 2].map((change) => 1_000 + 49 * change));
  });

  it('looks at the highs of whole days', () => {
    const strategy = { name: 'donchianBreakout', period: 1 } as const;
    // Days reach 2 beyond their closes: 21 is the highest of the second.
    const entries = (third: number) => simulate(daysOf([20, 19, third, third]), { ...sampled, strategy }).trades;
    expect(entries(20.5)).toEqual([]);
    expect(entries(21.5)).toMatchObject([{ entryBar: 12 }]);
  });

  it('needs as many days as otherwise bars', () => {
    const bars = daysOf([20, 19]);
    expect(countHandedBars(bars, sampled)).toBe(2);
    expect(countHandedBars(bars, SETTINGS)).toBe(8);
    // Of the times alone.
    const { time } = bars;
    expect([countHandedBars({ time }, sampled), countHandedBars({ time }, SETTINGS)]).toEqual([2, 8]);
    expect(() => simulate(bars, sampled)).toThrow(new RangeError('smaCross needs 3 days, but got: 2'));
    expect(simulate(daysOf([20, 19, 18]), sampled).trades).toEqual([]);
  });

  it('changes nothing over days', () => {
    fc.assert(
      fc.property(
        arbitraryBars({ minLength: 12 }),
        fc.constantFrom(...WARMUPS.map(([strategy]) => strategy)),
        (bars, strategy) => {
          const days = { ...bars, time: bars.time.map((_, index) => index * TIMEFRAME_MS.D1) };
          expect(simulate(days, { ...sampled, strategy })).toEqual(simulate(days, { ...SETTINGS, strategy }));
        },
      ),
    );
  });
});

describe('simulate with any settings', () => {
  const settings: fc.Arbitrary<BacktestSettings> = fc.record({
    ...arbitraryTerms,
    strategy: fc.constantFrom(...WARMUPS.map(([strategy]) => strategy)),
    dailySampling: fc.constant(false),
  });
  const bars = arbitraryBars({ minLength: 12 });

  it('enters nothing before it is warm', () => {
    fc.assert(
      fc.property(bars, settings, (columns, each) => {
        const { trades, warmup, equity } = simulate(columns, each);
        for (const { entryBar } of trades) expect(entryBar).toBeGreaterThan(warmup + (each.tradeOnClose ? 0 : 1));
        expect(equity.subarray(0, warmup + 1).every((value) => value === each.cash)).toBe(true);
      }),
    );
  });

  it('says the same of a bar whatever follows it', () => {
    fc.assert(
      fc.property(bars, settings, fc.integer({ min: 9, max: 60 }), (columns, each, count) => {
        const unfinished = { ...each, finalizeTrades: false };
        const before = simulate(firstBars(columns, count), unfinished);
        const whole = simulate(columns, unfinished);
        expect(before.equity).toEqual(whole.equity.subarray(0, count));
        const closed = before.trades.filter(({ exitBar }) => exitBar !== null);
        expect(closed).toEqual(whole.trades.slice(0, closed.length));
      }),
    );
  });

  it('is the same twice, of copies too, and leaves what it is given', () => {
    fc.assert(
      fc.property(bars, settings, (columns, each) => {
        const copies = structuredClone({ columns, each });
        const first = simulate(columns, each);
        expect(simulate(copies.columns, copies.each)).toEqual(first);
        expect({ columns, each }).toEqual(copies);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CandleColumns } from '../../../src/market/candle-columns.js';
import { tradeSignals, type TradedSignals, type TradingTerms } from '../../../src/analytics/backtest/trade-signals.js';
import type { Trade } from '../../../src/analytics/backtest/trade.js';
import { arbitraryBars, barsAt, barsOf, firstBars } from './support/bars.js';
import { arbitraryTerms, TERMS } from './support/terms.js';
import { signalsOf } from './support/signals.js';

const LONG_ONLY = { ...TERMS, direction: 'LONG_ONLY', reenters: false } as const;
const LONG_SHORT = { ...TERMS, direction: 'LONG_SHORT', reenters: false } as const;

describe('tradeSignals, long only', () => {
  it('buys on an up, and on no further one', () => {
    expect(sidesOf(tradeSignals(barsAt([10, 10, 10, 10, 10]), signalsOf('.++.+'), LONG_ONLY))).toEqual(['LONG 2-']);
  });

  it('closes on a down, and never sells', () => {
    expect(sidesOf(tradeSignals(barsAt([10, 10, 10, 10, 10, 10]), signalsOf('.-+--.'), LONG_ONLY))).toEqual([
      'LONG 3-4',
    ]);
  });

  it('buys again after it has closed, with what that has left', () => {
    const { trades } = tradeSignals(barsAt([10, 10, 10, 20, 20, 20]), signalsOf('.+-+..'), LONG_ONLY);
    expect(trades).toMatchObject([
      { units: 99, entryPrice: 10, exitPrice: 20 },
      { units: 99, entryPrice: 20 },
    ]);
  });
});

describe('tradeSignals, long and short', () => {
  const bars = barsAt([10, 10, 10, 10, 10, 10]);

  it('closes and enters the other side', () => {
    expect(sidesOf(tradeSignals(bars, signalsOf('.-+-..'), LONG_SHORT))).toEqual(['SHORT 2-3', 'LONG 3-4', 'SHORT 4-']);
  });

  it('stays where it is on a signal for its own side', () => {
    expect(sidesOf(tradeSignals(bars, signalsOf('.--++.'), LONG_SHORT))).toEqual(['SHORT 2-4', 'LONG 4-']);
  });

  it('closes and enters anew there, if it re-enters', () => {
    expect(sidesOf(tradeSignals(bars, signalsOf('.--++.'), { ...LONG_SHORT, reenters: true }))).toEqual([
      'SHORT 2-3',
      'SHORT 3-4',
      'LONG 4-5',
      'LONG 5-',
    ]);
  });
});

describe('tradeSignals', () => {
  it('follows no signal of the first bar', () => {
    expect(tradeSignals(barsAt([10, 10, 10]), signalsOf('+..'), LONG_SHORT).trades).toEqual([]);
  });

  it.each([false, true])('has no bar to fill a signal of the last one on (tradeOnClose %s)', (tradeOnClose) => {
    for (const finalizeTrades of [false, true]) {
      const terms = { ...LONG_SHORT, tradeOnClose, finalizeTrades };
      expect(tradeSignals(barsAt([10, 10, 10]), signalsOf('..+'), terms).trades).toEqual([]);
    }
  });

  it('fills at the next open, or at the close of the signal with tradeOnClose', () => {
    const bars = barsOf([
      [8, 9],
      [10, 11],
      [12, 13],
      [14, 15],
      [16, 17],
    ]);
    const fills = (tradeOnClose: boolean) =>
      tradeSignals(bars, signalsOf('.+.-.'), { ...LONG_ONLY, tradeOnClose }).trades;
    expect(fills(false)).toMatchObject([{ entryBar: 2, entryPrice: 12, exitBar: 4, exitPrice: 16 }]);
    expect(fills(true)).toMatchObject([{ entryBar: 1, entryPrice: 11, exitBar: 3, exitPrice: 15 }]);
  });

  it('closes at the open of the last bar what is open there, if it finalizes', () => {
    const bars = barsOf([
      [10, 10],
      [10, 10],
      [10, 10],
      [12, 15],
    ]);
    const open = tradeSignals(bars, signalsOf('.+..'), LONG_ONLY);
    expect(sidesOf(open)).toEqual(['LONG 2-']);
    expect(open.equity[3]).toBe(1_000 + 99 * 5);
    const closed = tradeSignals(bars, signalsOf('.+..'), { ...LONG_ONLY, finalizeTrades: true });
    expect(closed.trades).toMatchObject([{ entryBar: 2, exitBar: 3, exitPrice: 12 }]);
    expect(closed.equity[3]).toBe(1_000 + 99 * 2);
  });

  it('takes commission relative to the value, on entry and exit', () => {
    const terms = { ...LONG_ONLY, commission: 0.01, finalizeTrades: true };
    const { equity, trades } = tradeSignals(barsAt([10, 10, 10, 20]), signalsOf('.+..'), terms);
    expect(trades).toMatchObject([{ units: 99 }]);
    expect(equity[2]).toBeCloseTo(1_000 - 9.9, 9);
    expect(equity[3]).toBeCloseTo(1_000 - 9.9 + 990 - 19.8, 9);
  });

  it('follows nothing any more once no equity is left', () => {
    const bars = barsAt([10, 10, 10, 30, 10, 10, 10]);
    const terms = { ...LONG_SHORT, finalizeTrades: true };
    const { equity, trades } = tradeSignals(bars, signalsOf('.-.++..'), terms);
    expect(trades).toMatchObject([{ side: 'SHORT', entryBar: 2, exitBar: 3, exitPrice: 30 }]);
    expect([...equity]).toEqual([1_000, 1_000, 1_000, 0, 0, 0, 0]);
  });

  it('is the cash alone over a single bar', () => {
    expect(tradeSignals(barsAt([10]), signalsOf('+'), { ...LONG_SHORT, finalizeTrades: true })).toEqual({
      equity: Float64Array.of(1_000),
      trades: [],
    });
  });
});

describe('tradeSignals over any course', () => {
  const course = arbitraryBars().chain((bars) =>
    fc.record({
      bars: fc.constant(bars),
      signals: arbitrarySignals(bars.close.length),
      terms: fc.record({ ...arbitraryTerms, reenters: fc.boolean() }),
    }),
  );

  it('accounts for every cent: cash, profits and commissions are the equity', () => {
    fc.assert(
      fc.property(course, ({ bars, signals, terms }) => {
        const { equity, trades } = tradeSignals(bars, signals, terms);
        const end = equity.at(-1) ?? NaN;
        const accounted = terms.cash + sum(trades.map((trade) => resultOf(trade, bars, terms)));
        // A ruin may end below nothing; what is owed is left out.
        const difference = end - (end === 0 ? Math.max(0, accounted) : accounted);
        const rounding =
          1e-9 * (Math.max(...equity) + sum(trades.map((trade) => Math.abs(resultOf(trade, bars, terms)))));
        expect(Math.abs(difference)).toBeLessThanOrEqual(rounding);
      }),
    );
  });

  it('enters only by the signal before, on its side, and closes no earlier than it enters', () => {
    fc.assert(
      fc.property(course, ({ bars, signals, terms }) => {
        for (const trade of tradeSignals(bars, signals, terms).trades) {
          expect(signals[trade.entryBar - (terms.tradeOnClose ? 0 : 1)]).toBe(trade.side === 'LONG' ? 1 : -1);
          expect(trade.exitBar ?? Infinity).toBeGreaterThanOrEqual(trade.entryBar);
          expect(Number.isInteger(trade.units) && trade.units > 0).toBe(true);
          if (terms.direction === 'LONG_ONLY') expect(trade.side).toBe('LONG');
        }
      }),
    );
  });

  it('has at most one trade open at a time, and none after finalizing', () => {
    fc.assert(
      fc.property(course, ({ bars, signals, terms }) => {
        const { trades } = tradeSignals(bars, signals, terms);
        for (const [index, trade] of trades.slice(1).entries()) {
          expect(trades[index]?.exitBar ?? Infinity).toBeLessThanOrEqual(trade.entryBar);
        }
        if (terms.finalizeTrades) expect(trades.every(({ exitBar }) => exitBar !== null)).toBe(true);
      }),
    );
  });

  it('says the same of a bar whatever follows it', () => {
    fc.assert(
      fc.property(course, fc.integer({ min: 1, max: 60 }), ({ bars, signals, terms }, count) => {
        const unfinished = { ...terms, finalizeTrades: false };
        const whole = tradeSignals(bars, signals, unfinished);
        const before = tradeSignals(firstBars(bars, count), signals.subarray(0, count), unfinished);
        expect(before.equity).toEqual(whole.equity.subarray(0, count));
        const closed = before.trades.filter(({ exitBar }) => exitBar !== null);
        expect(closed).toEqual(whole.trades.slice(0, closed.length));
        for (const open of before.trades.slice(closed.length)) {
          const { side, units, entryBar, entryPrice } = open;
          expect(whole.trades).toContainEqual(expect.objectContaining({ side, units, entryBar, entryPrice }));
        }
      }),
    );
  });

  it('is finalized in its last bar alone', () => {
    fc.assert(
      fc.property(course, ({ bars, signals, terms }) => {
        const finalized = tradeSignals(bars, signals, { ...terms, finalizeTrades: true });
        const left = tradeSignals(bars, signals, { ...terms, finalizeTrades: false });
        expect(finalized.equity.subarray(0, -1)).toEqual(left.equity.subarray(0, -1));
        expect(finalized.trades.map(({ entryBar }) => entryBar)).toEqual(left.trades.map(({ entryBar }) => entryBar));
      }),
    );
  });

  it('has nothing for exclusive orders to change', () => {
    fc.assert(
      fc.property(course, ({ bars, signals, terms }) => {
        const exclusive = tradeSignals(bars, signals, { ...terms, exclusiveOrders: true });
        expect(exclusive).toEqual(tradeSignals(bars, signals, { ...terms, exclusiveOrders: false }));
      }),
    );
  });

  function arbitrarySignals(length: number): fc.Arbitrary<Int8Array> {
    return fc
      .array(fc.constantFrom(-1, 0, 1), { minLength: length, maxLength: length })
      .map((signals) => Int8Array.from(signals));
  }
});

/** What a trade brought, or has brought by the last close, after its commissions. */
function resultOf(trade: Trade, bars: CandleColumns, { unit, commission }: TradingTerms): number {
  const quantity = trade.units * unit;
  const price = trade.exitPrice ?? bars.close.at(-1) ?? NaN;
  const profit = (trade.side === 'LONG' ? 1 : -1) * quantity * (price - trade.entryPrice);
  return profit - commission * quantity * (trade.entryPrice + (trade.exitPrice ?? 0));
}

/** `LONG 2-4`: entered on bar 2, closed on bar 4. */
function sidesOf({ trades }: TradedSignals): string[] {
  return trades.map(({ side, entryBar, exitBar }) => `${side} ${entryBar}-${exitBar ?? ''}`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

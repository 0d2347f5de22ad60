import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countMoney, type Money } from '../../../src/analytics/backtest/money.js';
import type { BacktestSettings, Trade } from '../../../src/analytics/backtest/simulate.js';
import { barsAt } from './support/bars.js';
import { SETTINGS } from './support/settings.js';
import { closedTrade, openTrade } from './support/trades.js';

/** The money of trades over bars at these prices; the equity is highest at the last bar unless it is given. */
function moneyOf(
  trades: readonly Trade[],
  {
    prices = [100, 100],
    equity = prices.map((_, bar) => bar + 1),
    ...settings
  }: Partial<BacktestSettings> & { prices?: readonly number[]; equity?: readonly number[] } = {},
): Money {
  return countMoney(
    barsAt(prices),
    { ...SETTINGS, ...settings },
    { equity: Float64Array.from(equity), trades, warmup: 0 },
  );
}

describe('the money of a trade', () => {
  it('has no digits that floats add', () => {
    expect(51 * (193.69 - 186.31)).not.toBe(376.38);
    const { trades, finalEquity } = moneyOf([closedTrade({ units: 51, entryPrice: 186.31, exitPrice: 193.69 })]);
    expect(trades).toMatchObject([{ pnl: '376.38' }]);
    expect(finalEquity).toBe('10376.38');
  });

  it('is negative for a short that rose', () => {
    const short = closedTrade({ side: 'SHORT', units: 55, entryPrice: 180.36, exitPrice: 186.31 });
    expect(moneyOf([short]).trades).toMatchObject([{ quantity: '55', pnl: '-327.25' }]);
  });

  it('counts commission on both sides', () => {
    const trade = closedTrade({ side: 'SHORT', units: 59, entryPrice: 169.02, exitPrice: 179.13 });
    expect(moneyOf([trade], { commission: 0.002 }).trades).toMatchObject([{ commission: '41.0817', pnl: '-637.5717' }]);
  });

  it('has the quantity in plain notation, without zeros at the end', () => {
    const quantityOf = (units: number, unit: number) => moneyOf([openTrade({ units })], { unit }).trades[0]?.quantity;
    expect(quantityOf(1, 1e-8)).toBe('0.00000001');
    expect(quantityOf(250_000_000, 1e-8)).toBe('2.5');
    expect(quantityOf(123_456_789, 1e-8)).toBe('1.23456789');
    expect(quantityOf(1e17, 1e-8)).toBe('1000000000');
    expect(quantityOf(3e21, 1)).toBe('3000000000000000000000');
  });

  it('is rounded to eight places, once for what it earned and once for each commission', () => {
    const trade = closedTrade({ units: 33_333_333, entryPrice: 0.12345, exitPrice: 0.12346 });
    // 0.33333333 of them: 0.0000033333333, and 0.0000411499995885 and 0.0000411533329218 of commission.
    const money = moneyOf([trade], { unit: 1e-8, commission: 0.001 });
    expect(money.trades).toMatchObject([{ pnl: '-0.00007897', commission: '0.0000823' }]);
    expect(money).toMatchObject({ finalEquity: '9999.99992103', commissions: '0.0000823' });
  });

  it('is 0, and not -0, where nothing was earned', () => {
    const short = closedTrade({ side: 'SHORT' });
    expect(moneyOf([short])).toMatchObject({ finalEquity: '10000', commissions: '0', trades: [{ pnl: '0' }] });
    expect(moneyOf([closedTrade({ side: 'SHORT', entryPrice: 1, exitPrice: 1 + 1e-9 })]).trades[0]?.pnl).toBe('0');
  });

  it('is unknown while it is open, but for the commission of its entry', () => {
    const { trades, commissions } = moneyOf([openTrade({ units: 5 })], { commission: 0.01 });
    expect(trades).toEqual([{ trade: openTrade({ units: 5 }), quantity: '5', pnl: null, commission: '5' }]);
    expect(commissions).toBe('0');
  });

  it('equals what whole numbers say', () => {
    const cents = fc.integer({ min: 1, max: 10_000_000 });
    const trade = fc.record({
      side: fc.constantFrom('LONG', 'SHORT'),
      units: fc.integer({ min: 1, max: 1e9 }),
      entry: cents,
      exit: cents,
    });
    fc.assert(
      fc.property(fc.array(trade), fc.integer({ min: 0, max: 500 }), (rows, basisPoints) => {
        const trades = rows.map(({ side, units, entry, exit }) =>
          closedTrade({ side, units, entryPrice: entry / 100, exitPrice: exit / 100 }),
        );
        const money = moneyOf(trades, { commission: basisPoints / 10_000 });
        const millionths = rows.map(({ side, units, entry, exit }) => {
          const commission = BigInt(units) * BigInt(entry + exit) * BigInt(basisPoints);
          const earned = BigInt(units) * BigInt(side === 'LONG' ? exit - entry : entry - exit) * 10_000n;
          return { commission, pnl: earned - commission };
        });
        expect(money.trades).toMatchObject(
          millionths.map(({ commission, pnl }) => ({ commission: toText(commission), pnl: toText(pnl) })),
        );
        const total = millionths.reduce((sum, { pnl }) => sum + pnl, 10_000_000_000n);
        expect(money.finalEquity).toBe(toText(total));
        expect(money.commissions).toBe(toText(millionths.reduce((sum, { commission }) => sum + commission, 0n)));
      }),
    );
  });

  function toText(millionths: bigint): string {
    const digits = String(millionths < 0n ? -millionths : millionths).padStart(7, '0');
    const text = `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '');
    return millionths < 0n ? `-${text}` : text;
  }
});

describe('the final equity', () => {
  it('is the cash where nothing was traded', () => {
    expect(moneyOf([], { cash: 1234.5 })).toMatchObject({ finalEquity: '1234.5', peakEquity: '1234.5' });
  });

  it('has what open trades are worth at the last close, their commission paid', () => {
    const trades = [closedTrade({ units: 2, exitPrice: 110 }), openTrade({ units: 3, entryBar: 1, entryPrice: 110 })];
    const money = moneyOf(trades, { prices: [100, 110, 109.9], commission: 0.01 });
    expect(money.finalEquity).toBe('10012.2');
    expect(money.commissions).toBe('4.2');
  });

  it('is 0 where nothing was left on the way, whatever the trades say', () => {
    const lost = closedTrade({ side: 'SHORT', units: 100, exitPrice: 250 });
    const money = moneyOf([lost], { prices: [100, 250, 250], equity: [10_000, 0, 0] });
    expect(money).toMatchObject({ finalEquity: '0', peakEquity: '10000', trades: [{ pnl: '-15000' }] });
  });
});

describe('the peak of the equity', () => {
  const prices = [100, 100, 130.1, 90, 95];
  const equity = [10_000, 10_000, 10_301, 9_900, 9_950];

  it('values what was open then at the close of that bar, with the commission paid till then', () => {
    const trades = [
      closedTrade({ units: 2, entryBar: 0, exitBar: 1, exitPrice: 100 }),
      closedTrade({ units: 10, entryBar: 1, exitBar: 3, exitPrice: 90 }),
      openTrade({ units: 7, entryBar: 4, entryPrice: 95 }),
    ];
    expect(moneyOf(trades, { prices, equity }).peakEquity).toBe('10301');
    expect(moneyOf(trades, { prices, equity, commission: 0.01 }).peakEquity).toBe('10287');
  });

  it('counts what fills on that bar, at its open', () => {
    const trades = [
      closedTrade({ units: 10, entryBar: 1, exitBar: 2, exitPrice: 130 }),
      openTrade({ units: 10, entryBar: 2, entryPrice: 130 }),
    ];
    expect(moneyOf(trades, { prices, equity }).peakEquity).toBe('10301');
    expect(moneyOf(trades, { prices, equity, commission: 0.01 }).peakEquity).toBe('10265');
  });

  it('does not count what fills at its close, for the equity is taken before', () => {
    const trades = [
      closedTrade({ units: 10, entryBar: 1, exitBar: 2, exitPrice: 130.1 }),
      openTrade({ units: 10, entryBar: 2, entryPrice: 130.1 }),
    ];
    const money = moneyOf(trades, { prices, equity, commission: 0.01, tradeOnClose: true });
    expect(money.peakEquity).toBe('10291');
  });

  it('is never less than the final equity, where floats say that they are equal', () => {
    const rose = openTrade({ units: 1 });
    const money = moneyOf([rose], { prices: [100, 150, 150.1], equity: [10_000, 10_050, 10_050] });
    expect(money).toMatchObject({ finalEquity: '10050.1', peakEquity: '10050.1' });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moneyFlowIndex } from '../../../src/analytics/indicators/money-flow-index.js';
import { typicalPrice } from '../../../src/analytics/indicators/typical-price.js';
import { arbitraryCandles, candleAt, candlesOf } from '../support/candles.js';
import { expectRows } from '../support/close-to.js';

describe('typicalPrice', () => {
  it('is the mean of high, low and close', () => {
    expect(typicalPrice(candleAt(0, 13, { high: 16, low: 10, open: 99 }))).toBe(13);
  });
});

describe('moneyFlowIndex', () => {
  it('is the share of the money that moved up', () => {
    // Money of the last two that moved: 12 up, 20 down; then 20 down, 60 up.
    const candles = [10, 12, 10, 20].map((close, index) =>
      candleAt(index, close, { volume: [9, 1, 2, 3][index] ?? 0 }),
    );
    expect(moneyFlowIndex(candles, 2)).toEqual([undefined, undefined, 37.5, 75]);
  });

  it('leaves out a candle whose typical price stays', () => {
    expect(moneyFlowIndex(candlesOf([10, 12, 12, 12]), 2)).toEqual([undefined, undefined, 100, 50]);
  });

  it('is 50 where nothing trades', () => {
    const candles = [10, 12, 9].map((close, index) => candleAt(index, close, { volume: 0 }));
    expect(moneyFlowIndex(candles, 2).at(-1)).toBe(50);
  });

  it('equals the share taken anew of every window', () => {
    fc.assert(
      fc.property(arbitraryCandles(), fc.integer({ min: 1, max: 9 }), (candles, period) => {
        const money = candles.map((candle, index) => {
          const previous = candles[index - 1];
          return previous
            ? Math.sign(typicalPrice(candle) - typicalPrice(previous)) * typicalPrice(candle) * candle.volume
            : 0;
        });
        const naive = candles.map((_, index) => {
          if (index < period) return undefined;
          const window = money.slice(index - period + 1, index + 1);
          const up = window.reduce((sum, value) => sum + Math.max(value, 0), 0);
          const moved = window.reduce((sum, value) => sum + Math.abs(value), 0);
          return moved === 0 ? 50 : (100 * up) / moved;
        });
        expectRows(moneyFlowIndex(candles, period), naive, { scale: 100 });
      }),
    );
  });
});

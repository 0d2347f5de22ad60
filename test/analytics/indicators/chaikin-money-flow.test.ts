import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chaikinMoneyFlow } from '../../../src/analytics/indicators/chaikin-money-flow.js';
import { moneyFlowVolume } from '../../../src/analytics/indicators/money-flow-volume.js';
import { arbitraryCandles, candleAt, candlesOf } from '../support/candles.js';
import { expectRows } from '../support/close-to.js';

describe('chaikinMoneyFlow', () => {
  it('is the money-flow volume over the volume of the last candles', () => {
    const candles = [14, 13, 10].map((close, index) => candleAt(index, close, { high: 14, low: 10, volume: 8 }));
    expect(chaikinMoneyFlow(candles, 2)).toEqual([undefined, 0.75, -0.25]);
  });

  it('is 0 where no candle has a range', () => {
    expect(chaikinMoneyFlow(candlesOf([1, 2, 3]), 2)).toEqual([undefined, 0, 0]);
  });

  it('is exactly 0 once nothing trades any more, whatever traded before', () => {
    // What is left of these when all have left is 2.6e-17, even compensated: flow and volume of it would be a ratio of noise.
    const traded = [0.3, 1e17, 3e-9].map((volume, index) => candleAt(index, 13, { high: 14, low: 10, volume }));
    const silent = [3, 4, 5].map((index) => candleAt(index, 13, { high: 14, low: 10, volume: 0 }));
    expect(chaikinMoneyFlow([...traded, ...silent], 3).at(-1)).toBe(0);
  });

  it('equals the ratio taken anew of every window, within -1 and 1', () => {
    fc.assert(
      fc.property(arbitraryCandles(), fc.integer({ min: 1, max: 9 }), (candles, period) => {
        const naive = candles.map((_, index) => {
          if (index < period - 1) return undefined;
          const window = candles.slice(index - period + 1, index + 1);
          const volume = window.reduce((sum, candle) => sum + candle.volume, 0);
          return volume === 0 ? 0 : window.reduce((sum, candle) => sum + moneyFlowVolume(candle), 0) / volume;
        });
        const flows = chaikinMoneyFlow(candles, period);
        expectRows(flows, naive, { scale: 1 });
        for (const flow of flows) expect(Math.abs(flow ?? 0)).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});

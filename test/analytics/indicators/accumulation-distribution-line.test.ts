import { describe, expect, it } from 'vitest';
import { accumulationDistributionLine } from '../../../src/analytics/indicators/accumulation-distribution-line.js';
import { moneyFlowVolume } from '../../../src/analytics/indicators/money-flow-volume.js';
import { candleAt } from '../support/candles.js';

describe('moneyFlowVolume', () => {
  it.each([
    ['all of it for a close at the high', 14, 8],
    ['none for a close in the middle', 12, 0],
    ['all of it, negative, for a close at the low', 10, -8],
    ['in proportion between', 13, 4],
  ])('is %s', (_, close, flow) => {
    expect(moneyFlowVolume(candleAt(0, close, { high: 14, low: 10, volume: 8 }))).toBe(flow);
  });

  it('is 0 for a candle without range', () => {
    expect(moneyFlowVolume(candleAt(0, 10, { volume: 8 }))).toBe(0);
  });
});

describe('accumulationDistributionLine', () => {
  it('sums the money-flow volume from the first candle on', () => {
    const candles = [14, 13, 10].map((close, index) => candleAt(index, close, { high: 14, low: 10, volume: 8 }));
    expect(accumulationDistributionLine(candles)).toEqual([8, 12, 4]);
  });
});

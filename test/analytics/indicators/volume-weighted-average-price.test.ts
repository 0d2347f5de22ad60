import { describe, expect, it } from 'vitest';
import {
  volumeWeightedAveragePrice,
  vwapAnchorOf,
} from '../../../src/analytics/indicators/volume-weighted-average-price.js';
import { TIMEFRAMES } from '../../../src/market/timeframe.js';
import { candleAt } from '../support/candles.js';

describe('volumeWeightedAveragePrice', () => {
  it('weighs the typical prices by volume from the start', () => {
    const candles = [
      candleAt(7, 10, { high: 13, low: 7, volume: 1 }),
      candleAt(8, 20, { volume: 4 }),
      candleAt(30, 23, { volume: 5 }),
    ];
    expect(volumeWeightedAveragePrice(candles, 'START')).toEqual([10, 18, 20.5]);
  });

  it('begins anew at each midnight UTC', () => {
    const candles = [10, 20, 40, 60].map((close, index) => candleAt([0, 23, 24, 25][index] ?? 0, close));
    expect(volumeWeightedAveragePrice(candles, 'UTC_DAY')).toEqual([10, 15, 40, 50]);
  });

  it('is undefined in a first day whose beginning is missing', () => {
    const candles = [10, 20, 40, 60].map((close, index) => candleAt([1, 23, 24, 25][index] ?? 0, close));
    expect(volumeWeightedAveragePrice(candles, 'UTC_DAY')).toEqual([undefined, undefined, 40, 50]);
  });

  it('begins anew with the first candle of a day, where midnight is a gap', () => {
    const candles = [candleAt(23, 10), candleAt(26, 40), candleAt(27, 60)];
    expect(volumeWeightedAveragePrice(candles, 'UTC_DAY')).toEqual([undefined, 40, 50]);
  });

  it('takes the last 20 candles', () => {
    const candles = Array.from({ length: 21 }, (_, index) => candleAt(index, index === 0 ? 1_000 : index));
    const rows = volumeWeightedAveragePrice(candles, 'ROLLING_20');
    expect(rows.slice(0, 19)).toEqual(Array(19).fill(undefined));
    expect(rows.slice(19)).toEqual([59.5, 10.5]);
  });

  it.each(['START', 'UTC_DAY', 'ROLLING_20'] as const)('is undefined from %s while nothing trades', (anchor) => {
    const candles = Array.from({ length: 24 }, (_, index) => candleAt(index, 10, { volume: 0 }));
    expect(volumeWeightedAveragePrice(candles, anchor)).toEqual(Array(24).fill(undefined));
  });
});

describe('vwapAnchorOf', () => {
  it('is the UTC day for candles shorter than a day, else the last 20', () => {
    const anchors = Object.fromEntries(TIMEFRAMES.map((timeframe) => [timeframe, vwapAnchorOf(timeframe)]));
    expect(anchors).toEqual({
      ...{ M1: 'UTC_DAY', M5: 'UTC_DAY', M15: 'UTC_DAY', H1: 'UTC_DAY', H4: 'UTC_DAY', H6: 'UTC_DAY' },
      ...{ D1: 'ROLLING_20', W1: 'ROLLING_20', MN1: 'ROLLING_20' },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { candleFeatures, FEATURES_WARM_UP } from '../../../src/analytics/prediction/candle-features.js';
import { candlesForRows, labelRows } from '../../../src/analytics/prediction/labelled-row.js';
import { candlesOf } from '../support/candles.js';

describe('labelRows', () => {
  it('gives each warm candle its features and whether the next one closed higher', () => {
    const closes = [...Array.from({ length: FEATURES_WARM_UP }, (_, i) => 100 + (i % 3)), 100, 101, 101, 99, 100];
    const candles = candlesOf(closes);
    expect(labelRows(candles)).toEqual(
      [true, false, false, true].map((isUp, i) => ({ features: candleFeatures(candles)[FEATURES_WARM_UP + i], isUp })),
    );
  });

  it('gives the rows that candlesForRows counts on, and one fewer for a candle fewer', () => {
    const candles = candlesOf(Array.from({ length: candlesForRows(7) }, (_, i) => 100 + (i % 5)));
    expect([labelRows(candles).length, labelRows(candles.slice(1)).length]).toEqual([7, 6]);
    expect(labelRows(candles.slice(0, candlesForRows(0)))).toEqual([]);
  });
});

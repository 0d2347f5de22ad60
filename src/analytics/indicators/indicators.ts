import type { Candle } from '../../market/candle.js';
import { bucketEnd, type Timeframe } from '../../market/timeframe.js';
import {
  advanceAccumulationDistributionLine,
  createAccumulationDistributionLine,
  getAccumulationDistributionLine,
} from './accumulation-distribution-line.js';
import { advanceAverageTrueRange, createAverageTrueRange, getAverageTrueRange } from './average-true-range.js';
import { advanceBollingerBands, createBollingerBands, getBollingerBands } from './bollinger-bands.js';
import { advanceChaikinMoneyFlow, createChaikinMoneyFlow, getChaikinMoneyFlow } from './chaikin-money-flow.js';
import {
  advanceExponentialMovingAverage,
  createExponentialMovingAverage,
  getExponentialMovingAverage,
} from './exponential-moving-average.js';
import { advanceMoneyFlowIndex, createMoneyFlowIndex, getMoneyFlowIndex } from './money-flow-index.js';
import { advanceMacd, createMacd, getMacd } from './moving-average-convergence-divergence.js';
import { advanceOnBalanceVolume, createOnBalanceVolume, getOnBalanceVolume } from './on-balance-volume.js';
import {
  advanceRelativeStrengthIndex,
  createRelativeStrengthIndex,
  getRelativeStrengthIndex,
} from './relative-strength-index.js';
import {
  advanceSimpleMovingAverage,
  createSimpleMovingAverage,
  getSimpleMovingAverage,
} from './simple-moving-average.js';
import { advanceVwap, createVwap, getVwap, vwapAnchorOf } from './volume-weighted-average-price.js';

/** The latest values of a series, plain JSON. A value that is not warm yet is null; each is explained in the file of its name. */
export interface IndicatorValues {
  /** Close time of the last closed candle, on which every value rests; ms since the epoch. */
  readonly asOf: number;
  readonly sma20: number | null;
  readonly sma50: number | null;
  readonly sma200: number | null;
  readonly ema20: number | null;
  readonly rsi14: number | null;
  readonly macd: { readonly macd: number | null; readonly signal: number | null; readonly histogram: number | null };
  readonly bollinger20: {
    readonly upper: number | null;
    readonly middle: number | null;
    readonly lower: number | null;
  };
  readonly atr14: number | null;
  readonly obv: number | null;
  readonly cmf20: number | null;
  readonly mfi14: number | null;
  /** Since midnight UTC for candles shorter than a day, else over the last 20. */
  readonly vwap: number | null;
  readonly adl: number | null;
}

/**
 * The indicators after the last closed candle of an ascending series; an open candle is left out. `obv` and `adl` count from the first
 * candle given. Without a closed candle there is nothing to be as of: a RangeError.
 */
export function computeIndicators(candles: readonly Candle[], timeframe: Timeframe): IndicatorValues {
  const closed = candles.filter((candle) => candle.closed);
  const last = closed.at(-1);
  if (!last)
    throw new RangeError(`Indicators need at least one closed candle, but got: ${candles.length} candles, none closed`);
  const closes = closed.map((candle) => candle.close);
  return {
    asOf: bucketEnd(last.time, timeframe),
    ...ofCloses(closes),
    ...ofCandles(closed, timeframe),
  };
}

/** Private */
function ofCloses(closes: readonly number[]) {
  const simple = (period: number) =>
    orNull(getSimpleMovingAverage(closes.reduce(advanceSimpleMovingAverage, createSimpleMovingAverage(period))));
  const exponential = closes.reduce(advanceExponentialMovingAverage, createExponentialMovingAverage(20));
  const macd = getMacd(closes.reduce(advanceMacd, createMacd()));
  const bollinger = getBollingerBands(closes.reduce(advanceBollingerBands, createBollingerBands()));
  return {
    sma20: simple(20),
    sma50: simple(50),
    sma200: simple(200),
    ema20: orNull(getExponentialMovingAverage(exponential)),
    rsi14: orNull(getRelativeStrengthIndex(closes.reduce(advanceRelativeStrengthIndex, createRelativeStrengthIndex()))),
    macd: { macd: orNull(macd?.macd), signal: orNull(macd?.signal), histogram: orNull(macd?.histogram) },
    bollinger20: {
      upper: orNull(bollinger?.upper),
      middle: orNull(bollinger?.middle),
      lower: orNull(bollinger?.lower),
    },
  };
}

/** Private */
function ofCandles(candles: readonly Candle[], timeframe: Timeframe) {
  const line = candles.reduce(advanceAccumulationDistributionLine, createAccumulationDistributionLine());
  return {
    atr14: orNull(getAverageTrueRange(candles.reduce(advanceAverageTrueRange, createAverageTrueRange()))),
    obv: orNull(getOnBalanceVolume(candles.reduce(advanceOnBalanceVolume, createOnBalanceVolume()))),
    cmf20: orNull(getChaikinMoneyFlow(candles.reduce(advanceChaikinMoneyFlow, createChaikinMoneyFlow()))),
    mfi14: orNull(getMoneyFlowIndex(candles.reduce(advanceMoneyFlowIndex, createMoneyFlowIndex()))),
    vwap: orNull(getVwap(candles.reduce(advanceVwap, createVwap(vwapAnchorOf(timeframe))))),
    adl: orNull(getAccumulationDistributionLine(line)),
  };
}

/** Private: JSON and GraphQL have no `undefined`. */
function orNull(value: number | undefined): number | null {
  return value ?? null;
}

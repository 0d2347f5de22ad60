import { HORIZON } from '../analytics/prediction/labelled-row.js';
import type { ForecastScore } from '../analytics/prediction/forecast-score.js';
import { predictDirection, type DirectionPrediction } from '../analytics/prediction/predict-direction.js';
import type { Miss, PolicyOptions } from '../cache/index.js';
import type { Timeframe } from '../market/timeframe.js';
import { toError } from '../support/to-error.js';
import type { CachedLoader } from './cached-loader.js';
import type { Model } from './models.js';
import { untilNextClose, type Series, type SeriesKey } from './series.js';

/** What a model says of the candle after the last closed one, and how good it has been. Times are ms since the epoch. */
export interface Prediction extends DirectionPrediction {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** How many candles ahead. */
  readonly horizon: number;
  readonly modelVersion: string;
  readonly trainedAt: number;
  readonly trainedThrough: number;
  readonly samples: number;
  readonly walkForward: ForecastScore;
  readonly nextClose: number | null;
}

/** It holds until the candle that it is about closes, and no longer than its model. */
export const predictionPolicy: PolicyOptions<Prediction> = {
  name: 'Query.prediction',
  ttl: '30s',
  ttlName: 'PREDICTION',
  alone: 'ttl',
  until: untilNextClose,
  tags: ['prediction:{$args.symbol}:{$args.timeframe}'],
  refreshable: true,
};

export interface PredictionSources {
  readonly models: CachedLoader<SeriesKey, Model>;
  readonly series: CachedLoader<SeriesKey, Series>;
}

export function computePredictions(
  sources: PredictionSources,
  misses: readonly Miss<Prediction>[],
): Promise<(Prediction | Error)[]> {
  return Promise.all(misses.map((miss) => computePrediction(sources, miss).catch(toError)));
}

/** Private */
async function computePrediction(
  { models, series }: PredictionSources,
  { args, parts, force }: Miss<Prediction>,
): Promise<Prediction> {
  const key = args as SeriesKey;
  const [model, { candles, nextClose }] = await Promise.all([
    models.load(key, { parts, force }),
    series.load(key, { parts, force, closedOnly: true }),
  ]);
  const closed = candles.filter((candle) => candle.closed);
  const predicted = predictDirection(model, closed);
  if (!predicted) throw new RangeError(`A series is too short to predict from: ${closed.length} closed candles.`);
  const { symbol, timeframe, version, trainedAt, trainedThrough, samples, walkForward } = model;
  return {
    ...{ symbol, timeframe, ...predicted, horizon: HORIZON, nextClose },
    ...{ modelVersion: version, trainedAt, trainedThrough, samples, walkForward },
  };
}

import { randomUUID } from 'node:crypto';
import type { AnalystPool } from '../analytics/threads/analyst-pool.js';
import { LEAST_CANDLES, type DirectionModel } from '../analytics/prediction/train-model.js';
import { TEST_ROWS } from '../analytics/prediction/walk-forward.js';
import type { PolicyOptions } from '../cache/index.js';
import type { Candle } from '../market/candle.js';
import { toColumns } from '../market/candle-columns.js';
import type { MarketData } from '../market/market-data.js';
import { bucketEnd, TIMEFRAME_MS, type Timeframe } from '../market/timeframe.js';
import type { Clock } from '../support/clock.js';
import { GatewayError } from '../support/gateway-error.js';
import { toError } from '../support/to-error.js';
import type { KnownMiss } from './instruments.js';
import type { SeriesKey } from './series.js';

/** A model of a symbol and timeframe, as it was trained once. Times are ms since the epoch. */
export interface Model extends DirectionModel {
  /** In the source's spelling. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Another one for every training, also where it comes to the same weights. */
  readonly version: string;
  readonly trainedAt: number;
  /** Close of the last candle that it was trained on. */
  readonly trainedThrough: number;
}

/**
 * A value of its own beside the predictions that are made with it, which live for seconds. Past its time it still serves while it is
 * trained anew, so that nobody waits for that.
 */
export const modelPolicy: PolicyOptions<Model> = {
  name: 'model',
  ttl: '24h',
  staleFor: '24h',
  // Too few candles: the source is not asked for all of them by everyone who tries.
  negativeTtl: '60s',
  alone: 'ttl',
  // Its walk-forward fitted a model anew after so many candles, and tells nothing of an older one.
  until: ({ timeframe }) => TEST_ROWS * TIMEFRAME_MS[timeframe],
  // Thousands of candles, and a thread that others wait for too.
  timeout: '2m',
  tags: ['model:{$args.symbol}:{$args.timeframe}'],
};

/** The tag that a retraining raises: that of the policy. */
export function modelTag({ symbol, timeframe }: SeriesKey): string {
  return `model:${encodeURIComponent(symbol)}:${timeframe}`;
}

/** Candles that a model is trained on at the most: the walk-forward has some 1,400 forecasts of them, and the model the latest 500. */
const MAX_CANDLES = 2_000;

export interface ModelSources {
  readonly market: MarketData;
  readonly pool: AnalystPool;
  readonly clock: Clock;
}

/** Models, their candles in one call of the source; one that fails, fails alone. */
export async function computeModels(
  sources: ModelSources,
  known: readonly KnownMiss<Model>[],
): Promise<(Model | Error)[]> {
  const keys = known.map(({ miss, instrument: { symbol } }) => ({ ...(miss.args as SeriesKey), symbol }));
  const fetched = await sources.market.candles(keys.map((key) => ({ ...key, limit: MAX_CANDLES })));
  return Promise.all(
    keys.map((key, i) => trainOne(sources, key, fetched[i] ?? new Error('Candles were lost.')).catch(toError)),
  );
}

/** Private */
async function trainOne(
  { pool, clock }: ModelSources,
  { symbol, timeframe }: SeriesKey,
  candles: readonly Candle[] | Error,
): Promise<Model> {
  if (candles instanceof Error) throw candles;
  const closed = candles.filter((candle) => candle.closed);
  const last = closed.at(-1);
  if (!last || closed.length < LEAST_CANDLES) throw tooFewCandles(symbol, timeframe, closed.length);
  const trained = await pool.run('trainModel', { bars: toColumns(closed) });
  const trainedThrough = bucketEnd(last.time, timeframe);
  const version = `lr1-${randomUUID().replaceAll('-', '').slice(0, VERSION_LENGTH)}`;
  return { ...trained, symbol, timeframe, version, trainedAt: clock.now(), trainedThrough };
}

const VERSION_LENGTH = 12;

/** Private */
function tooFewCandles(symbol: string, timeframe: Timeframe, count: number): GatewayError {
  const rule = `a prediction needs ${LEAST_CANDLES} closed ${timeframe} candles`;
  return new GatewayError('NOT_FOUND', `${symbol}: ${rule}, but there are ${count}.`, {
    symbol,
    rule,
    received: count,
  });
}

import type { Miss } from '../cache/index.js';
import type { Candle } from '../market/candle.js';
import { GatewayError } from '../support/gateway-error.js';
import { toError } from '../support/to-error.js';
import { Turns } from '../support/turns.js';
import type { Timeframe } from '../market/timeframe.js';
import type { CachedLoader } from './cached-loader.js';
import type { Series, SeriesKey } from './series.js';

/**
 * Values that rest on the closed candles of a series each: all series are loaded together, and one that fails, fails its value alone. Many
 * are computed with pauses, in which others are answered.
 */
export async function computeFromSeries<V>(
  series: CachedLoader<SeriesKey, Series>,
  misses: readonly Miss<V>[],
  compute: (series: Series, closed: readonly Candle[], timeframe: Timeframe) => V,
): Promise<(V | Error)[]> {
  const loading = misses.map(({ args, parts, force }) => {
    const { symbol, timeframe } = args as SeriesKey;
    return series.load({ symbol, timeframe }, { parts, force, closedOnly: true }).catch(toError);
  });
  const loaded = await Promise.all(loading);
  const turns = new Turns();
  const values: (V | Error)[] = [];
  for (const [i, { args }] of misses.entries()) {
    await turns.pass();
    const { timeframe } = args as SeriesKey;
    values.push(computeOne(loaded[i] ?? new Error('A series was lost.'), timeframe, compute));
  }
  return values;
}

/** Private */
function computeOne<V>(
  loaded: Series | Error,
  timeframe: Timeframe,
  compute: (series: Series, closed: readonly Candle[], timeframe: Timeframe) => V,
): V | Error {
  if (loaded instanceof Error) return loaded;
  const closed = loaded.candles.filter((candle) => candle.closed);
  if (closed.length === 0) return noCandles(loaded.symbol, timeframe);
  try {
    return compute(loaded, closed, timeframe);
  } catch (error) {
    return toError(error);
  }
}

/** Private */
function noCandles(symbol: string, timeframe: Timeframe): GatewayError {
  return new GatewayError('NOT_FOUND', `${symbol} has no closed ${timeframe} candle yet.`, { symbol });
}

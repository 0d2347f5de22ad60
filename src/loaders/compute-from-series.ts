import type { Miss } from '../cache/index.js';
import type { Candle } from '../market/candle.js';
import { GatewayError } from '../support/gateway-error.js';
import { toError } from '../support/to-error.js';
import type { Timeframe } from '../market/timeframe.js';
import type { CachedLoader } from './cached-loader.js';
import type { Series, SeriesKey } from './series.js';

/** Values that rest on the closed candles of a series each: all series are loaded together, and one that fails, fails its value alone. */
export async function computeFromSeries<V>(
  series: CachedLoader<SeriesKey, Series>,
  misses: readonly Miss<V>[],
  compute: (series: Series, closed: readonly Candle[], timeframe: Timeframe) => V,
): Promise<(V | Error)[]> {
  return Promise.all(
    misses.map(async ({ args, parts, force }) => {
      const { symbol, timeframe } = args as SeriesKey;
      try {
        const loaded = await series.load({ symbol, timeframe }, { parts, force, closedOnly: true });
        const closed = loaded.candles.filter((candle) => candle.closed);
        if (closed.length === 0) throw noCandles(loaded.symbol, timeframe);
        return compute(loaded, closed, timeframe);
      } catch (error) {
        return toError(error);
      }
    }),
  );
}

/** Private */
function noCandles(symbol: string, timeframe: Timeframe): GatewayError {
  return new GatewayError('NOT_FOUND', `${symbol} has no closed ${timeframe} candle yet.`, { symbol });
}

import { computeIndicators, type IndicatorValues } from '../analytics/indicators/indicators.js';
import type { Miss, PolicyOptions } from '../cache/index.js';
import type { Timeframe } from '../market/timeframe.js';
import type { CachedLoader } from './cached-loader.js';
import { computeFromSeries } from './compute-from-series.js';
import { untilNextClose, type Series, type SeriesKey } from './series.js';

export interface Indicators extends IndicatorValues {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly nextClose: number | null;
}

/** Indicators of the closed candles. */
export const indicatorsPolicy: PolicyOptions<Indicators> = {
  name: 'Query.indicators',
  ttl: '60s',
  ttlName: 'INDICATORS',
  alone: 'ttl',
  until: untilNextClose,
  tags: ['indicators:{$args.symbol}:{$args.timeframe}'],
  refreshable: true,
};

export function computeIndicatorsOf(
  series: CachedLoader<SeriesKey, Series>,
  misses: readonly Miss<Indicators>[],
): Promise<(Indicators | Error)[]> {
  return computeFromSeries(series, misses, ({ symbol, nextClose }, closed, timeframe) => ({
    symbol,
    timeframe,
    nextClose,
    ...computeIndicators(closed, timeframe),
  }));
}

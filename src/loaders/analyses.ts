import { analyzeDow, type DowAnalysis } from '../analytics/dow/analyze-dow.js';
import { deriveSignal, signalFacts, type AnalysisSignal } from '../analytics/signals/analysis-signal.js';
import { analyzeVolume, type VolumeAnalysis } from '../analytics/volume/analyze-volume.js';
import { analyzeWyckoff, type WyckoffAnalysis } from '../analytics/wyckoff/analyze-wyckoff.js';
import type { Miss, PolicyOptions } from '../cache/index.js';
import type { Candle } from '../market/candle.js';
import { bucketEnd, type Timeframe } from '../market/timeframe.js';
import type { CachedLoader } from './cached-loader.js';
import { computeFromSeries } from './compute-from-series.js';
import { untilNextClose, type Series, type SeriesKey } from './series.js';

export interface Analysis {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Close of the last closed candle, ms since the epoch. */
  readonly asOf: number;
  /** At that close. */
  readonly price: number;
  readonly dow: DowAnalysis;
  readonly wyckoff: WyckoffAnalysis;
  readonly volume: VolumeAnalysis;
  readonly signal: AnalysisSignal;
  readonly nextClose: number | null;
}

/** What the closed candles of a symbol say; it holds until the next one closes. */
export const analysisPolicy: PolicyOptions<Analysis> = {
  name: 'Query.analysis',
  ttl: '30m',
  ttlName: 'ANALYSIS',
  staleFor: '5m',
  staleIfError: '1h',
  alone: 'ttl',
  until: untilNextClose,
  tags: ['analysis:{$args.symbol}:{$args.timeframe}'],
  refreshable: true,
  version: 2,
};

export function computeAnalyses(
  series: CachedLoader<SeriesKey, Series>,
  misses: readonly Miss<Analysis>[],
): Promise<(Analysis | Error)[]> {
  return computeFromSeries(series, misses, ({ symbol, nextClose }, closed, timeframe) => {
    const last = closed.at(-1);
    if (!last) throw new RangeError('An analysis needs a closed candle.');
    const asOf = bucketEnd(last.time, timeframe);
    return { symbol, timeframe, asOf, price: last.close, ...read(closed, timeframe), nextClose };
  });
}

/** Private */
function read(closed: readonly Candle[], timeframe: Timeframe) {
  const readings = {
    dow: analyzeDow(closed),
    wyckoff: analyzeWyckoff(closed),
    volume: analyzeVolume(closed, timeframe),
  };
  return { ...readings, signal: deriveSignal(signalFacts(closed, readings)) };
}

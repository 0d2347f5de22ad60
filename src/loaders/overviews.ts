import type { Miss, PolicyOptions } from '../cache/index.js';
import { bucketStart, type Timeframe } from '../market/timeframe.js';
import type { Analysis } from './analyses.js';
import type { CachedLoader } from './cached-loader.js';
import type { Series, SeriesKey } from './series.js';

export interface OverviewKey extends Readonly<Record<string, unknown>> {
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
}

/** Of each pair only what has no policy of its own: prices and analyses are loaded where they are asked for. */
export interface OverviewPair {
  readonly symbol: string;
  /** The latest closes, oldest first; null where the pair failed. */
  readonly closes: readonly number[] | null;
}

export interface Overview {
  /** ms since the epoch: the latest close that one of the analyses rests on. */
  readonly asOf: number;
  readonly timeframe: Timeframe;
  readonly pairs: readonly OverviewPair[];
  readonly breadth: Readonly<Record<'up' | 'down' | 'sideways' | 'unknown' | 'failed', number>>;
}

/** Most points of a sparkline, and so what an overview keeps of each pair. */
export const MAX_SPARKLINE = 120;

/** What failed may work at the next try: a whole that holds a failure is kept no longer. */
export const FAILED_MS = 10_000;

export const overviewPolicy: PolicyOptions<Overview> = {
  name: 'Query.overview',
  ttl: '5m',
  ttlName: 'OVERVIEW',
  alone: 'ttl',
  until: ({ breadth, pairs }) =>
    breadth.failed > 0 || pairs.some(({ closes }) => closes === null) ? FAILED_MS : undefined,
  tags: ['overview'],
  refreshable: true,
};

export interface OverviewSources {
  readonly analyses: CachedLoader<SeriesKey, Analysis>;
  readonly series: CachedLoader<SeriesKey, Series>;
  /** The source's present. */
  readonly now: () => number;
}

export function computeOverviews(sources: OverviewSources, misses: readonly Miss<Overview>[]): Promise<Overview[]> {
  return Promise.all(misses.map((miss) => computeOverview(sources, miss)));
}

/** Private: all pairs together; a pair that fails is counted, and the others stand. */
async function computeOverview({ analyses, series, now }: OverviewSources, miss: Miss<Overview>): Promise<Overview> {
  const { symbols, timeframe } = miss.args as OverviewKey;
  const wanted = { parts: miss.parts, force: miss.force };
  const keys = symbols.map((symbol) => ({ symbol, timeframe }));
  const [analyzed, candles] = await Promise.all([
    analyses.loadMany(keys, wanted),
    series.loadMany(keys, { ...wanted, closedOnly: true }),
  ]);
  const breadth = { up: 0, down: 0, sideways: 0, unknown: 0, failed: 0 };
  for (const analysis of analyzed) breadth[analysis instanceof Error ? 'failed' : TREND_COUNT[analysis.dow.trend]] += 1;
  const sound = analyzed.filter((analysis): analysis is Analysis => !(analysis instanceof Error));
  return {
    asOf: Math.max(...sound.map(({ asOf }) => asOf), sound.length === 0 ? bucketStart(now(), timeframe) : 0),
    timeframe,
    breadth,
    pairs: symbols.map((symbol, i) => toPair(symbol, candles[i])),
  };
}

const TREND_COUNT = { UP: 'up', DOWN: 'down', SIDEWAYS: 'sideways', UNKNOWN: 'unknown' } as const;

/** Private */
function toPair(symbol: string, series: Series | Error | undefined): OverviewPair {
  if (!series || series instanceof Error) return { symbol, closes: null };
  const closed = series.candles.filter((candle) => candle.closed);
  return { symbol: series.symbol, closes: closed.slice(-MAX_SPARKLINE).map(({ close }) => close) };
}

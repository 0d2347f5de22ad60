import type { CacheCounts, CacheLayer, NameStatistics, LayerSize, StoreHealth } from '../cache/index.js';
import { builder } from './builder.js';
import { BreakerStateEnum } from './cache-health.js';
import { CacheLayerEnum } from './cache-info.js';

const CacheCountsType = builder.objectRef<CacheCounts>('CacheCounts').implement({
  description:
    'What became of resolutions. Counters are Float: an Int ends at 2^31, a day and a half of 20,000 hits a second.',
  fields: (t) => ({
    hits: t.exposeFloat('hits', { description: 'Served from the cache.' }),
    misses: t.exposeFloat('misses', { description: 'Computed and kept.' }),
    stale: t.exposeFloat('stale', { description: 'Served from the cache past their TTL.' }),
    coalesced: t.exposeFloat('coalesced', { description: "Served from another caller's computation." }),
    refreshed: t.exposeFloat('refreshed', { description: 'Computed anew by force.' }),
    bypassed: t.exposeFloat('bypassed', { description: 'Computed and not kept.' }),
    hitRate: t.float({
      nullable: true,
      description: 'Hits and stale of all, 0 to 1; null before the first resolution.',
      resolve: hitRate,
    }),
  }),
});

const FieldCacheStatsType = builder.objectRef<NameStatistics>('FieldCacheStats').implement({
  description: 'What became of the resolutions of one cached value.',
  fields: (t) => ({
    coordinate: t.exposeString('name', {
      description:
        'Schema coordinate of the field that the value is known by; series and session are of what others are made of.',
    }),
    counts: t.field({ type: CacheCountsType, description: 'Since the start.', resolve: ({ counts }) => counts }),
    p50Ms: t.float({
      nullable: true,
      description: 'Median of the last 512 resolutions, ms.',
      resolve: (of) => percentile(of, 0.5),
    }),
    p95Ms: t.float({
      nullable: true,
      description: '95th percentile of them, ms.',
      resolve: (of) => percentile(of, 0.95),
    }),
    p99Ms: t.float({
      nullable: true,
      description: '99th percentile of them, ms.',
      resolve: (of) => percentile(of, 0.99),
    }),
    recommendation: t.string({
      nullable: true,
      description: 'What would help; null where nothing stands out.',
      resolve: recommendation,
    }),
  }),
});

interface LayerStats extends Omit<LayerSize, 'layer'> {
  readonly layer: CacheLayer;
  readonly hits: number;
}

const LayerStatsType = builder.objectRef<LayerStats>('LayerStats').implement({
  description: 'One place where values are kept.',
  fields: (t) => ({
    layer: t.field({ type: CacheLayerEnum, description: 'Which.', resolve: ({ layer }) => layer }),
    entries: t.exposeFloat('entries', { description: 'Values kept; in Redis, keys of the whole database.' }),
    bytes: t.exposeFloat('bytes', { description: 'Bytes used; in Redis, by all of it.' }),
    maxBytes: t.exposeFloat('maxBytes', { nullable: true, description: 'The bound; null without one.' }),
    evictions: t.exposeFloat('evictions', { description: 'Values dropped for want of space.' }),
    hits: t.exposeFloat('hits', { description: 'Values served from here, stale ones included.' }),
  }),
});

interface CacheStats {
  readonly since: number;
  readonly total: CacheCounts;
  readonly byField: readonly NameStatistics[];
  readonly byLayer: readonly LayerStats[];
  readonly breaker: StoreHealth['breaker'];
}

const CacheStatsType = builder.objectRef<CacheStats>('CacheStats').implement({
  description: 'What the cache of this gateway did since it started.',
  fields: (t) => ({
    since: t.field({ type: 'DateTime', description: 'When it started.', resolve: ({ since }) => since }),
    total: t.field({ type: CacheCountsType, description: 'All together.', resolve: ({ total }) => total }),
    byField: t.field({
      type: [FieldCacheStatsType],
      description: 'Each by itself.',
      resolve: ({ byField }) => [...byField],
    }),
    byLayer: t.field({
      type: [LayerStatsType],
      description: 'Where values are kept, as far as it answers.',
      resolve: ({ byLayer }) => [...byLayer],
    }),
    breaker: t.field({
      type: BreakerStateEnum,
      description: 'Whether Redis is asked.',
      resolve: ({ breaker }) => breaker,
    }),
  }),
});

builder.queryField('cacheStats', (t) =>
  t.field({
    type: CacheStatsType,
    nullable: true,
    authScopes: { operator: true },
    cache: 'never',
    description: 'What the cache of this gateway did since it started. In production for admins.',
    resolve: async (_, __, { cache: { statistics, store } }) => ({
      since: statistics.since,
      total: statistics.total(),
      byField: statistics.byName(),
      byLayer: (await store.sizes()).map((size) => ({ ...size, hits: statistics.hits(size.layer) })),
      breaker: store.health().breaker,
    }),
  }),
);

/** Private */
function total(counts: CacheCounts): number {
  const { hits, misses, stale, coalesced, refreshed, bypassed } = counts;
  return hits + misses + stale + coalesced + refreshed + bypassed;
}

/** Private */
function hitRate(counts: CacheCounts): number | null {
  const all = total(counts);
  return all === 0 ? null : (counts.hits + counts.stale) / all;
}

/** Private: nearest rank. */
function percentile({ durationsMs }: NameStatistics, share: number): number | null {
  return durationsMs[Math.max(0, Math.ceil(share * durationsMs.length) - 1)] ?? null;
}

/** Private: enough resolutions to say something, and most of them computed. */
function recommendation({ counts }: NameStatistics): string | null {
  const all = total(counts);
  if (all < 100) return null;
  if (counts.bypassed > all / 2) return 'Most were computed and not kept: see cacheHealth.';
  return counts.misses > all / 2
    ? 'Most were misses: a longer TTL, or fewer different arguments, would raise the hit rate.'
    : null;
}

import type { CacheInfo } from '../cache/index.js';
import { builder } from './builder.js';

const CacheStatusEnum = builder.enumType('CacheStatus', {
  description: 'How a cached field came by its value.',
  values: {
    HIT: { description: 'Served from the cache.' },
    MISS: { description: 'Computed for this request, and kept.' },
    STALE: { description: 'Served from the cache past its TTL, within the declared window.' },
    REFRESHED: { description: 'Computed anew because the caller forced it, and kept.' },
    COALESCED: { description: 'Computed once for several callers, of whom this was not the first.' },
    BYPASS: { description: 'Computed, but not kept: the cache was off, away, or not to be used.' },
  } as const,
});

export const CacheLayerEnum = builder.enumType('CacheLayer', {
  description: 'Where a value was kept.',
  values: {
    MEMORY: { description: "The gateway's own memory." },
    REDIS: { description: 'Redis, which all gateways share.' },
  } as const,
});

/** Of a value that did not come through the cache, such as a mutation's payload. */
const UNCACHED: CacheInfo = { status: 'BYPASS', layer: null, ageMs: 0, ttlMs: 0, tags: [], computeMs: null };

export const CacheInfoType = builder.objectRef<CacheInfo>('CacheInfo').implement({
  description: 'What the cache did for one value, true of this very request.',
  fields: (t) => ({
    status: t.field({
      type: CacheStatusEnum,
      description: 'How the value was come by.',
      resolve: ({ status }) => status,
    }),
    layer: t.field({
      type: CacheLayerEnum,
      nullable: true,
      description: 'Null unless HIT or STALE.',
      resolve: ({ layer }) => layer,
    }),
    ageSeconds: t.float({
      description: 'Seconds since the computation of the value began.',
      resolve: ({ ageMs }) => ageMs / 1_000,
    }),
    ttlSeconds: t.float({
      description: 'Seconds of freshness left; 0 when stale or not cached.',
      resolve: ({ ttlMs }) => ttlMs / 1_000,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its freshness ends; null when stale or not cached.',
      resolve: ({ ttlMs }, _, { now }) => (ttlMs > 0 ? now() + ttlMs : null),
    }),
    tags: t.stringList({
      description: 'Tags that end it: clear one, or a prefix of one.',
      resolve: ({ tags }) => [...tags],
    }),
    computeMs: t.float({
      nullable: true,
      description: 'Milliseconds that its computation took; null where it is not known.',
      resolve: ({ computeMs }) => computeMs,
    }),
  }),
});

/** The field `cache` of a type whose values come through the cache. */
export const cacheField = {
  type: CacheInfoType,
  description: 'What the cache did for this value.',
  cache: 'never',
  resolve: (parent: object, _: object, { provenance }: { provenance: { of(value: unknown): CacheInfo | undefined } }) =>
    provenance.of(parent) ?? UNCACHED,
} as const;

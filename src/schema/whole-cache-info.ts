import type { CacheInfo, CacheStatus } from '../cache/index.js';

/** What may be said of a whole by the worst of its parts, the worst first. */
const WORST: readonly CacheStatus[] = ['BYPASS', 'REFRESHED', 'MISS', 'COALESCED', 'STALE', 'HIT'];

/**
 * What the cache did for parts that are answered together and kept each by itself: the worst status, the farthest layer, the oldest
 * age, the least TTL, the longest computation, all tags. Undefined where there is no part.
 */
export function wholeCacheInfo(parts: readonly CacheInfo[]): CacheInfo | undefined {
  const status = WORST.find((each) => parts.some((part) => part.status === each));
  if (status === undefined) return undefined;
  const isServed = status === 'HIT' || status === 'STALE';
  return {
    status,
    layer: isServed ? (parts.some(({ layer }) => layer === 'REDIS') ? 'REDIS' : 'MEMORY') : null,
    ageMs: Math.max(...parts.map(({ ageMs }) => ageMs)),
    ttlMs: Math.min(...parts.map(({ ttlMs }) => ttlMs)),
    tags: [...new Set(parts.flatMap(({ tags }) => tags))],
    computeMs: longest(parts.flatMap(({ computeMs }) => computeMs ?? [])),
  };
}

/** Private: of what is known. */
function longest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.max(...times);
}

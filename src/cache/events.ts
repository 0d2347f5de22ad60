/** What became of one resolution of a cached value (CONTRACT.md, CacheStatus). */
export type CacheStatus = 'HIT' | 'MISS' | 'STALE' | 'REFRESHED' | 'COALESCED' | 'BYPASS';

export type CacheLayer = 'MEMORY' | 'REDIS';

/** What a client may be told of a value that it was handed. */
export interface CacheInfo {
  readonly status: CacheStatus;
  /** Null unless HIT or STALE. */
  readonly layer: CacheLayer | null;
  /** Since the computation of the value began. */
  readonly ageMs: number;
  /** Freshness left; 0 when stale or not stored. */
  readonly ttlMs: number;
  readonly tags: readonly string[];
  /** What its computation took; null where it is not known. */
  readonly computeMs: number | null;
}

/**
 * Each with a fixed set of members, so that no label of a metric ever grows with the data. `name` is the policy's: the coordinate of a
 * field of the schema, or what the value is known as among loaders. Every resolution ends in one `resolved` or one `failed`.
 */
export type CacheEvent =
  | { readonly type: 'resolved'; readonly name: string; readonly info: CacheInfo; readonly tookMs: number }
  | { readonly type: 'failed'; readonly name: string; readonly error: unknown; readonly tookMs: number }
  | { readonly type: 'refreshFailed'; readonly name: string; readonly error: unknown }
  /** Too many refreshes were running behind stale values; a later reader begins it. */
  | { readonly type: 'refreshSkipped'; readonly name: string }
  | { readonly type: 'notStored'; readonly name: string; readonly reason: string }
  /** A hit was computed all the same, and was or was not the same value. */
  | { readonly type: 'shadowed'; readonly name: string; readonly matches: boolean }
  | { readonly type: 'raised'; readonly tags: readonly string[]; readonly status: 'DONE' | 'PENDING' };

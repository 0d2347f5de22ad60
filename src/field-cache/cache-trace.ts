import type { CacheInfo } from '../cache/index.js';

/** One cached field of a response. */
export interface TracedField {
  readonly path: readonly (string | number)[];
  readonly info: CacheInfo;
}

/** What the cache did for one request: `extensions.cache`. */
export class CacheTrace {
  readonly fields: TracedField[] = [];
  /** True once a mutation of the request could not reach the store: its invalidation is still to be made up for. */
  invalidationPending = false;
}

import type { Cache, Outbox, Provenance } from '../cache/index.js';
import type { CacheTrace } from './cache-trace.js';

/** What the plugin needs of a request's context. */
export interface FieldCacheContext {
  readonly cache: Cache;
  readonly provenance: Provenance;
  readonly trace: CacheTrace;
  /** Undefined: nobody is signed in, and nothing private is cached. */
  readonly viewer: { readonly id: string } | undefined;
  /** Whose outbox keeps what could not be raised; without it the store's memory does. */
  readonly database?: () => Promise<{ readonly outbox: Outbox }>;
  readonly loaders: {
    /** Forgets what the request has loaded: what follows a mutation reads anew. */
    clear(): void;
  };
}

/** The engine. */
export { Cache } from './cache.js';
export type { CacheOptions, Compute, Invalidation, LoadOptions, Miss } from './cache.js';
export type { Loaded } from './loaded.js';
export { Namespaces } from './namespaces.js';

/** What is declared. */
export { resolvePolicy } from './policy.js';
export type { CachePolicy, Origin, PolicyOptions, Scope, TtlOverrides } from './policy.js';
export type { KeyArguments } from './key.js';
export { tagReferences } from './tag-template.js';
export type { TagReference } from './tag-template.js';

/** What is made of cached values. */
export { Parts } from './part.js';
export type { Part } from './part.js';

/** What is told. */
export type { CacheEvent, CacheInfo, CacheLayer, CacheStatus } from './events.js';
export type { CacheCounts, NameStatistics } from './statistics.js';

/** Where it is kept. */
export { MemoryStore } from './stores/memory.js';
export { RedisStore } from './stores/redis.js';
export { connectRedis } from './stores/connect-redis.js';
export type { Store, StoreHealth, StoreSize } from './stores/store.js';
export { Provenance } from './provenance.js';

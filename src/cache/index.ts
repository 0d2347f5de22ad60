/** The engine. */
export { agelessPart } from './ageless-part.js';
export { Cache, partOfError } from './cache.js';
export type { CacheOptions, Invalidation, LoadOptions } from './cache.js';
export type { Compute, Miss } from './group.js';
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
export { MemoryStore } from './stores/memory-store.js';
export { createRedisStore } from './stores/redis-store.js';
export { connectRedis } from './redis/connect-redis.js';
export type { RefusedError } from './redis/redis-link.js';
export type { LayerSize, Store, StoreHealth } from './stores/store.js';
export { Provenance } from './provenance.js';

/** What outlives it. */
export { OutboxDrain } from './outbox-drain.js';
export type { Outbox, OutboxRow, RaiseTags } from './outbox.js';
export { gatherRows, noteRow } from './unit-of-work.js';

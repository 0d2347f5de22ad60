/**
 * The tag indexes of two peers, on an ioredis connection with defaults: PEER is `envelop` (createRedisCache of
 * @envelop/response-cache-redis, the entity as tag) or `mercurius` (the Redis storage of async-cache-dedupe under mercurius-cache, the
 * reference as tag). All entries are written by the peer's own `set`.
 */
import { performance } from 'node:perf_hooks';
import { createRedisCache } from '@envelop/response-cache-redis';
import { createStorage } from 'async-cache-dedupe';
import { Redis } from 'ioredis';
import { marketValue } from '../support/market-value.js';
import { serveCalls } from '../../test/support/serve-calls.js';

const TTL_SECONDS = 600;
const AT_ONCE = 500;
const redis = new Redis(process.env.REDIS_URL);
const { set, get, invalidate } = { envelop, mercurius }[process.env.PEER]();

serveCalls({
  /** Writes so many entries of about so many bytes that carry the tag. */
  async load(count, bytes) {
    for (let from = 0; from < count; from += AT_ONCE) {
      const indexes = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => from + i);
      await Promise.all(indexes.map((i) => set(keyOf(i), marketValue(bytes, i))));
    }
  },
  /** ms */
  async invalidate() {
    const begunAt = performance.now();
    await invalidate();
    return performance.now() - begunAt;
  },
  /** How many of the first so many are still served. */
  async served(count) {
    const found = await Promise.all(Array.from({ length: count }, (_, i) => get(keyOf(i))));
    return found.filter((value) => value !== undefined).length;
  },
});

/** As long as the hashes that the peers' own keys are. */
function keyOf(index) {
  return `entry-${String(index).padStart(58, '0')}`;
}

function envelop() {
  const cache = createRedisCache({ redis });
  const tag = { typename: 'OrderBook', id: 'BTC-USD' };
  return {
    set: (key, value) => cache.set(key, { data: value }, [tag], TTL_SECONDS * 1_000),
    get: (key) => cache.get(key),
    invalidate: () => cache.invalidate([tag]),
  };
}

function mercurius() {
  const storage = createStorage('redis', { client: redis, invalidation: { referencesTTL: TTL_SECONDS + 1 } });
  return {
    set: (key, value) => storage.set(key, value, TTL_SECONDS, ['book:BTC-USD']),
    get: (key) => storage.get(key),
    invalidate: () => storage.invalidate(['book:BTC-USD']),
  };
}

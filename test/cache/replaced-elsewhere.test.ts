import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { Cache } from '../../src/cache/index.js';
import { systemClock } from '../../src/support/clock.js';
import { openRedisStore, whenLeased } from '../support/redis-store.js';
import { openNamespaces, policyOf, Source } from './cache-world.js';

const KEY = { id: 'a' };

/** What a lock tells of an entry that is not the one which was seen. */
describe('Cache, of a value that another instance has replaced', () => {
  const closing: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  /** Instances on one Redis; `dice` is what they throw for an early refresh. */
  const createWorld = () => {
    const prefix = `test-${randomUUID()}:`;
    const join = async () => {
      const store = openRedisStore(inject('redisUrl'), { timeoutMs: 1_000, prefix });
      const dice = { value: 1 };
      const cache = new Cache({ store, clock: systemClock, namespaces: openNamespaces(), random: () => dice.value });
      closing.push(() => cache.close());
      await whenLeased(store);
      return { cache, dice };
    };
    return { prefix, join, source: new Source() };
  };

  it.each(['early', 'after a soft mark'] as const)('takes it over where both refresh it %s', async (when) => {
    const { join, source } = createWorld();
    const instances = [await join(), await join()];
    const policy = policyOf({ ttl: '20s', staleFor: '60s' });
    // Dear enough to be refreshed early by who throws low.
    const compute: typeof source.compute = async (misses) => {
      await sleep(50);
      return source.compute(misses);
    };
    for (const { cache } of instances) await cache.load(policy, KEY, compute);
    source.value = 2;
    // Two readings of the age of one entry differ by less.
    await sleep(300);
    if (when === 'after a soft mark') await instances[0]?.cache.invalidate(['number:a'], 'soft');
    for (const { cache, dice } of instances) {
      if (when === 'early') dice.value = Number.MIN_VALUE;
      await cache.load(policy, KEY, compute);
      dice.value = 1;
      await vi.waitFor(async () => expect((await cache.load(policy, KEY, compute)).value).toBe(2));
    }
    expect(source.calls).toBe(2);
  });

  it('computes at once what can not be read', async () => {
    const { join, prefix, source } = createWorld();
    const [{ cache: one }, { cache: other }] = [await join(), await join()];
    await one.load(policyOf(), KEY, source.compute);
    const redis = new Redis(inject('redisUrl'));
    const [key = ''] = await redis.keys(`${prefix}m.test:*`);
    // A byte of its end, so that its first line still tells what it claims to be.
    await redis.setrange(key, (await redis.strlen(key)) - 1, '\x00');
    redis.disconnect();
    expect((await other.load(policyOf(), KEY, source.compute)).info.status).toBe('MISS');
    expect(source.calls).toBe(2);
  });
});

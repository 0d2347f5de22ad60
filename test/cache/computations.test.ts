import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { Cache, type Compute } from '../../src/cache/index.js';
import { systemClock } from '../../src/support/clock.js';
import { createDeferred } from '../../src/support/deferred.js';
import { openRedisStore, whenLeased } from '../support/redis-store.js';
import { createWorld, openNamespaces, policyOf, Source } from './cache-world.js';
import { createLockedCache } from './locked-cache.js';

const KEY = { id: 'a' };

describe('Computations', () => {
  describe('under locks', () => {
    it('begin anew by force, also after another process was waited for', async () => {
      const { cache, queued } = await createLockedCache();
      const policy = policyOf({ keepFor: '1h' });
      const previous: (number | undefined)[] = [];
      const compute: Compute<number> = async (misses) => {
        previous.push(...misses.map((miss) => miss.previous));
        return misses.map(() => 1);
      };
      await cache.load(policy, KEY, compute);
      queued.push('held');
      await cache.load(policy, KEY, compute, { force: true });
      expect(previous).toEqual([undefined, undefined]);
    });

    it('release no lock that another computation of the key took', async () => {
      const { cache, released } = await createLockedCache();
      const policy = policyOf();
      const source = new Source();
      await cache.load(policy, KEY, source.compute);
      released.length = 0;
      const slow = new Source();
      const { promise, resolve: open } = createDeferred<void>();
      slow.gate = promise;
      const forced = cache.load(policy, KEY, slow.compute, { force: true });
      // Computes by itself, and shares nothing.
      await cache.load(policyOf({ shadow: true }), KEY, source.compute);
      expect([source.calls, released]).toEqual([2, []]);
      open();
      await forced;
      expect(released).toHaveLength(1);
    });
  });

  it('replace at once an entry without an end, which nobody reads', async () => {
    const prefix = `test-${randomUUID()}:`;
    const join = async () => {
      const store = openRedisStore(inject('redisUrl'), { timeoutMs: 1_000, prefix });
      const cache = new Cache({ store, clock: systemClock, namespaces: openNamespaces() });
      onTestFinished(() => cache.close());
      await whenLeased(store);
      return cache;
    };
    const [one, other] = [await join(), await join()];
    const source = new Source();
    await one.load(policyOf(), KEY, source.compute);
    const redis = new Redis(inject('redisUrl'));
    onTestFinished(() => redis.disconnect());
    const [key = ''] = await redis.keys(`${prefix}m.test:*`);
    await redis.persist(key);
    expect((await other.load(policyOf(), KEY, source.compute)).info.status).toBe('MISS');
    expect([source.calls, (await redis.pttl(key)) > 0]).toEqual([2, true]);
  });

  it.each(['until', 'resultTags'] as const)(
    'fail the one value on which the `%s` of its policy fails',
    async (name) => {
      const { cache } = createWorld();
      const refuse = (value: number) => {
        if (value === 2) throw new TypeError('not of a two');
      };
      const policy = policyOf({
        until: (value) => (name === 'until' ? void refuse(value) : undefined),
        resultTags: (value) => {
          if (name === 'resultTags') refuse(value);
          return [];
        },
      });
      const loaded = await cache.loadMany(policy, [KEY, { id: 'b' }], async () => [1, 2]);
      expect(loaded).toMatchObject([{ value: 1 }, { name: 'TypeError', message: 'not of a two' }]);
    },
  );
});

import { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { Cache } from '../../src/cache/index.js';
import { systemClock, type Clock } from '../../src/support/clock.js';
import { ManualClock } from '../support/manual-clock.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { openRedisStore, whenLeased, whenTrusted } from '../support/redis-store.js';
import { settle, until } from '../support/turns.js';
import { openNamespaces, policyOf, Source } from './cache-world.js';

const KEY = { id: 'a' };
const TIMEOUT_MS = 100;

describe('Cache on a Redis that fails', () => {
  const closing: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const start = async (args: readonly string[] = []): Promise<RedisServer> => {
    const redis = await startRedis({ args });
    closing.push(() => redis.stop());
    return redis;
  };

  /** A gateway's cache; `source` is what all gateways compute from. */
  const join = async ({ url }: RedisServer, clock: Clock = systemClock, maxBytes = 10_000_000) => {
    const store = openRedisStore(url, { timeoutMs: TIMEOUT_MS, clock, maxBytes });
    const cache = new Cache({ store, clock, namespaces: openNamespaces() });
    closing.push(() => cache.close());
    await (clock === systemClock ? whenLeased(store) : whenTrusted(store));
    return { cache, store };
  };

  /** What an operator would do at the server itself. */
  const at = async <T>({ url }: RedisServer, act: (redis: Redis) => Promise<T>): Promise<T> => {
    const redis = new Redis(url);
    const result = await act(redis);
    redis.disconnect();
    return result;
  };

  it.each<[string, (redis: Redis) => Promise<unknown>]>([
    ['is flushed', (redis) => redis.flushall()],
    ['evicts the tide alone', (redis) => redis.del('tidemark:{tide}')],
  ])('serves nothing from before when it %s', async (_, lose) => {
    const server = await start();
    const { cache, store } = await join(server);
    const source = new Source();
    await cache.load(policyOf(), KEY, source.compute);
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('HIT');
    await at(server, lose);
    source.value = 2;
    // Whoever may still serve from memory is waited for.
    expect(await cache.invalidate(['number:a'])).toMatchObject({ status: 'DONE' });
    expect(await cache.load(policyOf(), KEY, source.compute)).toMatchObject({ value: 2, info: { status: 'MISS' } });
    await whenLeased(store);
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('HIT');
  });

  it('serves no invalidated value that a restart from an older snapshot brought back', async () => {
    const server = await start(['--save', '3600 1', '--dbfilename', 'older.rdb']);
    const { cache, store } = await join(server);
    const source = new Source();
    await cache.load(policyOf(), KEY, source.compute);
    await at(server, (redis) => redis.save());
    source.value = 2;
    expect(await cache.invalidate(['number:a'])).toMatchObject({ status: 'DONE' });
    await server.kill('SIGKILL');
    await server.restart();
    expect(await at(server, (redis) => redis.keys('tidemark:m.test:*'))).toHaveLength(1);
    await whenTrusted(store);
    expect(await cache.load(policyOf(), KEY, source.compute)).toMatchObject({ value: 2, info: { status: 'MISS' } });
  });

  it('computes while it is killed, and uses it again when it is back', async () => {
    const server = await start();
    const { cache, store } = await join(server);
    const source = new Source();
    await server.kill('SIGKILL');
    for (let i = 0; i < 20; i += 1) {
      expect((await cache.load(policyOf(), KEY, source.compute)).value).toBe(1);
      await settle();
    }
    expect(store.health().available).toBe(false);
    await server.restart();
    await whenTrusted(store);
    await cache.load(policyOf(), KEY, source.compute);
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('HIT');
  });

  it('waits for a hung one no longer than its timeout, and then not at all', async () => {
    const server = await start();
    const { cache, store } = await join(server);
    const source = new Source();
    await server.kill('SIGSTOP');
    const waits: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      const begun = performance.now();
      expect((await cache.load(policyOf(), KEY, source.compute)).value).toBe(1);
      waits.push(performance.now() - begun);
    }
    // Timers and a busy machine take their share; what must not happen is that every request waits its timeout.
    expect(waits.filter((wait) => wait >= TIMEOUT_MS).length).toBeLessThanOrEqual(5);
    expect(store.health()).toMatchObject({ available: false, breaker: 'OPEN' });
    await server.kill('SIGCONT');
    await whenTrusted(store);
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('MISS');
  });

  it('asks a Redis that it was too busy to hold whether it may be believed, and does not give it up', async () => {
    const server = await start();
    const clock = new ManualClock();
    const { cache } = await join(server, clock);
    const source = new Source();
    await cache.load(policyOf(), KEY, source.compute);
    clock.advance(30_000);
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('HIT');
  });

  it('is still used for what it has when it is too full to take more', async () => {
    const server = await start(['--maxmemory', '3mb', '--maxmemory-policy', 'noeviction']);
    const { cache, store } = await join(server, systemClock, 1_000_000);
    const source = new Source();
    await cache.load(policyOf(), KEY, source.compute);
    const large = { name: 'Query.large', ttl: '60s', tags: ['large'] } as const;
    for (let id = 0; id < 5; id += 1)
      await cache.load<string>(large, { id }, async () => [randomBytes(1_200_000).toString('base64')]);
    expect((await cache.load<string>(large, { id: 4 }, async () => ['again'])).info.status).toBe('MISS');
    expect(store.health().available).toBe(true);
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('HIT');
    expect((await cache.invalidate(['number'])).status).toBe('DONE');
  });

  it('answers PENDING to an invalidation that it can not take, and makes up for it before anything is read again', async () => {
    const server = await start();
    const [mine, other] = [await join(server), await join(server)];
    const source = new Source();
    await mine.cache.load(policyOf(), KEY, source.compute);
    await server.kill('SIGSTOP');
    source.value = 2;
    expect(await mine.cache.invalidate(['number:a'])).toMatchObject({ status: 'PENDING', clock: undefined });
    expect(mine.store.health()).toMatchObject({ available: false, pendingRaises: 1 });
    expect((await mine.cache.load(policyOf(), KEY, source.compute)).value).toBe(2);
    await server.kill('SIGCONT');
    await whenTrusted(mine.store);
    expect(mine.store.health().pendingRaises).toBe(0);
    await whenTrusted(other.store);
    for (const { cache } of [mine, other]) expect((await cache.load(policyOf(), KEY, source.compute)).value).toBe(2);
  });

  it('lets nobody join a computation from before an invalidation that is pending', async () => {
    const server = await start();
    const { cache } = await join(server);
    await server.kill('SIGKILL');
    let value = 1;
    let release = () => undefined as void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let calls = 0;
    const compute = async () => {
      calls += 1;
      const read = value;
      await gate;
      return [read];
    };
    const old = cache.load(policyOf(), KEY, compute);
    await until(() => calls === 1);
    value = 2;
    await cache.invalidate(['number:a']);
    const next = cache.load(policyOf(), KEY, compute);
    await settle();
    release();
    expect([(await old).value, (await next).value]).toEqual([1, 2]);
  });

  it('shows one gateway what another computed, and ends it for both', async () => {
    const server = await start();
    const [mine, other] = [await join(server), await join(server)];
    const source = new Source();
    await mine.cache.load(policyOf(), KEY, source.compute);
    expect((await other.cache.load(policyOf(), KEY, source.compute)).info).toMatchObject({
      status: 'HIT',
      layer: 'REDIS',
    });
    source.value = 2;
    await other.cache.invalidate(['number']);
    expect((await mine.cache.load(policyOf(), KEY, source.compute)).value).toBe(2);
  });

  it('reads any number of values in one round trip, and then in none', async () => {
    const server = await start();
    const [mine, other] = [await join(server), await join(server)];
    const source = new Source();
    const keys = Array.from({ length: 50 }, (_, id) => ({ id }));
    const known = policyOf();
    const found = policyOf({ name: 'Query.found', resultTags: (value) => [`found:${value}`] });
    for (const policy of [known, found]) await mine.cache.loadMany(policy, keys, source.compute);
    const trips = async ({ cache }: typeof mine, policy: typeof known) => {
      const before = await hmgets(server);
      const loaded = await cache.loadMany(policy, keys, source.compute);
      expect(loaded.every((each) => !(each instanceof Error) && each.info.status === 'HIT')).toBe(true);
      return (await hmgets(server)) - before;
    };
    expect([await trips(mine, known), await trips(mine, found)]).toEqual([0, 0]);
    expect([await trips(other, known), await trips(other, found), await trips(other, found)]).toEqual([1, 1, 0]);
  });

  it('is not waited for any more once it has closed', async () => {
    const server = await start();
    const [mine, other] = [await join(server), await join(server)];
    const members = () =>
      at(server, async (redis) => {
        const pairs = (await redis.hget('tidemark:{tide}', 'members'))?.split(' ') ?? [];
        return pairs.map((pair) => pair.split('=')[0]).filter((id) => id !== '?');
      });
    const both = await members();
    await other.cache.close();
    const left = await members();
    expect([both.length, left.length, both.includes(left[0])]).toEqual([2, 1, true]);
    expect((await mine.cache.invalidate(['number'])).status).toBe('DONE');
  });

  /** Each round trip of reads asks the tide once; so does each hold, which is a script: a script that stores asks nothing. */
  const hmgets = (server: RedisServer) =>
    at(server, async (redis) => {
      const stats = await redis.info('commandstats');
      const calls = (command: string) => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
      return calls('hmget') - calls('time');
    });
});

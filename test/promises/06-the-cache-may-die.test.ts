/**
 * Promise 6, the cache may die. Guards src/cache/tide/trust.ts (the breaker: 5 failures within a second open it, a hold every 300 ms is its
 * one probe), src/cache/stores/tiered-store.ts (while it is open nobody asks Redis), src/cache/redis/connection.ts and routed-link.ts (each
 * sending ends with its timeout; nothing is queued; a script that is not known is sent whole), and `ifAway`, by which a store that is away
 * costs computations and never errors. A rejection that nobody handles fails the run.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findFreePort } from '../support/free-port.js';
import { policyOf } from '../cache/cache-world.js';
import { whenLeased, whenTrusted } from '../support/redis-store.js';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { startOneRedis, type TestRedis } from './support/redis-setups.js';
import { createWorld, type Instance, type World } from './support/world.js';

const TIMEOUT_MS = 100;
const FAILURES_THAT_OPEN = 5;
const BACK_MS = 3_000;

describe('Promise 6: the cache may die', () => {
  const open = async (args: readonly string[] = []) => {
    const redis = await startOneRedis(args);
    onTestFinished(() => redis.stop());
    const proxy = await startProxy(redis.tideServer.url);
    onTestFinished(() => proxy.close());
    const world = createWorld(redis);
    const instance = await world.join({ url: proxy.url, timeoutMs: TIMEOUT_MS });
    return { redis, proxy, world, instance };
  };
  /** Values that nobody has read before. */
  const readNew = async ({ cache }: Instance, { upstream }: World) =>
    cache.load(policyOf(), { id: (ids += 1) }, upstream.compute);
  let ids = 0;

  it.each<Fault>([
    {
      name: 'is killed',
      begin: ({ redis }) => redis.tideServer.kill('SIGKILL'),
      end: ({ redis }) => redis.tideServer.restart(),
    },
    {
      name: 'hangs',
      begin: ({ redis }) => redis.tideServer.kill('SIGSTOP'),
      end: ({ redis }) => redis.tideServer.kill('SIGCONT'),
    },
    {
      name: 'is slow',
      begin: async ({ proxy }) => proxy.delay(3 * TIMEOUT_MS),
      end: ({ proxy }) => proxy.restore(),
    },
    { name: 'is cut off', begin: ({ proxy }) => proxy.cut(), end: ({ proxy }) => proxy.restore() },
    {
      name: 'has become a replica (READONLY)',
      begin: async ({ world }) => {
        const nobody = await findFreePort();
        await world.atServers((client) => client.replicaof('127.0.0.1', nobody));
      },
      end: ({ world }) => world.atServers((client) => client.replicaof('NO', 'ONE')),
    },
    {
      name: 'permits nothing any more (NOPERM)',
      begin: ({ world }) =>
        world.atServers((client) => client.acl('SETUSER', 'default', '-eval', '-evalsha', '-hmget')),
      end: ({ world }) => world.atServers((client) => client.acl('SETUSER', 'default', '+@all')),
    },
    {
      name: 'is loading its data (LOADING)',
      args: ['--key-load-delay', '3000', '--loading-process-events-interval-bytes', '1024'],
      begin: async ({ redis, world }) => {
        await world.atServers(async (client) => {
          const values = Array.from({ length: 1_000 }, (_, i) => [`other:${i}`, 'x'.repeat(100)] as const);
          await client.mset(new Map(values));
          await client.save();
        });
        await redis.tideServer.kill('SIGKILL');
        // It is up when it has loaded them, 3 s later.
        void redis.tideServer.restart();
      },
      end: ({ world }) => world.atServers((client) => client.ping()),
    },
  ])('answers every request while Redis $name, and uses it again within 3 s', { timeout: 40_000 }, async (fault) => {
    const arena = await open(fault.args);
    const { world, instance } = arena;
    await instance.read();
    const underWay = Array.from({ length: 20 }, () => readNew(instance, world));
    await fault.begin(arena);
    for (const { value } of await Promise.all(underWay)) expect(value).toBe(1);

    const waits: number[] = [];
    for (let i = 0; i < 100; i += 1) {
      const begunAt = performance.now();
      expect((await readNew(instance, world)).value).toBe(1);
      waits.push(performance.now() - begunAt);
    }
    // Until the breaker opens. What a request costs from then on is measured by the bench of an outage.
    expect(waits.filter((wait) => wait >= TIMEOUT_MS).length).toBeLessThanOrEqual(FAILURES_THAT_OPEN);
    await whenTrusted(instance.store, false);
    expect(instance.store.health().breaker).not.toBe('CLOSED');
    world.upstream.value = 2;
    expect((await instance.read(policyOf(), { force: true })).value).toBe(2);
    expect(await instance.cache.invalidate(['number:a'])).toMatchObject({ status: 'PENDING' });
    expect((await instance.read()).value).toBe(2);

    await fault.end(arena);
    const backAt = performance.now();
    await whenTrusted(instance.store);
    expect(performance.now() - backAt).toBeLessThan(BACK_MS);
    expect(instance.store.health()).toMatchObject({ breaker: 'CLOSED', pendingRaises: 0 });
    expect((await instance.read()).value).toBe(2);
    await whenLeased(instance.store);
    expect((await instance.read()).info.status).toBe('HIT');
  });

  it('asks a Redis that hangs by one probe at a time, and nobody waits for it', async () => {
    const { redis, world, instance } = await open();
    await redis.tideServer.kill('SIGSTOP');
    await whenTrusted(instance.store, false);
    const seen = new Map<string, number[]>();
    for (let i = 0; i < 200; i += 1) {
      const { breaker } = instance.store.health();
      const begunAt = performance.now();
      expect((await readNew(instance, world)).value).toBe(1);
      seen.set(breaker, [...(seen.get(breaker) ?? []), performance.now() - begunAt]);
      await sleep(5);
    }
    expect([...seen.keys()].toSorted()).toEqual(['HALF_OPEN', 'OPEN']);
    for (const waits of seen.values()) expect(percentile(waits, 0.9)).toBeLessThan(TIMEOUT_MS / 2);
    await redis.tideServer.kill('SIGCONT');
    await whenTrusted(instance.store);
  });

  it('is still used for what it has where it is full, and takes invalidations', async () => {
    const { world, instance } = await open(['--maxmemory-policy', 'noeviction']);
    const other = await world.join();
    await instance.read();
    await world.atServers((client) => client.config('SET', 'maxmemory', '1'));
    await expect(world.atServers((client) => client.set('other', 'x'))).rejects.toThrow('OOM');
    expect((await other.read()).info).toMatchObject({ status: 'HIT', layer: 'REDIS' });
    for (let i = 0; i < 2 * FAILURES_THAT_OPEN; i += 1) expect((await readNew(other, world)).value).toBe(1);
    world.upstream.value = 2;
    expect(await other.cache.invalidate(['number:a'])).toMatchObject({ status: 'DONE' });
    for (const each of [instance, other]) expect((await each.read()).value).toBe(2);
    expect(instance.store.health().available).toBe(true);
  });

  it('serves nothing old where a full one evicts whatever it likes, the tide too', async () => {
    const { world, instance } = await open(['--maxmemory', '4mb', '--maxmemory-policy', 'allkeys-lru']);
    const generations = new Set<string | null>();
    for (let round = 0; round < 3; round += 1) {
      await instance.read();
      await whenLeased(instance.store);
      world.upstream.value += 1;
      await instance.cache.invalidate(['number:a']);
      await world.atServers(async (client) => {
        generations.add(await client.hget(`${world.prefix}{tide}`, 'generation'));
        for (let i = 0; i < 40; i += 1) await client.set(`flood:${round}:${i}`, randomBytes(200_000));
      });
      // The next hold finds that it is gone.
      await instance.cache.invalidate(['another']);
      expect((await instance.read()).value).toBe(world.upstream.value);
    }
    expect(generations.size).toBe(3);
  });

  it('computes a value in whose place there is another type (WRONGTYPE), and trusts Redis for all others', async () => {
    const { world, instance } = await open();
    await instance.read();
    await readNew(instance, world);
    await world.atServers(async (client) => {
      for (const key of await client.keys(`${world.prefix}m.test:*`)) {
        await client.del(key);
        await client.lpush(key, 'not a string');
      }
    });
    const other = await world.join();
    for (let i = 0; i < 2 * FAILURES_THAT_OPEN; i += 1) expect((await other.read()).value).toBe(1);
    expect(other.store.health()).toMatchObject({ available: true, breaker: 'CLOSED' });
    const id = (ids += 1);
    await instance.cache.load(policyOf(), { id }, world.upstream.compute);
    expect((await other.cache.load(policyOf(), { id }, world.upstream.compute)).info).toMatchObject({
      status: 'HIT',
      layer: 'REDIS',
    });
  });

  it('begins anew where there is another type of value in the place of the tide (WRONGTYPE)', async () => {
    const { world, instance } = await open();
    await instance.read();
    world.upstream.value = 2;
    await world.atServers((client) => client.set(`${world.prefix}{tide}`, 'not a hash'));
    await readNew(instance, world);
    await vi.waitFor(
      async () => expect(await instance.cache.invalidate(['number:a'])).toMatchObject({ status: 'DONE' }),
      BACK_MS,
    );
    expect((await instance.read()).value).toBe(2);
    await whenLeased(instance.store);
    expect((await instance.read()).info.status).toBe('HIT');
  });

  it('notices nothing of a Redis that forgot its scripts (NOSCRIPT)', async () => {
    const { world, instance } = await open();
    await instance.read();
    for (const act of [
      async () => expect((await readNew(instance, world)).info.status).toBe('MISS'),
      async () => expect(await instance.cache.invalidate(['number:a'])).toMatchObject({ status: 'DONE' }),
      async () => expect((await instance.read()).info.status).toBe('MISS'),
      async () => expect((await instance.read(policyOf(), { force: true })).info.status).toBe('REFRESHED'),
    ]) {
      await world.atServers((client) => client.script('FLUSH'));
      await act();
      expect(instance.store.health()).toMatchObject({ available: true, breaker: 'CLOSED' });
    }
  });

  it('keeps nobody waiting for what another instance computes, once it is gone', async () => {
    const { redis, world, instance } = await open();
    const other = await world.join({ timeoutMs: TIMEOUT_MS });
    const release = world.upstream.hold();
    const first = instance.read();
    await world.upstream.begun(1);
    const waiting = other.read();
    await other.answered();
    await redis.tideServer.kill('SIGKILL');
    await world.upstream.begun(2);
    release();
    expect((await Promise.all([first, waiting])).map(({ value }) => value)).toEqual([1, 1]);
  });
});

/** Private: what befalls Redis. */
interface Fault {
  readonly name: string;
  readonly args?: readonly string[];
  begin(arena: Arena): Promise<unknown>;
  end(arena: Arena): Promise<unknown>;
}

/** Private */
interface Arena {
  readonly redis: TestRedis;
  readonly proxy: TcpProxy;
  readonly world: World;
}

/** Private */
function percentile(values: readonly number[], part: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(part * values.length)] ?? 0;
}

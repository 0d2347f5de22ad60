/**
 * Promise 4, one computation. Guards src/cache/flights.ts (one flight per key in a process) and src/cache/redis/redis-locks.ts (one owner
 * per key over all processes: a token, a life of 1.5 s that is renewed while he computes, released by compare-and-delete, and waiters that
 * are woken) with src/cache/computations.ts (who finds a key locked waits and looks again; a lock that is lost costs a computation).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { policyOf } from '../cache/cache-world.js';
import { whenLeased } from '../support/redis-store.js';
import { createSharedUpstream, startInstance } from './support/instance-process.js';
import { REDIS_SETUPS, type TestRedis } from './support/redis-setups.js';
import { createWorld, KEY, type World } from './support/world.js';

/** Longer than the life of a lock that nobody renews. */
const PAST_LOCK_MS = 2_000;
/** How often a waiter looks who was not woken. */
const POLL_MS = 500;

describe.each(REDIS_SETUPS)('Promise 4: one computation, on %s', (_, start) => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await start();
  });
  afterAll(() => redis.stop());

  /** As if each had expired. */
  const loseLocks = ({ atServers, prefix }: World) =>
    atServers(async (client) => {
      for (const key of await client.keys(`${prefix}lock:*`)) await client.del(key);
    });
  const countLocks = async ({ atServers, prefix }: World) =>
    (await atServers((client) => client.keys(`${prefix}lock:*`))).flat().length;

  it('for any number of misses in one process, together or one after the other', async () => {
    const world = createWorld(redis);
    const instance = await world.join();
    const release = world.upstream.hold();
    const reading = Array.from({ length: 100 }, () => instance.read());
    await world.upstream.begun(1);
    for (let turn = 0; turn < 10; turn += 1) {
      reading.push(instance.read());
      await new Promise(setImmediate);
    }
    release();
    expect(new Set((await Promise.all(reading)).map(({ value }) => value))).toEqual(new Set([1]));
    expect(world.upstream.calls).toBe(1);
  });

  it('for any number of misses over several instances, and one for each key of a list', async () => {
    const world = createWorld(redis);
    const instances = await world.joinAs(3);
    const release = world.upstream.hold();
    const keys = Array.from({ length: 20 }, (_, id) => ({ id }));
    const loading = instances.flatMap(({ cache }, i) => [
      cache.loadMany(policyOf(), keys.slice(i), world.upstream.compute),
      cache.loadMany(policyOf(), keys.toReversed(), world.upstream.compute),
    ]);
    await world.upstream.begun(keys.length);
    release();
    const loaded = (await Promise.all(loading)).flat();
    expect(loaded.filter((each) => each instanceof Error)).toEqual([]);
    expect(world.upstream.calls).toBe(keys.length);
    expect(await countLocks(world)).toBe(0);
  });

  it('for 300 misses over three processes, and one takeover where the one that computes is killed', async () => {
    const { prefix } = createWorld(redis);
    const upstream = createSharedUpstream();
    const start = () => startInstance(redis, prefix, upstream);
    const [holder, second, third] = await Promise.all([start(), start(), start()]);
    const release = upstream.hold();
    const lost = holder.read().catch(() => 'killed');
    while (upstream.calls === 0) await sleep(5);
    const reading = [second, third].map((each) => each.read(150));
    // He renews his lock for as long as he computes.
    await sleep(PAST_LOCK_MS);
    expect(upstream.calls).toBe(1);
    holder.signal('SIGKILL');
    expect(await lost).toBe('killed');
    while (upstream.calls === 1) await sleep(5);
    release();
    const reads = (await Promise.all(reading)).flat();
    expect(reads).toHaveLength(300);
    expect(new Set(reads.map(({ value }) => value))).toEqual(new Set([1]));
    expect(upstream.calls).toBe(2);
    expect((await second.read()).concat(await third.read()).map(({ status }) => status)).toEqual(['HIT', 'HIT']);
  });

  it('and another one, never an error, where its lock is lost', async () => {
    const world = createWorld(redis);
    const [one, other, third] = await Promise.all([world.join(), world.join(), world.join()]);
    const release = world.upstream.hold();
    const first = one.read();
    await world.upstream.begun(1);
    await loseLocks(world);
    const second = other.read();
    await world.upstream.begun(2);
    const waiting = third.read();
    await third.answered();
    release();
    expect((await Promise.all([first, second, waiting])).map(({ value }) => value)).toEqual([1, 1, 1]);
    expect(world.upstream.calls).toBe(2);
  });

  it('and releases no lock but its own', async () => {
    const world = createWorld(redis);
    const [one, other, third] = await Promise.all([world.join(), world.join(), world.join()]);
    const releaseFirst = world.upstream.hold();
    const first = one.read();
    await world.upstream.begun(1);
    await loseLocks(world);
    await one.cache.invalidate(['number:a']);
    const releaseSecond = world.upstream.hold();
    const second = other.read();
    await world.upstream.begun(2);
    releaseFirst();
    await first;
    await one.answered();
    expect(await countLocks(world)).toBe(1);
    const waiting = third.read();
    await third.answered();
    releaseSecond();
    expect((await Promise.all([second, waiting])).map(({ value }) => value)).toEqual([1, 1]);
    expect(world.upstream.calls).toBe(2);
  });

  it('and wakes who waits for it, whose next read costs nothing more', async () => {
    const world = createWorld(redis);
    const [one, other] = await Promise.all([world.join(), world.join()]);
    const waits: number[] = [];
    for (let round = 1; round <= 5; round += 1) {
      const release = world.upstream.hold();
      const computing = one.read();
      await world.upstream.begun(round);
      const waiting = other.read();
      await other.answered();
      const releasedAt = performance.now();
      release();
      await computing;
      expect((await waiting).info.status).toBe('COALESCED');
      waits.push(performance.now() - releasedAt);
      await whenLeased(other.store);
      expect((await other.read()).info).toMatchObject({ status: 'HIT', layer: 'MEMORY' });
      await one.cache.invalidate(['number:a']);
    }
    // Even on a busy machine one of them is quicker than a poll.
    expect(Math.min(...waits)).toBeLessThan(POLL_MS / 2);
  });

  it('which fails alone: whoever waited for it computes himself, one after the other', async () => {
    const world = createWorld(redis);
    const [one, other, third] = await Promise.all([world.join(), world.join(), world.join()]);
    world.upstream.failure = new Error('upstream');
    const release = world.upstream.hold();
    const failing = one.read();
    await world.upstream.begun(1);
    world.upstream.failure = undefined;
    const waiting = [other.read(), third.read()];
    release();
    await expect(failing).rejects.toThrow('upstream');
    expect((await Promise.all(waiting)).map(({ value }) => value)).toEqual([1, 1]);
    expect(world.upstream.calls).toBe(2);
    expect((await one.cache.load(policyOf(), KEY, world.upstream.compute)).info.status).toBe('HIT');
  });
});

/**
 * Promise 2, invalidated is gone. Guards src/cache/tide/validity.ts (mark <= start, of the present generation), src/cache/flights.ts and
 * Cache's #isYoung (who may join), src/cache/landing.ts (the clock is captured before the computation; parts keep their starts),
 * src/cache/tide/mirror.ts (a hit from memory knows all that was raised) and src/cache/tide/acknowledgements.ts (a raise returns when every
 * mirror has it).
 */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Compute } from '../../src/cache/index.js';
import { policyOf } from '../cache/cache-world.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import { whenLeased, whenTrusted } from '../support/redis-store.js';
import { REDIS_SETUPS, type TestRedis } from './support/redis-setups.js';
import { createWorld, KEY, type Instance } from './support/world.js';

describe.each(REDIS_SETUPS)('Promise 2: invalidated is gone, on %s', (_, start) => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await start();
  });
  afterAll(() => redis.stop());

  const open = async () => {
    const world = createWorld(redis);
    const [one, other, third] = await Promise.all([world.join(), world.join(), world.join()]);
    return { world, one, other, third, all: [one, other, third] };
  };
  /** From memory, without asking anybody. */
  const expectHit = async (instance: Instance, read: () => Promise<{ value: number }>) => {
    await read();
    await whenLeased(instance.store);
    const before = instance.trips;
    expect(await read()).toMatchObject({ info: { status: 'HIT', layer: 'MEMORY' } });
    expect(instance.trips).toBe(before);
  };

  it('serves nothing from before it at any instance, from memory or from Redis', async () => {
    const { world, one, other, third } = await open();
    for (const each of [one, other]) await expectHit(each, () => each.read());
    world.upstream.value = 2;
    expect(await other.cache.invalidate(['number:a'])).toMatchObject({ status: 'DONE' });
    for (const each of [one, other, third]) expect((await each.read()).value).toBe(2);
    for (const each of [one, other, third]) await expectHit(each, () => each.read());
  });

  it('serves nothing that was stored after it and computed before it', async () => {
    const { world, one, other, all } = await open();
    const release = world.upstream.hold();
    const old = one.read();
    await world.upstream.begun(1);
    world.upstream.value = 2;
    await other.cache.invalidate(['number:a']);
    release();
    // It began before the invalidation.
    expect((await old).value).toBe(1);
    for (const each of all) expect((await each.read()).value).toBe(2);
  });

  it('lets nobody join what began before it, at its own instance or at another one', async () => {
    const { world, one, other, all } = await open();
    const release = world.upstream.hold();
    const old = [one.read(), one.read()];
    await world.upstream.begun(1);
    const waiting = other.read();
    await other.answered();
    world.upstream.value = 2;
    await one.cache.invalidate(['number:a']);
    const late = all.map((each) => each.read());
    for (const each of all) await each.answered();
    release();
    expect((await Promise.all(late)).map(({ value }) => value)).toEqual([2, 2, 2]);
    expect((await Promise.all(old)).map(({ value }) => value)).toEqual([1, 1]);
    await waiting;
  });

  it('is gone from what embeds it, whether that was composed before or after', async () => {
    const { world, one, all } = await open();
    const part = policyOf({ name: 'part', tags: ['part'] });
    const whole = policyOf({ name: 'whole', tags: ['whole'] });
    const compose = (instance: Instance, gate?: Promise<unknown>): Compute<number> => {
      return (misses) =>
        Promise.all(
          misses.map(async ({ parts }) => {
            const loaded = await instance.read(part);
            parts.add(loaded.part);
            await gate;
            return loaded.value;
          }),
        );
    };
    const readWhole = (instance: Instance) => instance.cache.load(whole, KEY, compose(instance));
    for (const each of all) await expectHit(each, () => readWhole(each));
    world.upstream.value = 2;
    await one.cache.invalidate(['part']);
    for (const each of all) expect((await readWhole(each)).value).toBe(2);

    await one.cache.invalidate(['whole']);
    let goOn = () => undefined as void;
    const composing = one.cache.load(whole, KEY, compose(one, new Promise<void>((resolve) => (goOn = resolve))));
    // It has its part.
    await one.answered();
    world.upstream.value = 3;
    await one.cache.invalidate(['part']);
    const late = all.map((each) => readWhole(each));
    for (const each of all) await each.answered();
    goOn();
    expect((await Promise.all(late)).map(({ value }) => value)).toEqual([3, 3, 3]);
    await composing;
    for (const each of all) expect((await readWhole(each)).value).toBe(3);
  });

  it.each([['number'], ['*'], ['source:api'], ['NUMBER:A'], ['number:a:*']])(
    'ends a value of the tag number:a by %s',
    async (tag) => {
      const { world, one, other, third } = await open();
      for (const each of [one, other]) await expectHit(each, () => each.read());
      world.upstream.value = 2;
      await third.cache.invalidate([tag]);
      for (const each of [one, other]) expect((await each.read()).value).toBe(2);
    },
  );

  it('ends a value by a tag that only its result knows, where that was never computed too', async () => {
    const { world, one, other, third } = await open();
    const policy = policyOf({ tags: [], resultTags: (value) => [`found:${value}`] });
    for (const each of [one, other]) await expectHit(each, () => each.read(policy));
    world.upstream.value = 2;
    await third.cache.invalidate(['found:1']);
    // It has heard nothing of what was raised before it came.
    const late = await world.join();
    for (const each of [late, one, other, third]) expect((await each.read(policy)).value).toBe(2);
  });

  it('serves it not even as a fallback while the upstream fails', async () => {
    const { world, one, all } = await open();
    const policy = policyOf({ staleFor: '1h', staleIfError: '1h' });
    for (const each of all) await expectHit(each, () => each.read(policy));
    world.upstream.failure = new Error('upstream');
    await one.cache.invalidate(['number:a']);
    for (const each of all) await expect(each.read(policy)).rejects.toThrow('upstream');
  });

  it('is no longer fresh anywhere where it was invalidated softly', async () => {
    const { world, one, all } = await open();
    const [stale, strict] = [policyOf({ staleFor: '1h' }), policyOf({ name: 'strict' })];
    for (const each of all) for (const policy of [stale, strict]) await expectHit(each, () => each.read(policy));
    world.upstream.value = 2;
    world.upstream.failure = new Error('upstream');
    await one.cache.invalidate(['number:a'], 'soft');
    for (const each of all) {
      expect(await each.read(stale)).toMatchObject({ value: 1, info: { status: 'STALE' } });
      await expect(each.read(strict)).rejects.toThrow('upstream');
    }
  });

  it.each([
    ['was flushed', (prefix: string) => createFlush(prefix, 'everything')],
    ['evicted the tide alone', (prefix: string) => createFlush(prefix, 'the tide')],
    [
      'forgot its scripts',
      () => (client: { script: (subcommand: 'FLUSH') => Promise<unknown> }) => client.script('FLUSH'),
    ],
  ])('is gone though Redis %s', async (_, createLoss) => {
    const { world, one, all } = await open();
    for (const each of all) await expectHit(each, () => each.read());
    await world.atServers((client) => createLoss(world.prefix)(client));
    world.upstream.value = 2;
    expect(await one.cache.invalidate(['number:a'])).toMatchObject({ status: 'DONE' });
    for (const each of all) expect((await each.read()).value).toBe(2);
    for (const each of all) await expectHit(each, () => each.read());
  });

  it.each([['everything' as const], ['the tide' as const]])(
    'is gone though Redis lost %s after it, and a value from before it is stored only then',
    async (what) => {
      const { world, one, other, third, all } = await open();
      const release = world.upstream.hold();
      const old = one.read();
      await world.upstream.begun(1);
      world.upstream.value = 2;
      await other.cache.invalidate(['number:a']);
      await world.atServers(createFlush(world.prefix, what));
      // A new generation begins, which all have heard of.
      await other.cache.invalidate(['another']);
      for (const each of all) await whenLeased(each.store);
      release();
      await old;
      for (const each of [other, third, one]) expect((await each.read()).value).toBe(2);
    },
  );

  it('never shows an older value than one that was invalidated before, while others read and write', async () => {
    const { world, all } = await open();
    let acknowledged = 1;
    let isOver = false;
    const reading = all.map(async (each) => {
      while (!isOver) {
        const least = acknowledged;
        expect((await each.read()).value).toBeGreaterThanOrEqual(least);
        await new Promise(setImmediate);
      }
    });
    try {
      for (let round = 2; round < 40; round += 1) {
        world.upstream.value = round;
        await all[round % 3]?.cache.invalidate(['number:a']);
        acknowledged = round;
        const values = await Promise.all(all.map(async (each) => (await each.read()).value));
        for (const value of values) expect(value).toBeGreaterThanOrEqual(round);
      }
    } finally {
      isOver = true;
    }
    await Promise.all(reading);
  });
});

describe.each(REDIS_SETUPS)('Promise 2: invalidated is gone, on %s that restarts', (_, start) => {
  it('though it comes back as it was before the invalidation', async () => {
    const redis = await start();
    onTestFinished(() => redis.stop());
    const world = createWorld(redis);
    const [one, other] = await Promise.all([world.join(), world.join()]);
    for (const each of [one, other]) await each.read();
    await world.atServers((client) => client.save());
    world.upstream.value = 2;
    await one.cache.invalidate(['number:a']);
    await redis.tideServer.kill('SIGKILL');
    await redis.tideServer.restart();
    for (const each of [one, other]) expect((await each.read()).value).toBe(2);
    // It knows nothing but what Redis says.
    const late = await world.join();
    for (const each of [one, other]) await whenTrusted(each.store);
    for (const each of [late, one, other]) expect((await each.read()).value).toBe(2);
  });
});

describe('Promise 2: invalidated is gone, on a cluster where a replica takes over', () => {
  it('though the replica had not heard of it', { timeout: 60_000 }, async () => {
    const cluster = await startRedisCluster({ replicas: true });
    onTestFinished(() => cluster.stop());
    const master = await cluster.ownerOf('{tide}');
    const replica = cluster.replicas[cluster.nodes.indexOf(master)];
    if (!replica) throw new Error('Each master has a replica.');
    const world = createWorld({ ...cluster, isCluster: true, servers: cluster.nodes, tideServer: master });
    const all = await Promise.all([world.join(), world.join()]);
    for (const each of all) await each.read();
    // It is stopped and cut off, else it would find the invalidation in its socket when it goes on.
    await replica.kill('SIGSTOP');
    await world.atServers((client) => client.client('KILL', 'TYPE', 'replica'));
    world.upstream.value = 2;
    expect(await all[0]?.cache.invalidate(['number:a'])).toMatchObject({ status: 'DONE' });
    await master.kill('SIGKILL');
    await replica.kill('SIGCONT');
    await cluster.untilWhole(replica);
    const late = await world.join();
    for (const each of all) await whenTrusted(each.store);
    for (const each of [late, ...all]) expect((await each.read()).value).toBe(2);
  });
});

interface Flushing {
  flushall(): Promise<unknown>;
  keys(pattern: string): Promise<string[]>;
  del(key: string): Promise<unknown>;
}

/** Private: the slot of the tide is at one of the nodes alone. */
function createFlush(prefix: string, what: 'everything' | 'the tide') {
  return async (client: Flushing) => {
    if (what === 'everything') return client.flushall();
    const [tide] = await client.keys(`${prefix}{tide}`);
    return tide === undefined ? 0 : client.del(tide);
  };
}

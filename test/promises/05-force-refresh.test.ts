/**
 * Promise 5, forceRefresh means it. Guards src/cache/cache.ts (a forced load ticks on arrival and takes nothing that began before that
 * tick), src/cache/flights.ts (one runs, one waits), src/cache/computations.ts (parts are computed anew too; the identity tag is raised to
 * the result's own start, so that everything older ends and the result itself lives) and src/cache/key.ts (what is forced has the same key).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Compute } from '../../src/cache/index.js';
import { policyOf } from '../cache/cache-world.js';
import { whenLeased } from '../support/redis-store.js';
import { startOneRedis, type TestRedis } from './support/redis-setups.js';
import { createWorld, KEY, type Instance } from './support/world.js';

describe('Promise 5: forceRefresh means it', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startOneRedis();
  });
  afterAll(() => redis.stop());

  const open = async () => {
    const world = createWorld(redis);
    const [one, other, third] = await Promise.all([world.join(), world.join(), world.join()]);
    return { world, one, other, third, all: [one, other, third] };
  };
  const force = (instance: Instance) => instance.read(policyOf(), { force: true });
  const part = policyOf({ name: 'part', tags: ['part'] });
  const whole = policyOf({ name: 'whole', tags: ['whole'] });
  /** A whole of one part, which is computed anew where the whole is. */
  const composeAt = (instance: Instance): Compute<number> => {
    return (misses) =>
      Promise.all(
        misses.map(async (miss) => {
          const loaded = await instance.read(part, { force: miss.force });
          miss.parts.add(loaded.part);
          return loaded.value;
        }),
      );
  };

  it('computes although there is a fresh value, and takes nothing that began before the request', async () => {
    const { world, one, other } = await open();
    await one.read();
    world.upstream.value = 2;
    expect(await force(one)).toMatchObject({ value: 2, info: { status: 'REFRESHED' } });

    await one.cache.invalidate(['number:a']);
    for (const instance of [one, other]) {
      const calls = world.upstream.calls;
      const release = world.upstream.hold();
      const running = force(one);
      await world.upstream.begun(calls + 1);
      world.upstream.value += 1;
      const forced = force(instance);
      await instance.answered();
      release();
      await running;
      expect((await forced).value).toBe(world.upstream.value);
    }
  });

  it('computes anew all that it is made of', async () => {
    const { world, one, all } = await open();
    for (const each of all) await each.cache.load(whole, KEY, composeAt(each));
    world.upstream.value = 2;
    expect((await one.cache.load(whole, KEY, composeAt(one), { force: true })).value).toBe(2);
    for (const each of all) {
      expect(await each.read(part)).toMatchObject({ value: 2, info: { status: 'HIT' } });
      expect(await each.cache.load(whole, KEY, composeAt(each))).toMatchObject({ value: 2, info: { status: 'HIT' } });
    }
  });

  it('replaces what everyone else reads, and what they made of it', async () => {
    const { world, one, all } = await open();
    for (const each of all) {
      await each.cache.load(whole, KEY, composeAt(each));
      await whenLeased(each.store);
      expect((await each.read(part)).info.status).toBe('HIT');
    }
    world.upstream.value = 2;
    expect((await one.read(part, { force: true })).value).toBe(2);
    const { calls } = world.upstream;
    for (const each of all) {
      expect((await each.read(part)).value).toBe(2);
      expect((await each.cache.load(whole, KEY, composeAt(each))).value).toBe(2);
    }
    // Its own result lives: nobody has computed it again.
    expect(world.upstream.calls).toBe(calls);
  });

  it('runs once and waits once at any time, in one process', async () => {
    const { world, one } = await open();
    const release = world.upstream.hold();
    const first = force(one);
    await world.upstream.begun(1);
    world.upstream.value = 2;
    const others = Array.from({ length: 20 }, () => force(one));
    await one.answered();
    release();
    expect((await first).value).toBe(1);
    expect(new Set((await Promise.all(others)).map(({ value }) => value))).toEqual(new Set([2]));
    expect([world.upstream.calls, world.upstream.mostRunning]).toEqual([2, 1]);
  });

  it('runs once and waits once at any time, over all instances', async () => {
    const { world, one, all } = await open();
    const release = world.upstream.hold();
    const first = force(one);
    await world.upstream.begun(1);
    world.upstream.value = 2;
    const others = all.flatMap((each) => Array.from({ length: 20 }, () => force(each)));
    for (const each of all) await each.answered();
    release();
    expect((await first).value).toBe(1);
    expect(new Set((await Promise.all(others)).map(({ value }) => value))).toEqual(new Set([2]));
    expect(world.upstream.mostRunning).toBe(1);
    expect(world.upstream.calls).toBe(2);
  });

  it('leaves the old value where it fails', async () => {
    const { world, one, all } = await open();
    for (const each of all) await each.read();
    world.upstream.failure = new Error('upstream');
    await expect(force(one)).rejects.toThrow('upstream');
    for (const each of all) expect(await each.read()).toMatchObject({ value: 1, info: { status: 'HIT' } });
  });

  it('has the key of what is not forced', async () => {
    const { world, one, other } = await open();
    await one.read();
    await force(one);
    await force(other);
    expect((await world.atServers((client) => client.keys(`${world.prefix}m.test:*`))).flat()).toHaveLength(1);
  });

  it('is not answered by what runs already and is not forced', async () => {
    const { world, one } = await open();
    await one.cache.load(whole, KEY, composeAt(one));
    await one.cache.invalidate(['whole']);
    const release = world.upstream.hold();
    // Made of a part that is kept, whenever it began.
    let goOn = () => undefined as void;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const compose = composeAt(one);
    const running = one.cache.load(whole, KEY, async (misses) => gate.then(() => compose(misses)));
    world.upstream.value = 2;
    const forced = one.cache.load(whole, KEY, compose, { force: true });
    await one.answered();
    goOn();
    release();
    await running;
    expect((await forced).value).toBe(2);
  });
});

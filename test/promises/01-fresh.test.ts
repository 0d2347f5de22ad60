/**
 * Promise 1, fresh. Guards src/cache/entry.ts (entryState: what may be served at which age), src/cache/landing.ts and src/cache/part.ts (a
 * composed value ends with its strictest part, each tag with its own start), and src/cache/redis/redis-entries.ts (age is counted from the
 * beginning of the computation, in whatever tier and process the value is met).
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Compute, Part, PolicyOptions } from '../../src/cache/index.js';
import { policyOf } from '../cache/cache-world.js';
import { startOneRedis, type TestRedis } from './support/redis-setups.js';
import { createWorld, KEY, type Instance, type World } from './support/world.js';

/** Two readings of a life in Redis differ by what passes between them. */
const TOLERANCE_MS = 2_000;
const SOON_MS = 10_000;

describe('Promise 1: fresh', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startOneRedis();
  });
  afterAll(() => redis.stop());

  /** One computes, the other finds in Redis what it has not in memory. */
  const open = async () => {
    const world = createWorld(redis);
    const isUpstreamFailure = () => true;
    const [one, other] = await Promise.all([
      world.join({ clock: world.clock, isUpstreamFailure }),
      world.join({ clock: world.clock, isUpstreamFailure }),
    ]);
    return { world, one, other };
  };

  it('serves no value past its TTL, from memory or from Redis', async () => {
    const { world, one, other } = await open();
    await one.read();
    world.upstream.value = 2;
    await world.pass(60_000 - TOLERANCE_MS);
    expect(await one.read()).toMatchObject({ value: 1, info: { status: 'HIT', layer: 'MEMORY' } });
    expect(await other.read()).toMatchObject({ value: 1, info: { status: 'HIT', layer: 'REDIS' } });
    await world.pass(TOLERANCE_MS);
    expect(await one.read()).toMatchObject({ value: 2, info: { status: 'MISS' } });
    await world.pass(60_000);
    world.upstream.value = 3;
    expect(await other.read()).toMatchObject({ value: 3, info: { status: 'MISS' } });
  });

  it('serves no value past its TTL that Redis still has', async () => {
    const { world, one, other } = await open();
    const policy = policyOf({ staleIfError: '1h' });
    await one.read(policy);
    world.upstream.value = 2;
    await world.pass(60_000);
    expect(await other.read(policy)).toMatchObject({ value: 2, info: { status: 'MISS' } });
  });

  it('serves no value past its stale window that is kept for longer', async () => {
    const { world, one, other } = await open();
    const policy = policyOf({ staleFor: '60s', staleIfError: '1h' });
    await one.read(policy);
    await world.pass(120_000 - TOLERANCE_MS);
    world.upstream.failure = new Error('upstream');
    for (const each of [one, other]) {
      expect(await each.read(policy)).toMatchObject({ value: 1, info: { status: 'STALE' } });
      await vi.waitFor(() => expect(each.events.at(-1)).toMatchObject({ type: 'refreshFailed' }), SOON_MS);
    }
    world.upstream.failure = undefined;
    world.upstream.value = 2;
    await world.pass(TOLERANCE_MS);
    for (const each of [one, other]) expect((await each.read(policy)).value).toBe(2);
  });

  it('serves no value past its stale-if-error window, however long the upstream fails', async () => {
    const { world, one, other } = await open();
    const policy = policyOf({ staleIfError: '60s', keepFor: '1h' });
    await one.read(policy);
    world.upstream.failure = new Error('upstream');
    await world.pass(120_000 - TOLERANCE_MS);
    for (const each of [one, other])
      expect(await each.read(policy)).toMatchObject({ value: 1, info: { status: 'STALE' } });
    await world.pass(TOLERANCE_MS);
    for (const each of [one, other]) await expect(each.read(policy)).rejects.toThrow('upstream');
  });

  it('counts the age from the beginning of the computation, and never anew where a value goes from tier to tier', async () => {
    const { world, one, other } = await open();
    const release = world.upstream.hold();
    const computing = one.read();
    await world.upstream.begun(1);
    await world.pass(20_000);
    release();
    expect((await computing).info.ageMs).toBe(20_000);
    const ageAt = async (each: Instance) => (await each.read()).info.ageMs;
    await world.pass(10_000);
    for (const layer of ['REDIS', 'MEMORY']) {
      const { info } = await other.read();
      expect(info.layer).toBe(layer);
      expect(info.ageMs).toBeGreaterThanOrEqual(30_000);
      await world.pass(10_000);
    }
    expect(await ageAt(one)).toBe(50_000);
    world.upstream.value = 2;
    await world.pass(10_000);
    for (const each of [one, other]) expect((await each.read()).value).toBe(2);
  });

  describe('of what is composed', () => {
    const part = (name: string, options: Partial<PolicyOptions<number>> = {}) =>
      policyOf({ name, tags: [name], ...options });
    const whole = part('whole', { ttl: '1h' });

    /** The sum of its parts, each loaded through the cache. */
    const sumOf = (instance: Instance, parts: readonly PolicyOptions<number>[]): Compute<number> => {
      return (misses) =>
        Promise.all(
          misses.map(async (miss) => {
            const loaded = await Promise.all(parts.map((each) => instance.read(each)));
            for (const each of loaded) miss.parts.add(each.part);
            return loaded.reduce((sum, { value }) => sum + value, 0);
          }),
        );
    };
    const load = (instance: Instance, parts: readonly PolicyOptions<number>[]) =>
      instance.cache.load(whole, KEY, sumOf(instance, parts));

    it('ends with the part that ends first, as old as that part was already', async () => {
      const { world, one, other } = await open();
      const [short, long] = [part('short', { ttl: '30s' }), part('long', { ttl: '40s' })];
      await one.read(long);
      await world.pass(20_000);
      expect((await load(one, [short, long])).info.ttlMs).toBe(20_000);
      world.upstream.value = 2;
      await world.pass(20_000 - TOLERANCE_MS);
      for (const each of [one, other]) expect((await load(each, [short, long])).info.status).toBe('HIT');
      await world.pass(TOLERANCE_MS);
      expect(await load(one, [short, long])).toMatchObject({ value: 3, info: { status: 'MISS', ttlMs: 10_000 } });
    });

    it('never stacks ages: what is made of a whole ends when its deepest part does', async () => {
      const { world, one } = await open();
      const deepest = part('deepest', { ttl: '30s' });
      const top = part('top', { ttl: '1h' });
      const loadTop = () =>
        one.cache.load(top, KEY, (misses) =>
          Promise.all(
            misses.map(async ({ parts }) => {
              const inner = await load(one, [deepest]);
              parts.add(inner.part);
              return inner.value;
            }),
          ),
        );
      await load(one, [deepest]);
      await world.pass(10_000);
      expect((await loadTop()).info.ttlMs).toBe(20_000);
      world.upstream.value = 2;
      await world.pass(20_000);
      expect(await loadTop()).toMatchObject({ value: 2, info: { status: 'MISS' } });
    });

    it('ends by the tag of any part, at every instance', async () => {
      const { world, one, other } = await open();
      const parts = [part('left'), part('right')];
      await load(one, parts);
      for (const { name } of parts) {
        expect((await load(other, parts)).info).toMatchObject({ status: 'HIT', tags: ['whole', 'left', 'right'] });
        world.upstream.value += 1;
        await one.cache.invalidate([name]);
        for (const each of [one, other]) await expectComputed(each, world);
      }

      async function expectComputed(each: Instance, { upstream }: World) {
        const { value } = await load(each, parts);
        expect(value).toBeGreaterThanOrEqual(upstream.value + 1);
      }
    });

    it('lives though an old part stands beside one that was raised: each tag keeps the start of its part', async () => {
      const { one, other } = await open();
      const parts = [part('old'), part('raised')];
      await load(one, parts);
      await one.cache.invalidate(['raised']);
      expect((await load(one, parts)).info.status).toBe('MISS');
      for (const each of [one, other]) expect((await load(each, parts)).info.status).toBe('HIT');
    });

    it('is dead where a part that the request remembers was raised before the whole began', async () => {
      const { world, one, other } = await open();
      const remembered = await one.read(part('remembered'));
      world.upstream.value = 2;
      await one.cache.invalidate(['remembered']);
      await one.cache.load(whole, KEY, async (misses) =>
        misses.map(({ parts }) => {
          parts.add(remembered.part);
          return remembered.value;
        }),
      );
      for (const each of [one, other]) expect((await load(each, [part('remembered')])).value).toBe(2);
    });

    it('is shared with nobody where a part is private', async () => {
      const { one, other } = await open();
      const secret = part('secret', { scope: 'PRIVATE', tags: ['secret:{$viewer}'] });
      const loadAs = (each: Instance, viewer: string, value: number) =>
        each.cache.load(
          whole,
          KEY,
          (misses) =>
            Promise.all(
              misses.map(async ({ parts }) => {
                const own: { value: number; part: Part } = await each.cache.load(secret, KEY, async () => [value], {
                  viewer,
                });
                parts.add(own.part);
                return own.value;
              }),
            ),
          { viewer },
        );
      expect((await loadAs(one, 'alice', 1)).value).toBe(1);
      expect((await loadAs(one, 'bob', 2)).value).toBe(2);
      expect((await loadAs(other, 'carol', 3)).value).toBe(3);
    });
  });
});

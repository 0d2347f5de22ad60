import { describe, expect, it } from 'vitest';
import type { Compute, PolicyOptions } from '../../src/cache/index.js';
import { createAloneWorld, LONG_MS } from './alone-world.js';
import { policyOf, Source } from './cache-world.js';

const KEY = { id: 'a' };
const ALONE_MS = 2_000;

describe('Cache of a process that is alone', () => {
  /** One gateway, which is leased. */
  const createWorld = async (random?: () => number) => {
    const world = createAloneWorld(random ? { random } : {});
    const one = world.join('one');
    await world.pass(LONG_MS);
    expect(one.store.health().leased).toBe(true);
    return { ...world, one, source: new Source() };
  };

  it.each(['ttl', 'briefly'] as const)(
    'forgets what it computed (%s) when Redis is there again, though nobody asks meanwhile',
    async (alone) => {
      const { tide, join, pass, leaveAlone, one, source } = await createWorld();
      const other = join('other');
      await pass(LONG_MS);
      const policy = policyOf({ alone });
      await leaveAlone('one');
      await one.cache.load(policy, KEY, source.compute);
      expect((await one.cache.load(policy, KEY, source.compute)).info.status).toBe('HIT');
      tide.cutOff.clear();
      await pass(100);
      expect(one.store.health().leased).toBe(true);
      source.value = 2;
      const invalidating = other.cache.invalidate(['number:a']);
      await pass(100);
      expect((await invalidating).status).toBe('DONE');
      // Before even its two seconds are over.
      await pass(100);
      tide.cutOff.add('one');
      await pass(910);
      expect(one.store.health()).toMatchObject({ leased: false, available: false });
      expect((await one.cache.load(policy, KEY, source.compute)).value).toBe(2);
    },
  );

  it('serves nothing from before its own invalidation, though it was deaf when it made it', async () => {
    const { tide, pass, leaveAlone, one, source } = await createWorld();
    const policy = policyOf({ alone: 'ttl' });
    await one.cache.load(policy, KEY, source.compute);
    tide.deaf.add('one');
    source.value = 2;
    const invalidating = one.cache.invalidate(['number:a']);
    await pass(1_500);
    expect((await invalidating).status).toBe('DONE');
    await leaveAlone('one');
    expect((await one.cache.load(policy, KEY, source.compute)).value).toBe(2);
  });

  it('computes a brief value once in its two seconds, and refreshes none before', async () => {
    const { pass, leaveAlone, one, source } = await createWorld(() => 0.5);
    await leaveAlone('one');
    const policy = policyOf({ ttl: '5m' });
    for (let passed = 0; passed < ALONE_MS; passed += 100) {
      await one.cache.load(policy, KEY, source.compute);
      await pass(100);
    }
    expect(source.calls).toBe(1);
    await one.cache.load(policy, KEY, source.compute);
    expect(source.calls).toBe(2);
  });

  it('computes once what is asked for twice in one call while the store fails', async () => {
    const { tide, pass, one, source } = await createWorld();
    tide.cutOff.add('one');
    const loading = one.cache.loadMany(policyOf(), [KEY, KEY], source.compute);
    await pass(50);
    expect(await loading).toMatchObject([{ value: 1 }, { value: 1 }]);
    expect(source.calls).toBe(1);
  });

  describe('of a whole', () => {
    const briefly: PolicyOptions<number> = { name: 'Query.part', ttl: '60s', tags: ['part'] };
    const whole: PolicyOptions<number> = { name: 'Query.whole', ttl: '60s', tags: ['whole'] };

    /** A whole whose value is when the computation of its part began. */
    const createWholes = async () => {
      const { clock, pass, leaveAlone, one } = await createWorld();
      const now: Compute<number> = async (misses) => misses.map(() => clock.monotonic());
      const loadPart = (compute = now) => one.cache.load(briefly, {}, compute);
      const loadWhole = async (policy: PolicyOptions<number>, compute = now) => {
        const loaded = await one.cache.load<number>(policy, {}, (misses) =>
          Promise.all(
            misses.map(async ({ parts }) => {
              const { part, value } = await loadPart(compute);
              parts.add(part);
              return value;
            }),
          ),
        );
        return loaded.value;
      };
      return { clock, pass, leaveAlone, loadPart, loadWhole };
    };

    it('of market data serves a brief part for two seconds, as the part itself', async () => {
      const { clock, pass, leaveAlone, loadWhole } = await createWholes();
      await leaveAlone('one');
      const begunAt = await loadWhole({ ...whole, alone: 'ttl' });
      await pass(ALONE_MS - 10);
      expect(await loadWhole({ ...whole, alone: 'ttl' })).toBe(begunAt);
      await pass(10);
      expect(await loadWhole({ ...whole, alone: 'ttl' })).toBe(clock.monotonic());
    });

    it('counts the two seconds from the beginning of a part that it joined', async () => {
      const { clock, pass, leaveAlone, loadPart, loadWhole } = await createWholes();
      await leaveAlone('one');
      const slowly: Compute<number> = async (misses) => {
        const begunAt = clock.monotonic();
        await new Promise<void>((resolve) => clock.after(1_800, resolve));
        return misses.map(() => begunAt);
      };
      const slow = loadPart(slowly);
      await pass(1_700);
      const made = loadWhole(whole, slowly);
      await pass(200);
      const { part } = await slow;
      const begunAt = await made;
      expect(begunAt).toBe(part.oldestAt);
      await pass(begunAt + ALONE_MS - 10 - clock.monotonic());
      expect(await loadWhole(whole)).toBe(begunAt);
      await pass(10);
      expect(await loadWhole(whole)).toBe(clock.monotonic());
    });

    it('that is of before serves none of a brief part', async () => {
      const { clock, leaveAlone, loadWhole } = await createWholes();
      await loadWhole({ ...whole, alone: 'ttl' });
      await leaveAlone('one');
      expect(await loadWhole({ ...whole, alone: 'ttl' })).toBe(clock.monotonic());
    });
  });
});

/*
 * Bounded space. Guards: the raise of src/cache/tide/scripts.ts (one field per tag; entries are not looked for, let alone deleted), its
 * pruning (HSCAN of the tide alone, a bounded piece at each hold, the floor first), src/cache/redis/redis-entries.ts and redis-locks.ts (every
 * key is under the prefix and ends by itself) and src/cache/memory/entry-memory.ts (bounded in bytes).
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { RedisBus } from '../../src/cache/bus/redis-bus.js';
import type { Compute, PolicyOptions } from '../../src/cache/index.js';
import { RedisTideServer } from '../../src/cache/tide/redis-tide-server.js';
import { createDeferred } from '../../src/support/deferred.js';
import { unknownSymbol } from '../../src/support/gateway-error.js';
import { policyOf, Source } from '../cache/cache-world.js';
import { until } from '../support/turns.js';
import { DEPLOYMENTS, DrivenRedis } from './helpers-driven-redis.js';

const TIDE = 'tidemark:{tide}';
const ENTRY = /^tidemark:[md]\.test:[A-Za-z.]+:[\w-]{8}:[\w-]{22}$/;
const LOCK = /^tidemark:lock:\{tidemark:[md]\.test:[A-Za-z.]+:[\w-]{8}:[\w-]{22}\}$/;
const MEGABYTE = 1_048_576;
const TEXT = 'x'.repeat(2_000);

const ids = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
const texts: Compute<string> = async (misses) => misses.map(({ args }) => `${String(args['id'])} ${TEXT}`);

describe.each(DEPLOYMENTS)('On $where', ({ cluster }) => {
  let redis: DrivenRedis;

  beforeAll(async () => {
    redis = await DrivenRedis.start({ cluster });
  });

  afterEach(() => redis.clear());

  afterAll(() => redis.stop());

  it('an invalidation is the same few commands, whatever the number of entries', async () => {
    const [one, two] = [await redis.join(), await redis.join()];
    const policy = policyOf({ tags: ['number'] });
    const source = new Source();
    await one.cache.load(policy, { id: 0 }, source.compute);
    await until(async () => (await redis.keys()).size === 2);
    const ofOne = await redis.commandsOf(() => one.cache.invalidate(['number']));
    await one.cache.loadMany(policy, ids(2_000), source.compute);
    // Locks are released behind the answer.
    await until(async () => (await redis.keys()).size === 2_001);
    const keys = (await redis.keys()).size;
    const ofMany = await redis.commandsOf(() => one.cache.invalidate(['number']));
    expect(ofMany).toEqual(ofOne);
    for (const command of ['keys', 'scan', 'sscan', 'smembers', 'del', 'unlink', 'hscan', 'hgetall', 'get']) {
      expect(Object.keys(ofMany)).not.toContain(command);
    }
    expect((await redis.keys()).size).toBe(keys);
    // They end by themselves; until then nobody is served one.
    source.value = 2;
    for (const { cache } of [two, one]) {
      const loaded = await cache.loadMany(policy, ids(50), source.compute);
      expect(loaded.every((each) => !(each instanceof Error) && each.value === 2)).toBe(true);
    }
  });

  it('an invalidation costs one field of one hash for each tag, and grows with them alone', async () => {
    const { cache } = await redis.join();
    const fields = async () => Object.keys(await redis.tide()).length;
    const before = await fields();
    const tags = ids(100).map(({ id }) => `number:${id}`);
    const counts = await redis.commandsOf(() => cache.invalidate(tags));
    // In each of the two origins.
    expect((await fields()) - before).toBe(200);
    expect([counts['evalsha'], counts['hget']]).toEqual([1, 200]);
    await cache.invalidate(tags);
    expect((await fields()) - before).toBe(200);
    expect([...(await redis.keys()).keys()]).toEqual([TIDE]);
  });

  it('every key has the prefix, and an end or one fixed name', async () => {
    const [one, two] = [await redis.join(), await redis.join()];
    const policies = [
      policyOf({ staleFor: '1m', staleIfError: '1h', keepFor: '1h', negativeTtl: '5s' }),
      policyOf({ name: 'Query.mine', scope: 'PRIVATE', origin: 'database', resultTags: (value) => [`found:${value}`] }),
    ];
    const source = new Source();
    const gate = createDeferred<void>();
    for (const policy of policies) {
      await one.cache.loadMany(policy, ids(20), source.compute, { viewer: 'ann' });
      await one.cache.load(policy, { id: 1 }, source.compute, { viewer: 'ann', force: true });
      await two.cache.load(policy, { id: 1 }, source.compute, { viewer: 'ben' });
      const none: Compute<number> = async () => [unknownSymbol('A')];
      await expect(one.cache.load(policy, { id: 'none' }, none, { viewer: 'ann' })).rejects.toThrow('No instrument');
    }
    await one.cache.invalidate(['number:1', 'number', '*', 'source:api']);
    await two.cache.invalidate(['found'], 'soft');
    source.gate = gate.promise;
    const computing = one.cache.load(policyOf(), { id: 'slow' }, source.compute);
    await until(async () => [...(await redis.keys()).keys()].some((key) => LOCK.test(key)));
    const keys = await redis.keys();
    for (const [key, remainingMs] of keys) {
      if (key === TIDE) expect(remainingMs).toBe(-1);
      else {
        expect(
          [ENTRY, LOCK].filter((pattern) => pattern.test(key)),
          key,
        ).toHaveLength(1);
        expect(remainingMs, key).toBeGreaterThan(0);
      }
    }
    expect(keys.size).toBeGreaterThan(40);
    gate.resolve();
    await computing;
    await until(async () => ![...(await redis.keys()).keys()].some((key) => LOCK.test(key)));
  });

  it('marks that outlived every entry are dropped piece by piece, and nothing from before them is served', async () => {
    const [leased, strict] = [await redis.join(), await redis.join({ deaf: true })];
    const policy = policyOf({ ttl: '24h' });
    const source = new Source();
    // One is stored before the raise, the other is still being computed.
    await leased.cache.load(policy, { id: 'stored' }, source.compute);
    await strict.cache.load(policy, { id: 'stored' }, source.compute);
    const gate = createDeferred<void>();
    const late: Compute<number> = async () => {
      await gate.promise;
      return [1];
    };
    const landing = [leased, strict].map(({ cache }, i) => cache.load(policy, { id: `late ${i}` }, late));
    await until(async () => [...(await redis.keys()).keys()].filter((key) => LOCK.test(key)).length === 2);
    const tags = ids(2_000).map(({ id }) => `number:${id}`);
    await leased.cache.invalidate([...tags, 'number:stored', 'number:late%200', 'number:late%201']);
    source.value = 2;
    await leased.cache.load(policy, { id: 'young' }, source.compute);

    const highest = Math.max(...(await marks()));
    expect(await marks()).toHaveLength(4_006);
    await pruneAll(async (prune) => {
      const before = (await marks()).length;
      const counts = await redis.commandsOf(prune);
      expect([counts['hscan'], counts['scan'], counts['keys']]).toEqual([1, undefined, undefined]);
      expect(before - (await marks()).length).toBeLessThanOrEqual(200);
    });
    expect(Number((await redis.tide())['floor'])).toBe(highest);

    gate.resolve();
    await Promise.all(landing);
    const fresh = await redis.join();
    for (const { cache } of [strict, leased, fresh]) {
      for (const id of ['stored', 'late 0', 'late 1']) {
        expect((await cache.load(policy, { id }, source.compute)).value, id).toBe(2);
      }
      const young = await cache.load(policy, { id: 'young' }, source.compute);
      expect(young).toMatchObject({ value: 2, info: { status: 'HIT' } });
    }
  });

  it('when all has expired, Redis has the keys that it had, and its memory', async () => {
    const { cache } = await redis.join();
    const policy: PolicyOptions<string> = { name: 'Query.text', ttl: '2s', tags: ['text:{$args.id}'] };
    // Scripts have been sent.
    await cache.loadMany({ ...policy, name: 'Query.first' }, ids(20), texts);
    await cache.invalidate(['text']);
    await untilExpired();
    const [keys, bytes] = [[...(await redis.keys()).keys()], await usedMemory()];
    await cache.loadMany(policy, ids(5_000), texts);
    await cache.invalidate(ids(1_000).map(({ id }) => `text:${id}`));
    await cache.loadMany(policy, ids(5_000), texts, { force: true });
    expect((await redis.keys()).size).toBeGreaterThan(5_000);
    await untilExpired();
    // Marks have no TTL of their own: they go a day later.
    await pruneAll(async (prune) => void (await prune()));
    expect([...(await redis.keys()).keys()]).toEqual(keys);
    // Redis gives back the buffers of its connections when they have been idle for some seconds.
    await vi.waitFor(async () => expect((await usedMemory()) - bytes).toBeLessThan(MEGABYTE), 10_000);
  });

  /** Private: what a participant of the tide does at each hold, of one that keeps no mark for long, until none is left. */
  const pruneAll = async (around: (prune: () => Promise<unknown>) => Promise<void>) => {
    const link = redis.link();
    const server = new RedisTideServer({ link, bus: new RedisBus(link, TIDE), key: TIDE, keepMarksMs: () => 0 });
    await until(() => server.connection !== undefined);
    for (let holds = 0; (await marks()).length > 0; holds += 1) {
      if (holds > 500) throw new Error('Marks are left.');
      // The clock moves past all marks.
      await server.raise({ fields: [], kind: 'hard' }, '');
      await around(() => server.hold({ mirror: undefined }));
    }
    await server.close();
  };

  /** Private: clock values of the marks there are. */
  const marks = async () => {
    const fields = Object.entries(await redis.tide()).filter(([field]) => field.startsWith('tag '));
    return fields.map(([, mark]) => Math.max(...mark.split(' ').map(Number)));
  };

  /** Private: Redis's own time, and its own pace in dropping what it has found to be expired. */
  const untilExpired = async () => {
    for (let waited = 0; (await redis.keys()).size > 1; waited += 50) {
      if (waited > 15_000) throw new Error('It never expired.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  const usedMemory = async () => {
    const infos = await redis.onEach((each) => each.info('memory'));
    return infos.reduce((sum, info) => sum + Number(/^used_memory:(\d+)/m.exec(info)?.[1]), 0);
  };
});

describe('The memory tier', () => {
  it('stays within its bytes under a flood, in Redis’s presence and alone', async () => {
    const redis = await DrivenRedis.start();
    try {
      const maxBytes = 200_000;
      const { cache, store } = await redis.join({ maxBytes });
      const policy: PolicyOptions<string> = { name: 'Query.text', ttl: '1h', tags: ['text:{$args.id}'], alone: 'ttl' };
      const memory = async () => (await store.sizes()).find(({ layer }) => layer === 'MEMORY');
      for (let page = 0; page < 20; page += 1) {
        const keys = ids(50).map(({ id }) => ({ id: `${page} ${id}` }));
        await cache.loadMany(policy, keys, texts);
        const size = await memory();
        expect(size).toMatchObject({ maxBytes });
        expect(size?.bytes).toBeLessThanOrEqual(maxBytes);
        expect(size?.bytes).toBeGreaterThanOrEqual((size?.entries ?? 0) * TEXT.length);
      }
      expect(await memory()).toMatchObject({ evictions: expect.any(Number) as number });
      expect((await memory())?.entries).toBeLessThan(100);
      expect((await memory())?.evictions).toBeGreaterThan(900);
      const large: Compute<string> = async () => ['x'.repeat(2 * maxBytes)];
      await cache.load(policy, { id: 'large' }, large);
      expect((await memory())?.bytes).toBeLessThanOrEqual(maxBytes);
    } finally {
      await redis.stop();
    }
  });
});

import { describe, expect, it } from 'vitest';
import { Namespaces, type Parts } from '../../src/cache/index.js';
import type { Raise } from '../../src/cache/tide/tide.js';
import { GatewayError } from '../../src/support/gateway-error.js';
import { alteredStore } from '../support/altered-store.js';
import { settle, until } from '../support/turns.js';
import { createDeferred } from '../../src/support/deferred.js';
import { createWorld, policyOf } from './cache-world.js';

const KEY = { id: 'a' };

describe('Cache', () => {
  it('computes once and then serves what it kept, with its age and the freshness that is left', async () => {
    const { cache, clock, source } = createWorld();
    const policy = policyOf();
    const miss = await cache.load(policy, KEY, source.compute);
    clock.advance(20_000);
    const hit = await cache.load(policy, KEY, source.compute);
    expect([miss.value, hit.value, source.calls]).toEqual([1, 1, 1]);
    expect(miss.info).toMatchObject({ status: 'MISS', layer: null, ageMs: 0, ttlMs: 60_000, tags: ['number:a'] });
    expect(hit.info).toMatchObject({ status: 'HIT', layer: 'MEMORY', ageMs: 20_000, ttlMs: 40_000 });
  });

  it('counts age and freshness from the beginning of the computation', async () => {
    const { cache, clock, source } = createWorld();
    const gate = createDeferred();
    source.gate = gate.promise;
    const loading = cache.load(policyOf(), KEY, source.compute);
    await until(() => source.calls === 1);
    clock.advance(50_000);
    gate.resolve();
    expect((await loading).info).toMatchObject({ ageMs: 50_000, ttlMs: 10_000, computeMs: 50_000 });
    clock.advance(10_000);
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('MISS');
  });

  it('tells keys apart by arguments, whatever their order, and by policy', async () => {
    const { cache, source } = createWorld();
    const load = async (args: object, options = {}) =>
      (await cache.load(policyOf(options), { ...args }, source.compute)).info.status;
    expect(await load({ id: 'a', limit: 1 })).toBe('MISS');
    expect(await load({ limit: 1, id: 'a' })).toBe('HIT');
    expect(await load({ id: 'a', limit: 2 })).toBe('MISS');
    expect(await load({ id: 'a', limit: 1 }, { ttl: '61s' })).toBe('MISS');
    expect(await load({ id: 'a', limit: 1 }, { version: 2 })).toBe('MISS');
    expect(await load({ id: 'a', limit: 1 }, { tags: ['other'] })).toBe('MISS');
    expect(await load({ id: 'a', limit: 1 })).toBe('HIT');
  });

  it('computes all misses of a call together and keeps their order', async () => {
    const { cache } = createWorld();
    const policy = policyOf();
    const batches: unknown[][] = [];
    const compute = async (misses: readonly { args: Readonly<Record<string, unknown>> }[]) => {
      batches.push(misses.map(({ args }) => args['id']));
      return misses.map(({ args }) => Number(args['id']) * 10);
    };
    await cache.load(policy, { id: 2 }, compute);
    const loaded = await cache.loadMany(policy, [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 1 }], compute);
    expect(loaded.map((each) => (each instanceof Error ? each : each.value))).toEqual([10, 20, 30, 10]);
    expect(loaded.map((each) => (each instanceof Error ? each : each.info.status))).toEqual([
      'MISS',
      'HIT',
      'MISS',
      'COALESCED',
    ]);
    expect(batches).toEqual([[2], [1, 3]]);
  });

  it('fails one value alone, and keeps no failure', async () => {
    const { cache } = createWorld();
    const policy = policyOf();
    const compute = async (misses: readonly { args: Readonly<Record<string, unknown>> }[]) =>
      misses.map(({ args }) => (args['id'] === 'bad' ? new Error('bad') : 1));
    const [good, bad] = await cache.loadMany(policy, [{ id: 'good' }, { id: 'bad' }], compute);
    expect(good).toMatchObject({ value: 1 });
    expect(bad).toMatchObject({ message: 'bad' });
    const [again] = await cache.loadMany(policy, [{ id: 'bad' }], async () => [7]);
    expect(again).toMatchObject({ value: 7, info: { status: 'MISS' } });
  });

  it('refuses a computation that answers another number of values than it was asked for', async () => {
    const { cache } = createWorld();
    await expect(cache.load(policyOf(), KEY, async () => [])).rejects.toThrow(
      'as many values as it is asked for (1), but got 0',
    );
  });

  it('computes once for all who ask at the same time', async () => {
    const { cache, source } = createWorld();
    const gate = createDeferred();
    source.gate = gate.promise;
    const all = Array.from({ length: 100 }, () => cache.load(policyOf(), KEY, source.compute));
    await until(() => source.calls > 0);
    gate.resolve();
    const statuses = (await Promise.all(all)).map(({ info }) => info.status);
    expect(source.calls).toBe(1);
    expect(statuses.filter((status) => status === 'COALESCED')).toHaveLength(99);
  });

  it('hands out values that nobody can change for the next', async () => {
    const { cache } = createWorld();
    const policy = { name: 'Query.list', ttl: '60s', tags: [] } as const;
    const compute = async () => [{ items: [1, 2] }];
    const miss = await cache.load<{ items: number[] }>(policy, {}, compute);
    expect(() => miss.value.items.push(3)).toThrow(TypeError);
    const hit = await cache.load<{ items: number[] }>(policy, {}, compute);
    expect(() => hit.value.items.push(3)).toThrow(TypeError);
    expect((await cache.load<{ items: number[] }>(policy, {}, compute)).value.items).toEqual([1, 2]);
  });

  it('ends a value whose computation began before an invalidation, however late it is stored', async () => {
    const { cache, source } = createWorld();
    const gate = createDeferred();
    source.gate = gate.promise;
    const old = cache.load(policyOf(), KEY, source.compute);
    await until(() => source.calls === 1);
    await cache.invalidate(['number:a']);
    gate.resolve();
    await old;
    source.value = 2;
    const next = await cache.load(policyOf(), KEY, source.compute);
    expect(next).toMatchObject({ value: 2, info: { status: 'MISS' } });
  });

  it('lets nobody who comes after an invalidation join a computation from before it', async () => {
    const { cache, source } = createWorld();
    const gate = createDeferred();
    source.gate = gate.promise;
    const old = cache.load(policyOf(), KEY, async () => {
      source.calls += 1;
      const read = source.value;
      await gate.promise;
      return [read];
    });
    await until(() => source.calls === 1);
    source.value = 2;
    await cache.invalidate(['number:a']);
    const next = cache.load(policyOf(), KEY, source.compute);
    await settle();
    gate.resolve();
    expect([(await old).value, (await next).value]).toEqual([1, 2]);
  });

  it('lets nobody share a result whose tags, known from it alone, were raised before he came', async () => {
    const { cache, source } = createWorld();
    const policy = policyOf({ resultTags: () => ['found'] });
    const gate = createDeferred();
    const reading = async () => {
      source.calls += 1;
      const read = source.value;
      await gate.promise;
      return [read];
    };
    const old = cache.load(policy, KEY, reading);
    await until(() => source.calls === 1);
    source.value = 2;
    await cache.invalidate(['found']);
    const next = cache.load(policy, KEY, reading);
    await settle();
    gate.resolve();
    expect([(await old).value, (await next).value]).toEqual([1, 2]);
  });

  it.each(['number:a', 'number', 'NUMBER:A', 'number:*', '*', 'source:api'])('is ended by the tag %s', async (tag) => {
    const { cache, source } = createWorld();
    await cache.load(policyOf(), KEY, source.compute);
    expect(await cache.invalidate([tag])).toMatchObject({ status: 'DONE', tags: [tag] });
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('MISS');
  });

  it.each(['number:b', 'numb', 'number:a:b', 'source:database', 'other'])('is not ended by the tag %s', async (tag) => {
    const { cache, source } = createWorld();
    await cache.load(policyOf(), KEY, source.compute);
    await cache.invalidate([tag]);
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('HIT');
  });

  it('is ended by a tag that only the result knew', async () => {
    const { cache, source } = createWorld();
    const policy = policyOf({ resultTags: (value) => [`item:${value}`] });
    await cache.load(policy, KEY, source.compute);
    expect((await cache.load(policy, KEY, source.compute)).info).toMatchObject({
      status: 'HIT',
      tags: ['number:a', 'item:1'],
    });
    await cache.invalidate(['item:1']);
    expect((await cache.load(policy, KEY, source.compute)).info.status).toBe('MISS');
  });

  it('keeps a private value for its viewer alone, and none for nobody', async () => {
    const { cache, source } = createWorld();
    const policy = policyOf({ scope: 'PRIVATE', tags: ['number:{$viewer}'] });
    const load = (viewer?: string) => cache.load(policy, KEY, source.compute, { viewer });
    await load('alice');
    expect((await load('alice')).info.status).toBe('HIT');
    expect((await load('bob')).info.status).toBe('MISS');
    expect((await load()).info.status).toBe('BYPASS');
    expect((await load()).info.status).toBe('BYPASS');
    await cache.invalidate(['number:alice']);
    expect((await load('bob')).info.status).toBe('HIT');
    expect((await load('alice')).info.status).toBe('MISS');
  });

  it('keeps nothing of an origin that is not open yet', async () => {
    const { cache, namespaces, source } = createWorld({ namespaces: new Namespaces() });
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('BYPASS');
    namespaces.set('api', 'm.opened');
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('MISS');
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('HIT');
  });

  it('computes everything and keeps nothing where it is switched off', async () => {
    const { cache, source } = createWorld({ enabled: false });
    await cache.load(policyOf(), KEY, source.compute);
    expect((await cache.load(policyOf(), KEY, source.compute)).info).toMatchObject({ status: 'BYPASS', ttlMs: 0 });
    expect(source.calls).toBe(2);
  });

  it('serves no longer than the value itself allows', async () => {
    const { cache, clock, source } = createWorld();
    const policy = policyOf({ until: () => 5_000 });
    expect((await cache.load(policy, KEY, source.compute)).info.ttlMs).toBe(5_000);
    clock.advance(4_999);
    expect((await cache.load(policy, KEY, source.compute)).info.status).toBe('HIT');
    clock.advance(1);
    expect((await cache.load(policy, KEY, source.compute)).info.status).toBe('MISS');
  });

  it('hands an outlived value that is kept to its next computation, and no invalidated one', async () => {
    const { cache, clock } = createWorld();
    const policy = policyOf({ keepFor: '1h' });
    const previous: (number | undefined)[] = [];
    const advance = async (misses: readonly { previous: number | undefined }[]) =>
      misses.map((miss) => {
        previous.push(miss.previous);
        return (miss.previous ?? 0) + 1;
      });
    await cache.load(policy, KEY, advance);
    clock.advance(61_000);
    expect((await cache.load(policy, KEY, advance)).value).toBe(2);
    clock.advance(61_000);
    await cache.invalidate(['number:a']);
    expect((await cache.load(policy, KEY, advance)).value).toBe(1);
    expect(previous).toEqual([undefined, 1, undefined]);
  });
});

describe('Cache, advancing', () => {
  it('starts from nothing that was invalidated, not even softly', async () => {
    const { cache } = createWorld();
    const policy = policyOf({ keepFor: '24h' });
    const advance = async (misses: readonly { previous: number | undefined }[]) =>
      misses.map((miss) => (miss.previous ?? 0) + 1);
    await cache.load(policy, KEY, advance);
    await cache.invalidate(['number:a'], 'soft');
    expect((await cache.load(policy, KEY, advance)).value).toBe(1);
  });

  it('takes half a surrogate pair in an argument for what it is', async () => {
    const { cache, source } = createWorld();
    expect((await cache.load(policyOf(), { id: '\ud800' }, source.compute)).info.tags).toEqual(['number:%EF%BF%BD']);
  });
});

describe('Cache, stale', () => {
  const policy = policyOf({ staleFor: '30s', staleIfError: '10m' });

  it('serves a stale value at once and refreshes it once behind', async () => {
    const { cache, clock, source } = createWorld();
    await cache.load(policy, KEY, source.compute);
    clock.advance(61_000);
    source.value = 2;
    const gate = createDeferred();
    source.gate = gate.promise;
    const stale = await Promise.all([cache.load(policy, KEY, source.compute), cache.load(policy, KEY, source.compute)]);
    expect(stale.map(({ value, info }) => [value, info.status, info.ttlMs])).toEqual([
      [1, 'STALE', 0],
      [1, 'STALE', 0],
    ]);
    gate.resolve();
    await until(async () => (await cache.load(policy, KEY, source.compute)).info.status === 'HIT');
    expect((await cache.load(policy, KEY, source.compute)).value).toBe(2);
    expect(source.calls).toBe(2);
  });

  it('serves the last good value where an upstream fails, and for no other fault', async () => {
    const { cache, clock, source } = createWorld({
      isUpstreamFailure: (error) => error instanceof GatewayError && error.code === 'UPSTREAM_UNAVAILABLE',
    });
    await cache.load(policy, KEY, source.compute);
    clock.advance(100_000);
    const down = async () => [new GatewayError('UPSTREAM_UNAVAILABLE', 'down')];
    expect(await cache.load(policy, KEY, down)).toMatchObject({ value: 1, info: { status: 'STALE' } });
    await expect(cache.load(policy, KEY, async () => [new Error('a bug')])).rejects.toThrow('a bug');
    clock.advance(600_000);
    await expect(cache.load(policy, KEY, down)).rejects.toThrow('down');
  });

  it('serves nothing that was invalidated hard, not even where the upstream fails', async () => {
    const { cache, clock, source } = createWorld({ isUpstreamFailure: () => true });
    await cache.load(policy, KEY, source.compute);
    clock.advance(100_000);
    await cache.invalidate(['number:a']);
    await expect(cache.load(policy, KEY, async () => [new Error('down')])).rejects.toThrow('down');
  });

  it('serves what was invalidated softly as stale, where the policy has a window for that', async () => {
    const { cache, source } = createWorld();
    await cache.load(policy, KEY, source.compute);
    await cache.load(policyOf(), KEY, source.compute);
    await cache.invalidate(['number:a'], 'soft');
    expect((await cache.load(policy, KEY, source.compute)).info.status).toBe('STALE');
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('MISS');
    await until(async () => (await cache.load(policy, KEY, source.compute)).info.status === 'HIT');
  });

  it('tells of a refresh that failed behind a stale value', async () => {
    const { cache, clock, source, events } = createWorld();
    await cache.load(policy, KEY, source.compute);
    clock.advance(61_000);
    await cache.load(policy, KEY, async () => [new Error('down')]);
    await until(() => events.some((event) => event.type === 'refreshFailed'));
    expect((await cache.load(policy, KEY, source.compute)).info.status).toBe('STALE');
  });
});

describe('Cache, forced', () => {
  const force = { force: true };

  it('replaces what everyone else reads', async () => {
    const { cache, source } = createWorld();
    await cache.load(policyOf(), KEY, source.compute);
    source.value = 2;
    expect(await cache.load(policyOf(), KEY, source.compute, force)).toMatchObject({
      value: 2,
      info: { status: 'REFRESHED' },
    });
    expect(await cache.load(policyOf(), KEY, source.compute)).toMatchObject({ value: 2, info: { status: 'HIT' } });
  });

  it('leaves the old value where it fails', async () => {
    const { cache, source } = createWorld();
    await cache.load(policyOf(), KEY, source.compute);
    await expect(cache.load(policyOf(), KEY, async () => [new Error('down')], force)).rejects.toThrow('down');
    expect(await cache.load(policyOf(), KEY, source.compute)).toMatchObject({ value: 1, info: { status: 'HIT' } });
  });

  it('runs one and lets one wait, however many ask', async () => {
    const { cache, source } = createWorld();
    const gate = createDeferred();
    let running = 0;
    let most = 0;
    const compute = async () => {
      source.calls += 1;
      most = Math.max(most, (running += 1));
      await gate.promise;
      running -= 1;
      return [source.value];
    };
    const first = cache.load(policyOf(), KEY, compute, force);
    await until(() => source.calls === 1);
    const others = Array.from({ length: 20 }, () => cache.load(policyOf(), KEY, compute, force));
    await settle();
    gate.resolve();
    await Promise.all([first, ...others]);
    expect([source.calls, most]).toEqual([2, 1]);
  });

  it('never takes the result of a computation that had begun before it came', async () => {
    const { cache, source } = createWorld();
    const gate = createDeferred();
    const reading = async () => {
      source.calls += 1;
      const read = source.value;
      await gate.promise;
      return [read];
    };
    const plain = cache.load(policyOf(), KEY, reading);
    await until(() => source.calls === 1);
    source.value = 2;
    const forced = cache.load(policyOf(), KEY, reading, force);
    await settle();
    gate.resolve();
    expect([(await plain).value, (await forced).value]).toEqual([1, 2]);
    expect((await cache.load(policyOf(), KEY, reading)).value).toBe(2);
  });

  it('never joins what began after it came but is made of parts from before', async () => {
    const world = createWorld();
    const answered = createDeferred();
    let ticked = false;
    const store = alteredStore(world.store, {
      raise: async (raise: Raise) => {
        const raised = await world.store.raise(raise);
        if (ticked) return raised;
        ticked = true;
        await answered.promise;
        return raised;
      },
    });
    const { cache, source } = createWorld({ store, clock: world.clock });
    const inner = policyOf();
    const outer = policyOf({ name: 'Query.outer', tags: ['outer'] });
    const gate = createDeferred();
    const embed = async (misses: readonly { parts: Parts; force: boolean }[]) =>
      Promise.all(
        misses.map(async ({ parts, force: anew }) => {
          const { value, part } = await cache.load(inner, KEY, source.compute, { force: anew });
          parts.add(part);
          await gate.promise;
          return value;
        }),
      );
    await cache.load(inner, KEY, source.compute);
    source.value = 2;
    const forced = cache.load(outer, {}, embed, force);
    await until(() => ticked);
    const plain = cache.load(outer, {}, embed);
    await settle();
    answered.resolve();
    await settle();
    gate.resolve();
    expect([(await plain).value, (await forced).value]).toEqual([1, 2]);
  });

  it('ends what embeds the value that it replaced', async () => {
    const { cache, source } = createWorld();
    const inner = policyOf();
    const outer = policyOf({ name: 'Query.outer', tags: ['outer'] });
    const embed = async (misses: readonly { parts: Parts }[]) =>
      Promise.all(
        misses.map(async ({ parts }) => {
          const { value, part } = await cache.load(inner, KEY, source.compute);
          parts.add(part);
          return value * 100;
        }),
      );
    await cache.load(outer, {}, embed);
    source.value = 2;
    await cache.load(inner, KEY, source.compute, force);
    expect(await cache.load(outer, {}, embed)).toMatchObject({ value: 200, info: { status: 'MISS' } });
    expect((await cache.load(outer, {}, embed)).info.status).toBe('HIT');
  });
});

describe('Cache, composed', () => {
  const inner = policyOf({ ttl: '20s' });
  const outer = policyOf({ name: 'Query.outer', ttl: '10m', tags: ['outer'] });

  function createEmbedding() {
    const world = createWorld();
    const embed = async (misses: readonly { parts: Parts }[]) => {
      for (const { parts } of misses) {
        for (const id of ['a', 'b']) parts.add((await world.cache.load(inner, { id }, world.source.compute)).part);
      }
      return misses.map(() => world.source.value);
    };
    return { ...world, embed };
  }

  it('expires with its strictest part: ages never stack', async () => {
    const { cache, clock, source, embed } = createEmbedding();
    await cache.load(inner, { id: 'b' }, source.compute);
    clock.advance(15_000);
    expect((await cache.load(outer, {}, embed)).info.ttlMs).toBe(5_000);
    clock.advance(5_000);
    expect((await cache.load(outer, {}, embed)).info.status).toBe('MISS');
  });

  it('is ended by the tag of any part', async () => {
    const { cache, embed } = createEmbedding();
    await cache.load(outer, {}, embed);
    expect((await cache.load(outer, {}, embed)).info.tags).toEqual(['outer', 'number:a', 'number:b']);
    await cache.invalidate(['number:b']);
    expect((await cache.load(outer, {}, embed)).info.status).toBe('MISS');
  });

  it('keeps the start of each part, so that an old part beside a fresh one is no death on arrival', async () => {
    const { cache, source, embed } = createEmbedding();
    await cache.load(inner, { id: 'a' }, source.compute);
    await cache.invalidate(['number:b']);
    await cache.load(outer, {}, embed);
    expect((await cache.load(outer, {}, embed)).info.status).toBe('HIT');
  });

  it('is not kept for everyone where a part is private', async () => {
    const { cache, source, events } = createWorld();
    const secret = policyOf({ name: 'Query.secret', scope: 'PRIVATE', tags: ['secret:{$viewer}'] });
    const embed = async (misses: readonly { parts: Parts }[]) => {
      for (const { parts } of misses)
        parts.add((await cache.load(secret, KEY, source.compute, { viewer: 'alice' })).part);
      return misses.map(() => 1);
    };
    await cache.load(outer, {}, embed);
    expect((await cache.load(outer, {}, embed)).info.status).toBe('MISS');
    expect(events).toContainEqual({ type: 'notStored', name: 'Query.outer', reason: 'a part of it is private' });
  });
});

describe('Cache, told', () => {
  it('counts every resolution once', async () => {
    const { cache, clock, source } = createWorld();
    const policy = policyOf({ staleFor: '30s' });
    await cache.load(policy, KEY, source.compute);
    await cache.load(policy, KEY, source.compute);
    await cache.load(policy, KEY, source.compute, { force: true });
    clock.advance(61_000);
    await cache.load(policy, KEY, source.compute);
    await settle();
    await Promise.all([1, 2].map(() => cache.load(policy, { id: 'b' }, source.compute)));
    await cache.load(policyOf({ name: 'Query.secret', scope: 'PRIVATE', tags: [] }), KEY, source.compute);
    expect(cache.statistics.total()).toEqual({ hits: 1, misses: 2, stale: 1, coalesced: 1, refreshed: 1, bypassed: 1 });
    expect(cache.statistics.byName().map(({ name }) => name)).toEqual(['Query.number', 'Query.secret']);
    expect(cache.statistics.hits('MEMORY')).toBe(2);
  });
});

/*
 * You can see it. Guards: src/cache/loaded.ts (what a reader may be told of the very value that he was handed), src/field-cache/plugin.ts
 * (every cached field is traced) with src/server/cache-extension.ts, src/cache/statistics.ts and `#told` of src/cache/cache.ts (each
 * resolution counts once, however it ends) and `#shadow` of src/cache/cache.ts.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CacheEvent, Compute, PolicyOptions } from '../../src/cache/index.js';
import { createDeferred } from '../../src/support/deferred.js';
import { GatewayError, unknownSymbol } from '../../src/support/gateway-error.js';
import { policyOf, Source } from '../cache/cache-world.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { whenTrusted } from '../support/redis-store.js';
import { settle, until } from '../support/turns.js';
import { DrivenRedis, type Instance } from './helpers-driven-redis.js';

const KEY = { id: 'a' };

let redis: DrivenRedis;

beforeAll(async () => {
  redis = await DrivenRedis.start();
});

afterEach(() => redis.clear());

afterAll(() => redis.stop());

describe('A value', () => {
  it('tells its status, layer, age, freshness left, tags and cost, true of the very request', async () => {
    const [one, two] = [await redis.join(), await redis.join()];
    const policy = policyOf({ ttl: '60s', staleFor: '60s', resultTags: (value) => [`found:${value}`] });
    const gate = createDeferred<void>();
    let calls = 0;
    const slow: Compute<number> = async () => {
      calls += 1;
      await gate.promise;
      return [1];
    };
    const first = one.cache.load(policy, KEY, slow);
    await until(() => calls === 1);
    const [joined, elsewhere] = [one.cache.load(policy, KEY, slow), two.cache.load(policy, KEY, slow)];
    await settle();
    redis.clock.advance(250);
    gate.resolve();
    const told = { layer: null, ageMs: 250, ttlMs: 59_750, tags: ['number:a', 'found:1'], computeMs: 250 };
    expect((await first).info).toEqual({ ...told, status: 'MISS' });
    expect((await joined).info).toEqual({ ...told, status: 'COALESCED' });
    expect((await redis.settled(elsewhere)).info).toMatchObject({ status: 'COALESCED', layer: null, computeMs: 250 });

    await redis.pass(30_000);
    const later = (await one.cache.load(policy, KEY, slow)).info;
    expect(later).toMatchObject({ status: 'HIT', layer: 'MEMORY', tags: told.tags, computeMs: 250 });
    expect(later.ageMs).toBeGreaterThanOrEqual(30_250);
    expect(later.ageMs + later.ttlMs).toBe(60_000);
    const fresh = await redis.join();
    const { ageMs, ttlMs, ...rest } = (await fresh.cache.load(policy, KEY, slow)).info;
    expect(rest).toEqual({ status: 'HIT', layer: 'REDIS', tags: told.tags, computeMs: 250 });
    // Never told younger than it is; what it aged in Redis is Redis's own time.
    expect(ageMs).toBeGreaterThanOrEqual(31_250);
    expect(ageMs + ttlMs).toBeCloseTo(60_000, 3);

    const source = new Source();
    expect((await one.cache.load(policy, KEY, source.compute, { force: true })).info).toMatchObject({
      ...{ status: 'REFRESHED', layer: null, ageMs: 0, ttlMs: 60_000, computeMs: 0 },
    });
    await redis.pass(61_000);
    expect((await one.cache.load(policy, KEY, source.compute)).info).toMatchObject({ status: 'STALE', ttlMs: 0 });
    expect((await one.cache.load({ ...policy, scope: 'PRIVATE' }, KEY, source.compute)).info).toEqual({
      ...{ status: 'BYPASS', layer: null, ageMs: 0, ttlMs: 0, tags: ['found:1'], computeMs: 0 },
    });
  });
});

describe('Outcomes', () => {
  it('add up to the resolutions, failures included, in fair weather and while Redis is away', async () => {
    const [one, two] = [await redis.join({ maxBytes: 20_000 }), await redis.join()];
    const policies = [
      policyOf({ ttl: '1s', staleFor: '1s' }),
      policyOf({ name: 'Query.fallback', ttl: '1s', staleIfError: '5s', negativeTtl: '1s' }),
      policyOf({ name: 'Query.mine', scope: 'PRIVATE', tags: ['mine:{$viewer}'] }),
      policyOf({ name: 'Query.shadow', shadow: true }),
    ];
    let turn = 0;
    const compute: Compute<number> = async (misses) =>
      misses.map(({ args }) => {
        turn += 1;
        if (turn % 7 === 0) return new GatewayError('UPSTREAM_UNAVAILABLE', 'down');
        return turn % 11 === 0 ? unknownSymbol(String(args['id'])) : turn;
      });
    const asked = new Map<string, number>();
    const askAll = async (instance: Instance, round: number) => {
      const answers = policies.flatMap((policy, i) =>
        [1, 2].map((again) => {
          const keys = Array.from({ length: 5 }, (_, id) => ({ id: (round + id + i) % 8 }));
          asked.set(policy.name, (asked.get(policy.name) ?? 0) + keys.length);
          const viewer = round % 3 === 0 ? undefined : 'ann';
          return instance.cache.loadMany(policy, keys, compute, { viewer, force: (round + again) % 5 === 0 });
        }),
      );
      const answered = (await redis.settled(Promise.all(answers))).flat();
      expect(answered).toHaveLength(policies.length * 10);
    };
    for (let round = 0; round < 20; round += 1) {
      await Promise.all([askAll(one, round), askAll(two, round)]);
      if (round % 4 === 0) await redis.pass(1_000);
      if (round % 6 === 0) await two.cache.invalidate(['number:1'], round % 12 === 0 ? 'soft' : 'hard');
    }
    await redis.hang();
    for (const { store } of [one, two]) await whenTrusted(store, false);
    await Promise.all([askAll(one, 20), askAll(two, 20)]);
    redis.clock.advance(1_000);
    await Promise.all([askAll(one, 21), askAll(two, 21)]);
    await settle();

    for (const { name } of policies) {
      const counted = [one, two].map(({ cache: { statistics } }) => {
        const { counts } = statistics.byName().find((each) => each.name === name) ?? { counts: {} };
        const outcomes: readonly number[] = Object.values(counts);
        return outcomes.reduce((sum, count) => sum + count, statistics.failures(name));
      });
      expect((counted[0] ?? 0) + (counted[1] ?? 0), name).toBe(asked.get(name));
    }
    const total = one.cache.statistics.total();
    for (const status of ['hits', 'misses', 'stale', 'coalesced', 'refreshed', 'bypassed'] as const) {
      expect(total[status], status).toBeGreaterThan(0);
    }
    expect(one.cache.statistics.failures('Query.fallback')).toBeGreaterThan(0);
    for (const { events, cache } of [one, two]) {
      const ended = events.filter(({ type }) => type === 'resolved' || type === 'failed');
      const { hits, stale } = cache.statistics.total();
      expect(ended.length).toBe([...asked.values()].reduce((sum, count) => sum + count, 0) / 2);
      expect(cache.statistics.hits('MEMORY') + cache.statistics.hits('REDIS')).toBe(hits + stale);
    }
  });

  it('are told as events with name, layer, age and cost', async () => {
    const [one, two] = [await redis.join(), await redis.join()];
    const failing: Compute<number> = async () => [new TypeError('a fault')];
    await one.cache.load(policyOf(), KEY, new Source().compute);
    await two.cache.load(policyOf(), KEY, new Source().compute);
    await two.cache.load(policyOf(), KEY, new Source().compute);
    await expect(two.cache.load(policyOf({ name: 'Query.bad' }), KEY, failing)).rejects.toThrow('a fault');
    await two.cache.invalidate(['number:a']);
    const name = 'Query.number';
    const number = expect.any(Number) as number;
    const info = { tags: ['number:a'], ageMs: number, ttlMs: number, computeMs: number };
    expect([...one.events, ...two.events]).toEqual<CacheEvent[]>([
      { type: 'resolved', name, tookMs: number, info: { ...info, status: 'MISS', layer: null } },
      { type: 'resolved', name, tookMs: number, info: { ...info, status: 'HIT', layer: 'REDIS' } },
      { type: 'resolved', name, tookMs: number, info: { ...info, status: 'HIT', layer: 'MEMORY' } },
      { type: 'failed', name: 'Query.bad', tookMs: number, error: new TypeError('a fault') },
      { type: 'raised', tags: ['number:a'], status: 'DONE' },
    ]);
  });
});

describe('A shadow', () => {
  it('computes at each hit, answers what it computed, and counts whether that is what was cached', async () => {
    const [one, two] = [await redis.join(), await redis.join()];
    const shadow: PolicyOptions<number> = policyOf({ shadow: true });
    const source = new Source();
    expect(await one.cache.load(shadow, KEY, source.compute)).toMatchObject({ value: 1, info: { status: 'MISS' } });
    expect(await one.cache.load(shadow, KEY, source.compute)).toMatchObject({ value: 1, info: { status: 'BYPASS' } });
    source.value = 2;
    for (const { cache } of [one, one, two]) {
      expect(await cache.load(shadow, KEY, source.compute)).toMatchObject({ value: 2, info: { status: 'BYPASS' } });
    }
    expect(source.calls).toBe(5);
    expect(one.cache.statistics.shadow('Query.number')).toEqual({ matches: 1, mismatches: 2 });
    expect(two.cache.statistics.shadow('Query.number')).toEqual({ matches: 0, mismatches: 1 });
    expect(one.events.filter(({ type }) => type === 'shadowed')).toHaveLength(3);
    // A computation that fails says nothing of what is cached.
    const down: Compute<number> = async () => [new GatewayError('UPSTREAM_UNAVAILABLE', 'down')];
    expect(await one.cache.load(shadow, KEY, down)).toMatchObject({ value: 1, info: { status: 'HIT' } });
    expect(one.cache.statistics.shadow('Query.number')).toEqual({ matches: 1, mismatches: 2 });
  });
});

describe('Gateways', () => {
  const gateways: TestGateway[] = [];
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
    const env = { REDIS_URL: server.url, CACHE_TTL_PRICE: '3600' };
    gateways.push(...(await Promise.all([startGateway(env), startGateway(env)])));
    for (const gateway of gateways) {
      const isHealthy = async () => expect((await gateway.get('/health')).body).toMatchObject({ status: 'healthy' });
      await vi.waitFor(isHealthy, 30_000);
    }
  });

  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await server.stop();
  });

  interface Told {
    readonly path: readonly (string | number)[];
    readonly status: string;
    readonly layer: string | null;
    readonly ageSeconds: number;
    readonly ttlSeconds: number;
    readonly tags: readonly string[];
  }

  /** What a gateway tells of the cached fields of a query, by their paths. */
  const traceOf = async (gateway: TestGateway | undefined, query: string) => {
    const answer = await gateway?.query(query, {}, { 'X-Cache-Trace': '1' });
    expect(answer?.body.errors).toBeUndefined();
    const { fields = [] } = (answer?.body.extensions?.['cache'] ?? {}) as { fields?: readonly Told[] };
    return { data: answer?.body.data, told: new Map(fields.map((field) => [field.path.join('.'), field])) };
  };

  it('tell the client that asks of each cached field, whatever it is called and wherever it lies', async () => {
    const [one, two] = gateways;
    const query = '{ a: price(symbol: "BTC-USD") { price cache { status layer ageSeconds ttlSeconds tags } } }';
    for (const [gateway, status, layer] of [
      [one, 'MISS', null],
      [one, 'HIT', 'MEMORY'],
      [two, 'HIT', 'REDIS'],
      [two, 'HIT', 'MEMORY'],
    ] as const) {
      const { data, told } = await traceOf(gateway, query);
      const field = told.get('a');
      expect(field).toMatchObject({ status, layer, tags: ['price:BTC-USD'] });
      expect((field?.ageSeconds ?? 0) + (field?.ttlSeconds ?? 0)).toBeCloseTo(3_600, 0);
      const { path: _, ...asField } = field ?? { path: [] };
      const { ageSeconds, ttlSeconds, ...rest } = asField as Omit<Told, 'path'>;
      expect(data).toMatchObject({ a: { cache: rest } });
      expect([ageSeconds, ttlSeconds].every((seconds) => seconds >= 0)).toBe(true);
    }
    expect((await one?.query(query))?.body.extensions).toBeUndefined();
  });

  it('tell of those that are plain values too', async () => {
    const query =
      '{ overview(symbols: ["ETH-USD"], timeframe: H1) { pairs { price volume24h analysis { dow { trend } } } } }';
    const { told } = await traceOf(gateways[0], query);
    expect([...told.keys()].sort()).toEqual([
      ...['overview', 'overview.pairs.0.analysis', 'overview.pairs.0.price', 'overview.pairs.0.volume24h'],
    ]);
    expect(told.get('overview.pairs.0.price')).toMatchObject({ tags: ['price:ETH-USD'] });
  });

  it('count what became of each resolution', async () => {
    const [gateway] = gateways;
    const counts = 'hits misses stale coalesced refreshed bypassed';
    const read = async () => {
      const answer = await gateway?.query<{
        cacheStats: { byField: { coordinate: string; counts: Record<string, number> }[] };
      }>(`{ cacheStats { byField { coordinate counts { ${counts} } } } }`);
      return answer?.body.data?.cacheStats.byField.find(({ coordinate }) => coordinate === 'Query.price')?.counts ?? {};
    };
    const before = await read();
    const prices = [
      '{ price(symbol: "SOL-USD") { price } }',
      '{ price(symbol: "SOL-USD", forceRefresh: true) { price } }',
    ];
    for (const query of [...prices, ...prices, ...prices]) await gateway?.query(query);
    const after = await read();
    const grown = Object.entries(after).map(([status, count]) => [status, count - (before[status] ?? 0)]);
    expect(Object.fromEntries(grown.filter(([, count]) => count !== 0))).toEqual({ misses: 1, hits: 2, refreshed: 3 });
  });
});

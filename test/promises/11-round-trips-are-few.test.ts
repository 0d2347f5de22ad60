/*
 * Round trips are few. Guards: src/cache/read-batch.ts (whatever is looked up in a tick goes together, that of DataLoaders too),
 * src/cache/redis/redis-entries.ts (entries and marks in one pipeline, on a cluster the nodes side by side), src/cache/lookup.ts (a second
 * question only for tags that nobody knew, together) and `peek` of src/cache/stores/tiered-store.ts (none at all under a lease).
 */
import DataLoader from 'dataloader';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Compute, Loaded } from '../../src/cache/index.js';
import { policyOf } from '../cache/cache-world.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { DEPLOYMENTS, DrivenRedis, type Instance } from './helpers-driven-redis.js';

const ids = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
const squares: Compute<number> = async (misses) => misses.map(({ args }) => Number(args['id']) ** 2);
const known = policyOf({ ttl: '1h' });
const found = policyOf({ ttl: '1h', name: 'Query.found', resultTags: (value) => [`found:${value}`] });
const mine = policyOf({ ttl: '1h', name: 'Query.mine', scope: 'PRIVATE', tags: ['mine:{$viewer}'] });

describe.each(DEPLOYMENTS)('On $where', ({ cluster }) => {
  let redis: DrivenRedis;

  beforeAll(async () => {
    redis = await DrivenRedis.start({ cluster });
  });

  afterEach(() => redis.clear());

  afterAll(() => redis.stop());

  /** One instance has computed all, `wanted` is the other, which has nothing in memory. */
  const openWarm = async (wanted: { deaf?: boolean } = {}) => {
    const [writer, reader] = [await redis.join(), await redis.join(wanted)];
    for (const policy of [known, found, mine]) await writer.cache.loadMany(policy, ids(50), squares, { viewer: 'ann' });
    return reader;
  };

  /** All of them hits, whatever they are asked through. */
  const readAll = async ({ cache }: Instance) => {
    const loader = new DataLoader((keys: readonly number[]) =>
      cache.loadMany(
        known,
        keys.map((id) => ({ id })),
        squares,
      ),
    );
    const loads: Promise<readonly (Loaded<number> | Error)[]>[] = [
      cache.loadMany(found, ids(50), squares),
      Promise.all(ids(50).map((key) => cache.load(mine, key, squares, { viewer: 'ann' }))),
      Promise.all(ids(50).map(({ id }) => loader.load(id))),
    ];
    for (const loaded of (await Promise.all(loads)).flat()) {
      expect(loaded).toMatchObject({ info: { status: 'HIT' } });
    }
  };

  it('a list of 50 is one trip, and two where only the values know their tags', async () => {
    const reader = await openWarm();
    const read = (policy: typeof known) => () => reader.cache.loadMany(policy, ids(50), squares, { viewer: 'ann' });
    expect([await reader.tripsOf(read(known)), await reader.tripsOf(read(known))]).toEqual([1, 0]);
    expect(await reader.tripsOf(read(mine))).toBe(1);
    expect(await reader.tripsOf(read(found))).toBeLessThanOrEqual(2);
    expect(await reader.tripsOf(read(found))).toBe(0);
  });

  it('all that is asked for in a tick is two trips together, and none under a lease', async () => {
    const reader = await openWarm();
    expect(await reader.tripsOf(() => readAll(reader))).toBeLessThanOrEqual(2);
    expect(reader.store.health().leased).toBe(true);
    expect(await reader.tripsOf(() => readAll(reader))).toBe(0);
    expect(await redis.commandsOf(() => readAll(reader))).toEqual({});
  });

  it('all that is asked for in a tick is two trips together without a lease too, every time', async () => {
    const reader = await openWarm({ deaf: true });
    for (const expected of [2, 1, 1]) {
      expect(reader.store.health().leased).toBe(false);
      expect(await reader.tripsOf(() => readAll(reader))).toBe(expected);
    }
  });

  it('each entry is asked for once, and the tide once for each trip', async () => {
    const reader = await openWarm({ deaf: true });
    expect(await redis.commandsOf(() => readAll(reader))).toEqual({ pttl: 150, get: 150, hmget: 2 });
    // What memory has is not transferred again.
    expect(await redis.commandsOf(() => readAll(reader))).toEqual({ hmget: 1 });
  });

  it('50 misses take as many trips as one', async () => {
    const instance = await redis.join({ deaf: true });
    const one = await instance.tripsOf(() => instance.cache.load(known, { id: 'one' }, squares));
    expect(await instance.tripsOf(() => instance.cache.loadMany(known, ids(50), squares))).toBe(one);
    expect(one).toBeLessThanOrEqual(4);
  });
});

describe('A gateway', () => {
  const OVERVIEW = '{ overview(timeframe: H4) { pairs { symbol price change24hPercent analysis { dow { trend } } } } }';
  const PRICES = 'query ($symbols: [String!]!) { prices(symbols: $symbols) { price { price } } }';
  // The writer computes, the others have nothing in memory. One of them may not subscribe, and so is never leased.
  const gateways: Record<'writer' | 'leased' | 'deaf', TestGateway | undefined> = {
    writer: undefined,
    leased: undefined,
    deaf: undefined,
  };
  let redis: DrivenRedis;

  beforeAll(async () => {
    redis = await DrivenRedis.start();
    await redis.onEach((each) => each.acl('SETUSER', 'deaf', 'on', '>deaf', '~*', '&*', '+@all', '-subscribe'));
    const start = (url: string) => startGateway({ REDIS_URL: url, CACHE_TTL_PRICE: '3600' });
    gateways.writer = await start(redis.url);
    gateways.leased = await start(redis.url);
    gateways.deaf = await start(redis.url.replace('redis://', 'redis://deaf:deaf@'));
    for (const gateway of Object.values(gateways)) {
      const healthy = async () => expect((await gateway?.get('/health'))?.body).toMatchObject({ status: 'healthy' });
      await vi.waitFor(healthy, 20_000);
    }
    // Whoever drops the silent member of a new generation reads the tide too.
    await vi.waitFor(async () => expect((await redis.tide())['members']).not.toContain('?'), 20_000);
  });

  afterAll(async () => {
    for (const gateway of Object.values(gateways)) await gateway?.close();
    await redis.stop();
  });

  it.each([
    ['leased', 'an overview of 15 pairs', { ticks: 2, again: 0 }],
    ['leased', 'a list of 50', { ticks: 1, again: 0 }],
    ['deaf', 'an overview of 15 pairs', { ticks: 2, again: 2 }],
    ['deaf', 'a list of 50', { ticks: 1, again: 1 }],
  ] as const)('that is %s reads %s in at most two trips a tick', async (how, what, { ticks, again }) => {
    const query = what === 'a list of 50' ? PRICES : OVERVIEW;
    const variables = { symbols: await symbolsOf(gateways.writer) };
    expect(variables.symbols).toHaveLength(50);
    await gateways.writer?.query(query, variables);
    const read = async () => {
      const counts = await redis.commandsOf(async () => {
        const answer = await gateways[how]?.query(query, variables);
        expect(answer?.body.errors).toBeUndefined();
      });
      // Each trip that reads asks the tide once; so does each hold, which alone asks for the time. Nothing is stored or locked.
      expect([counts['set'], counts['getrange']]).toEqual([undefined, undefined]);
      return (counts['hmget'] ?? 0) - (counts['time'] ?? 0);
    };
    expect(await read()).toBeLessThanOrEqual(2 * ticks);
    // A lease that begins anew meanwhile has what is in memory looked at once more.
    await vi.waitFor(async () => expect(await read()).toBe(again), 10_000);
  });

  const symbolsOf = async (gateway: TestGateway | undefined): Promise<readonly string[]> => {
    const answer = await gateway?.query<{ instruments: { edges: { node: { symbol: string } }[] } }>(
      '{ instruments(first: 50) { edges { node { symbol } } } }',
    );
    return (answer?.body.data?.instruments.edges ?? []).map(({ node }) => node.symbol);
  };
});

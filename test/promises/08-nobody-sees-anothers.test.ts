/*
 * Nobody sees another's. Guards: src/cache/key.ts (the viewer is part of a PRIVATE key), src/cache/slot.ts (without a viewer there is no
 * key, and so no caching and no sharing), src/cache/landing.ts with `isYoung` of src/cache/cache.ts (what has a private part is neither
 * stored under a public key nor handed to whoever waits), src/field-cache/plugin.ts (policy and viewer belong to the coordinate, whatever
 * a response calls the field) and src/schema/builder.ts (rights are checked before the cache is asked).
 */
import SchemaBuilder from '@pothos/core';
import fc from 'fast-check';
import { graphql, type GraphQLSchema } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Provenance, type Cache, type Compute, type PolicyOptions } from '../../src/cache/index.js';
import { CacheTrace, fieldCachePlugin, type FieldCacheContext } from '../../src/field-cache/index.js';
import { createLoaders } from '../../src/loaders/loaders.js';
import { buildSchema } from '../../src/schema/index.js';
import type { GatewayContext } from '../../src/schema/context.js';
import { createDeferred } from '../../src/support/deferred.js';
import { GatewayError } from '../../src/support/gateway-error.js';
import { createSimulatedMarket } from '../../src/upstream/simulated/simulated-market.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { RecordedPool } from '../support/recorded-pool.js';
import { whenTrusted } from '../support/redis-store.js';
import { settle, until } from '../support/turns.js';
import { DrivenRedis, type Instance } from './helpers-driven-redis.js';

const PRIVATE: PolicyOptions<string> = {
  name: 'Query.holdings',
  ttl: '60s',
  scope: 'PRIVATE',
  tags: ['holdings:{$viewer}'],
};
const PUBLIC: PolicyOptions<string> = { name: 'Query.overview', ttl: '60s', tags: ['overview'] };

/** What belongs to one of them names him. */
const of = (viewer: string | undefined): Compute<string> => {
  return async () => [`${viewer ?? 'nobody'}'s`];
};

let redis: DrivenRedis;

beforeAll(async () => {
  redis = await DrivenRedis.start();
});

afterEach(() => redis.clear());

afterAll(() => redis.stop());

describe('a private value', () => {
  it('is served to its viewer alone, from Redis and from memory', async () => {
    const [one, two] = [await redis.join(), await redis.join()];
    const ask = async ({ cache }: Instance, viewer: string) => {
      const { value, info } = await cache.load(PRIVATE, {}, of(viewer), { viewer });
      return [value, info.status, info.layer];
    };
    expect(await ask(one, 'ann')).toEqual(["ann's", 'MISS', null]);
    expect(await ask(one, 'ben')).toEqual(["ben's", 'MISS', null]);
    for (const viewer of ['ann', 'ben']) {
      expect(await ask(one, viewer)).toEqual([`${viewer}'s`, 'HIT', 'MEMORY']);
      expect(await ask(two, viewer)).toEqual([`${viewer}'s`, 'HIT', 'REDIS']);
      expect(await ask(two, viewer)).toEqual([`${viewer}'s`, 'HIT', 'MEMORY']);
    }
    expect(await ask(two, 'eve')).toEqual(["eve's", 'MISS', null]);
  });

  it('is not told apart by arguments that look like a viewer', async () => {
    const { cache } = await redis.join();
    await cache.load(PRIVATE, { viewer: 'ann' }, of('ann'), { viewer: 'ann' });
    const keys = [{ viewer: 'ann' }, { args: { viewer: 'ann' } }, { viewer: 'ben","viewer":"ann' }];
    for (const args of keys) {
      expect((await cache.load(PRIVATE, args, of('ben'), { viewer: 'ben' })).value).toBe("ben's");
    }
  });

  it('is computed for each viewer who asks at the same time, on all instances', async () => {
    const instances = [await redis.join(), await redis.join()];
    const gate = createDeferred<void>();
    const asked = ['ann', 'ben', undefined, undefined].flatMap((viewer) =>
      instances.map(async ({ cache }) => {
        const compute: Compute<string> = async () => {
          await gate.promise;
          return [`${viewer ?? 'nobody'}'s`];
        };
        return [viewer, (await cache.load(PRIVATE, {}, compute, { viewer })).value];
      }),
    );
    await settle();
    gate.resolve();
    for (const [viewer, value] of await redis.settled(Promise.all(asked))) {
      expect(value).toBe(`${viewer ?? 'nobody'}'s`);
    }
  });

  it('stays its viewer’s while an instance is alone', async () => {
    const { cache, store } = await redis.join();
    await redis.hang();
    await whenTrusted(store, false);
    redis.clock.advance(1_000);
    const ask = async (viewer: string) => {
      const { value, info } = await cache.load(PRIVATE, {}, of(viewer), { viewer });
      return [value, info.status];
    };
    expect([await ask('ann'), await ask('ben'), await ask('ann')]).toEqual([
      ["ann's", 'MISS'],
      ["ben's", 'MISS'],
      ["ann's", 'HIT'],
    ]);
  });
});

describe('without a viewer', () => {
  it('nothing private is looked for, shared or kept', async () => {
    const instance = await redis.join();
    const { cache } = instance;
    const keys = await redis.keys();
    let calls = 0;
    const gate = createDeferred<void>();
    const compute: Compute<string> = async () => {
      calls += 1;
      await gate.promise;
      return [`computation ${calls}`];
    };
    const together = [cache.load(PRIVATE, {}, compute), cache.load(PRIVATE, {}, compute)];
    await until(() => calls === 2);
    gate.resolve();
    for (const { info } of await Promise.all(together)) {
      expect(info).toMatchObject({ status: 'BYPASS', layer: null, ttlMs: 0 });
    }
    expect(await instance.tripsOf(() => cache.load(PRIVATE, {}, compute))).toBe(0);
    expect(await instance.tripsOf(() => cache.load(PRIVATE, {}, compute, { force: true }))).toBe(0);
    expect(calls).toBe(4);
    expect([...(await redis.keys()).keys()]).toEqual([...keys.keys()]);
  });
});

describe('a public value with a private part', () => {
  /** Declared wrongly: public, and made of what is the viewer's. */
  const wrong = (cache: Cache, viewer: string, gate: Promise<void> = Promise.resolve()): Promise<string> => {
    const compute: Compute<string> = async ([miss]) => {
      const { value, part } = await cache.load(PRIVATE, {}, of(viewer), { viewer });
      miss?.parts.add(part);
      await gate;
      return [`overview of ${value}`];
    };
    return cache.load(PUBLIC, {}, compute).then(({ value }) => value);
  };

  it('is not kept, in any tier', async () => {
    const [one, two] = [await redis.join(), await redis.join()];
    expect(await wrong(one.cache, 'ann')).toBe("overview of ann's");
    expect(await wrong(one.cache, 'ben')).toBe("overview of ben's");
    expect(await wrong(two.cache, 'eve')).toBe("overview of eve's");
    expect([...(await redis.keys()).keys()].filter((key) => key.includes('Query.overview'))).toEqual([]);
    expect(one.events).toContainEqual({
      type: 'notStored',
      name: 'Query.overview',
      reason: 'a part of it is private',
    });
  });

  it('is not handed to whoever waits for it', async () => {
    const { cache } = await redis.join();
    const gate = createDeferred<void>();
    const asked = ['ann', 'ben', 'eve'].map(async (viewer) => [viewer, await wrong(cache, viewer, gate.promise)]);
    await settle();
    gate.resolve();
    for (const [viewer, value] of await Promise.all(asked)) expect(value).toBe(`overview of ${viewer}'s`);
  });

  it.each(['with its lease', 'with its lease over'])('is not handed on where Redis is away, %s', async (when) => {
    const { cache, store } = await redis.join();
    await redis.hang();
    await whenTrusted(store, false);
    if (when === 'with its lease over') redis.clock.advance(1_000);
    const gate = createDeferred<void>();
    const asked = ['ann', 'ben', 'eve', 'joe'].map(async (viewer) => [
      viewer,
      await wrong(cache, viewer, gate.promise),
    ]);
    await settle();
    gate.resolve();
    for (const [viewer, value] of await Promise.all(asked)) expect(value).toBe(`overview of ${viewer}'s`);
  });
});

describe('a public value', () => {
  it('is shared although the query has private fields beside it', async () => {
    const [one, two] = [await redis.join(), await redis.join()];
    const schema = createSchema();
    const query = '{ mine(id: 1) shared(id: 1) pairs { mine shared } }';
    const statuses = async (instance: Instance, viewer: string) => {
      const before = instance.events.length;
      expect(await ask(schema, instance, { viewer, source: query })).toEqual({
        mine: `${viewer}'s 1`,
        shared: "everyone's 1",
        pairs: ['A', 'B'].map((symbol) => ({ mine: `${viewer}'s ${symbol}`, shared: `everyone's ${symbol}` })),
      });
      const told = instance.events.slice(before);
      return told.flatMap((event) => (event.type === 'resolved' ? `${event.name} ${event.info.status}` : [])).sort();
    };
    const all = (mine: string, shared: string) => [
      ...[`Pair.mine ${mine}`, `Pair.mine ${mine}`, `Pair.shared ${shared}`, `Pair.shared ${shared}`],
      ...[`Query.mine ${mine}`, `Query.shared ${shared}`],
    ];
    expect(await statuses(one, 'ann')).toEqual(all('MISS', 'MISS'));
    expect(await statuses(one, 'ben')).toEqual(all('MISS', 'HIT'));
    expect(await statuses(two, 'eve')).toEqual(all('MISS', 'HIT'));
    expect(await statuses(two, 'ann')).toEqual(all('HIT', 'HIT'));
  });
});

describe('rights', () => {
  it('are checked before the cache is asked', async () => {
    const instance = await redis.join();
    const { cache, events } = instance;
    const [provenance, market] = [
      new Provenance(),
      createSimulatedMarket({ seed: 1, latencyMs: 0, clock: redis.clock }),
    ];
    const loaders = createLoaders({ cache, clock: redis.clock, market, provenance, pool: new RecordedPool() });
    const contextValue: GatewayContext = {
      ...{ cache, provenance, trace: new CacheTrace(), market, loaders },
      ...{ viewer: undefined, overviewSymbols: [], userAgent: null, production: true, now: () => redis.clock.now() },
      database: () => Promise.reject(new Error('Nobody asks the database.')),
      mask: (error) => new GatewayError('INTERNAL', String(error)),
    };
    const source = '{ watchlists { id } watchlist(id: "x") { id } forced: watchlists(forceRefresh: true) { id } }';
    const trips = await instance.tripsOf(async () => {
      const { data, errors } = await graphql({ schema: buildSchema(), source, contextValue });
      expect(data).toEqual({ watchlists: null, watchlist: null, forced: null });
      expect(errors?.map(({ originalError }) => originalError)).toMatchObject(
        Array(3).fill({ code: 'UNAUTHENTICATED' }) as object[],
      );
    });
    expect([trips, events]).toEqual([0, []]);
  });
});

describe('aliases, fragments and directives', () => {
  it('change nothing about who sees what', async () => {
    const schema = createSchema();
    const instances: Instance[] = [];
    // Who comes second has nothing in memory, and finds in Redis what the first one left there.
    for (const runs of [20, 40]) {
      instances.push(await redis.join());
      await fc.assert(
        fc.asyncProperty(fc.array(requests, { minLength: 4, maxLength: 10 }), async (together) => {
          const answers = together.map(async ({ viewer, at, root, pairs }) => {
            const instance = instances[at % instances.length];
            if (!instance) throw new Error('There is an instance.');
            expect(await ask(schema, instance, { viewer, source: print(root, pairs) })).toEqual({
              ...expected(root, viewer, ({ id }) => String(id)),
              pairs: ['A', 'B'].map((symbol) => ({ symbol, ...expected(pairs, viewer, () => symbol) })),
            });
          });
          await redis.settled(Promise.all(answers));
        }),
        { numRuns: runs, seed: 8 },
      );
    }
    // What was asked was answered from each tier, or it would prove nothing.
    const hits = instances.flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'resolved' && event.info.status === 'HIT' ? [event] : [])),
    );
    for (const name of ['Query.mine', 'Query.shared', 'Pair.mine', 'Pair.shared']) {
      for (const layer of ['MEMORY', 'REDIS']) {
        const some = hits.filter((hit) => hit.name === name && hit.info.layer === layer);
        expect(some.length, `${name} from ${layer}`).toBeGreaterThan(0);
      }
    }
  });
});

describe('a gateway', () => {
  let gateway: TestGateway;

  const query = 'query ($id: ID!) { mine: watchlist(id: $id) { name } lists: watchlists { id name } }';
  const asViewer = async (email: string, password: string) => ({
    Authorization: `Bearer ${await gateway.signIn(email, password)}`,
  });

  it('shows watchlists to their owner alone, and checks rights before it looks anything up', async () => {
    gateway = await startGateway({ REDIS_URL: redis.url });
    try {
      await gateway.opened;
      const [ann, ben] = [
        await asViewer('trader@demo.local', 'trader'),
        await asViewer('premium@demo.local', 'premium'),
      ];
      const made = await gateway.query<{ createWatchlist: { id: string } }>(
        'mutation { createWatchlist(name: "of the trader") { id } }',
        {},
        ann,
      );
      const id = made.body.data?.createWatchlist.id ?? '';
      for (const _ of [1, 2]) {
        expect((await gateway.query(query, { id }, ann)).body.data).toMatchObject({ mine: { name: 'of the trader' } });
        const others = await gateway.query<{ mine: unknown; lists: unknown[] }>(query, { id }, ben);
        expect(others.body.data?.mine).toBeNull();
        expect(JSON.stringify(others.body)).not.toContain('of the trader');
      }

      const before = await resolutions(gateway);
      const commands = await redis.commandsOf(async () => {
        for (const again of ['', ', forceRefresh: true']) {
          const { body } = await gateway.query(query.replace('id: $id', `id: $id${again}`), { id });
          expect(body.data).toEqual({ mine: null, lists: null });
          expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
        }
      });
      expect(commands['get']).toBeUndefined();
      expect(await resolutions(gateway)).toEqual(before);
    } finally {
      await gateway.close();
    }
  });
});

const VIEWERS = ['ann', 'ben', undefined] as const;
/** Names of fields among them: what is called mine may be what is everyone's. */
const ALIASES = ['mine', 'shared', 'a', 'b', 'c', '_'];

/** A field of a selection, and how it is written. */
interface Selection {
  readonly alias: string;
  readonly field: 'mine' | 'shared';
  readonly id: number;
  readonly wrap: 'plain' | 'inline' | 'named' | 'included' | 'excluded' | 'skipped' | 'kept';
}

const selections = fc.uniqueArray(
  fc.record<Selection>({
    alias: fc.constantFrom(...ALIASES),
    field: fc.constantFrom('mine', 'shared'),
    id: fc.integer({ min: 1, max: 3 }),
    wrap: fc.constantFrom('plain', 'inline', 'named', 'included', 'excluded', 'skipped', 'kept'),
  }),
  { selector: ({ alias }) => alias, maxLength: ALIASES.length },
);

const requests = fc.record({
  viewer: fc.constantFrom(...VIEWERS),
  at: fc.constantFrom(0, 1),
  root: selections,
  pairs: selections,
});

/** Private: a document with what is asked of the root and of each pair. */
function print(root: readonly Selection[], pairs: readonly Selection[]): string {
  const fragments: string[] = [];
  const write = (type: string, { alias, field, id, wrap }: Selection): string => {
    const selection = `${alias}: ${field}${type === 'Query' ? `(id: ${id})` : ''}`;
    switch (wrap) {
      case 'plain':
        return selection;
      case 'inline':
        return `... on ${type} { ${selection} }`;
      case 'named':
        fragments.push(`fragment F${fragments.length} on ${type} { ${selection} }`);
        return `...F${fragments.length - 1}`;
      case 'included':
        return `${selection} @include(if: $yes)`;
      case 'excluded':
        return `${selection} @include(if: $no)`;
      case 'skipped':
        return `... @skip(if: $yes) { ${selection} }`;
      case 'kept':
        return `... @skip(if: $no) { ${selection} }`;
    }
  };
  const ofRoot = root.map((selection) => write('Query', selection));
  const ofPairs = pairs.map((selection) => write('Pair', selection));
  const uses = '__typename @include(if: $no) @skip(if: $yes)';
  return `query ($yes: Boolean!, $no: Boolean!) { ${uses} ${ofRoot.join(' ')} pairs { symbol ${ofPairs.join(' ')} } } ${fragments.join(' ')}`;
}

/** Private: what must be answered to `viewer`, under the names that he asked for it. */
function expected(
  asked: readonly Selection[],
  viewer: string | undefined,
  what: (selection: Selection) => string,
): Record<string, string> {
  const answered = asked.filter(({ wrap }) => wrap !== 'excluded' && wrap !== 'skipped');
  return Object.fromEntries(
    answered.map((selection) => {
      const whose = selection.field === 'mine' ? (viewer ?? 'nobody') : 'everyone';
      return [selection.alias, `${whose}'s ${what(selection)}`];
    }),
  );
}

/** Private: private and public fields, on the root and on the items of a list. */
function createSchema(): GraphQLSchema {
  const builder = new SchemaBuilder<{ Context: FieldCacheContext; DefaultFieldNullability: false }>({
    plugins: [fieldCachePlugin],
    defaultFieldNullability: false,
    // Asked for by the types alone: those of all plugins are one.
    scopeAuth: { authScopes: () => ({}) },
  });
  const mine = { ttl: '60s', scope: 'PRIVATE', tags: ['mine:{$viewer}'] } as const;
  const shared = { ttl: '60s', tags: ['shared'] } as const;
  const belongs = ({ viewer }: FieldCacheContext, what: string | number) => `${viewer?.id ?? 'nobody'}'s ${what}`;
  const pair = builder.objectRef<{ readonly symbol: string }>('Pair').implement({
    fields: (t) => ({
      symbol: t.exposeString('symbol'),
      mine: t.string({
        cache: { ...mine, parent: ['symbol'] },
        resolve: ({ symbol }, _, context) => belongs(context, symbol),
      }),
      shared: t.string({
        cache: { ...shared, parent: ['symbol'] },
        resolve: ({ symbol }) => `everyone's ${symbol}`,
      }),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      pairs: t.field({ type: [pair], resolve: () => [{ symbol: 'A' }, { symbol: 'B' }] }),
      mine: t.string({
        cache: mine,
        args: { id: t.arg.int({ required: true }) },
        resolve: (_, { id }, context) => belongs(context, id),
      }),
      shared: t.string({
        cache: shared,
        args: { id: t.arg.int({ required: true }) },
        resolve: (_, { id }) => `everyone's ${id}`,
      }),
    }),
  });
  return builder.toSchema({ sortSchema: false });
}

interface Asked {
  readonly viewer: string | undefined;
  readonly source: string;
}

/** Private: one request at an instance. */
async function ask(schema: GraphQLSchema, { cache }: Instance, { viewer, source }: Asked) {
  const contextValue: FieldCacheContext = {
    cache,
    provenance: new Provenance(),
    trace: new CacheTrace(),
    viewer: viewer === undefined ? undefined : { id: viewer },
    loaders: { clear: () => undefined },
  };
  const { data, errors } = await graphql({ schema, source, contextValue, variableValues: { yes: true, no: false } });
  expect(errors, source).toBeUndefined();
  return data;
}

/** Private: what the cache was asked for so far, by name. */
async function resolutions(gateway: TestGateway): Promise<unknown> {
  const counts = '{ hits misses stale coalesced refreshed bypassed }';
  const { body } = await gateway.query(`{ cacheStats { byField { coordinate counts ${counts} } } }`);
  return body.data;
}

import SchemaBuilder from '@pothos/core';
import { assertObjectType, graphql, type GraphQLField, type GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { MemoryStore, Provenance, type PolicyOptions, type Store } from '../../src/cache/index.js';
import type { Outbox } from '../../src/cache/outbox.js';
import { StoreUnavailableError } from '../../src/cache/stores/store-unavailable-error.js';
import { noteRow } from '../../src/cache/unit-of-work.js';
import {
  CacheTrace,
  fieldCachePlugin,
  fieldPolicyOf,
  invalidate,
  type FieldCacheContext,
} from '../../src/field-cache/index.js';
import { createDeferred } from '../../src/support/deferred.js';
import { createWorld } from '../cache/cache-world.js';
import { alteredStore } from '../support/altered-store.js';
import { ManualClock } from '../support/manual-clock.js';

interface Pair {
  readonly symbol: string;
}

const createBuilder = () => {
  const builder = new SchemaBuilder<{ Context: FieldCacheContext; DefaultFieldNullability: false }>({
    plugins: [fieldCachePlugin],
    defaultFieldNullability: false,
    // Asked for by the types alone: those of all plugins are one.
    scopeAuth: { authScopes: () => ({}) },
  });
  builder.queryType({});
  return builder;
};

/** The plugin's own part of a field's options. */
type CacheOption = NonNullable<PothosSchemaTypes.FieldOptions['cache']>;

describe('a policy that could not work', () => {
  it.each<[string, CacheOption, RegExp]>([
    [
      'a tag of an argument that the field has not',
      { ttl: '5s', tags: ['price:{$args.ticker}'] },
      /^The cache policy of Query\.price: .*arguments that the field has \(symbol\), but got price:\{\$args\.ticker\}\.$/,
    ],
    ['a tag of no argument in particular', { ttl: '5s', tags: ['price:{$args}'] }, /arguments that the field has/],
    ['braces that mean nothing', { ttl: '5s', tags: ['price:{symbol}'] }, /braces in a tag .* got price:\{symbol\}\.$/],
    [
      'a tag of a parent that is not in the key',
      { ttl: '5s', tags: ['price:{$parent.symbol}'] },
      /takes from its parent/,
    ],
    ['a public tag of the viewer', { ttl: '5s', tags: ['prices:{$viewer}'] }, /only where the scope is PRIVATE/],
    [
      'a private value without a tag of its viewer',
      { ttl: '5s', scope: 'PRIVATE', tags: ['prices'] },
      /^The cache policy of Query\.price: a PRIVATE policy has a tag of its viewer, \{\$viewer\}, but got prices\.$/,
    ],
    ['a private value without any tag', { ttl: '5s', scope: 'PRIVATE', tags: [] }, /PRIVATE .* but got no tag\.$/],
  ])('is refused when the schema is built: %s', (_, cache, message) => {
    expect(() => schemaWithPrice({ cache })).toThrow(message);
  });

  it('is refused on a field below an object that says nothing of its parent', () => {
    expect(() => schemaWithPair({ cache: { ttl: '5s', tags: ['price'] } })).toThrow(
      'The cache policy of Pair.price: names what of its parent is part of the key (parent: [...]), but got nothing.',
    );
    expect(() => schemaWithPair({ cachedBy: loaderPolicy })).toThrow(/^The cache policy of Pair\.price: names what/);
  });

  it('is refused as a loader’s whose arguments the field calls otherwise', () => {
    expect(() => schemaWithPrice({ cachedBy: { ...loaderPolicy, tags: ['price:{$args.id}'] } })).toThrow(
      /^The cache policy of Query\.price: .*\(symbol\), but got price:\{\$args\.id\}\.$/,
    );
  });

  it('is the only one that is refused', () => {
    const tags = ['price:{$args.symbol}:{$viewer}'];
    expect(() => schemaWithPrice({ cache: { ttl: '5s', scope: 'PRIVATE', tags } })).not.toThrow();
    expect(() =>
      schemaWithPair({ cache: { ttl: '5s', parent: ['symbol'], tags: ['p:{$parent.symbol}'] } }),
    ).not.toThrow();
    expect(() =>
      schemaWithPair({ cachedBy: { policy: loaderPolicy, names: { symbol: '$parent.symbol' } } }),
    ).not.toThrow();
  });
});

describe('a field without a policy', () => {
  it('keeps its resolver, arguments and extensions', () => {
    const resolve = () => 'told';
    const field = fieldOf(schemaWithPrice({ resolve }), 'Query.price');
    expect(field.resolve).toBe(resolve);
    expect(namesOfArguments(field)).toEqual(['symbol']);
    expect(fieldPolicyOf(field)).toBeUndefined();
    expect(field.extensions['directives']).toBeUndefined();
  });

  it('keeps its resolver where it says never', () => {
    const resolve = () => 'told';
    const field = fieldOf(schemaWithPrice({ resolve, cache: 'never' }), 'Query.price');
    expect(field.resolve).toBe(resolve);
    expect(namesOfArguments(field)).toEqual(['symbol']);
    expect(fieldPolicyOf(field)).toBe('never');
    expect(field.extensions['directives']).toBeUndefined();
  });

  it('differs from one with a policy, whose resolver is another', () => {
    const resolve = () => 'told';
    expect(fieldOf(schemaWithPrice({ resolve, cache: { ttl: '5s', tags: [] } }), 'Query.price').resolve).not.toBe(
      resolve,
    );
    expect(fieldOf(schemaWithPrice({ resolve, cachedBy: loaderPolicy }), 'Query.price').resolve).not.toBe(resolve);
  });
});

describe('forceRefresh', () => {
  it('is an argument of a refreshable field of a root', () => {
    const cached = fieldOf(schemaWithPrice({ cache: { ttl: '5s', tags: [], refreshable: true } }), 'Query.price');
    expect(namesOfArguments(cached)).toEqual(['symbol', 'forceRefresh']);
    expect(String(cached.args[1]?.type)).toBe('Boolean!');
    expect(cached.args[1]?.defaultValue).toBe(false);
    const loaded = schemaWithPrice({ cachedBy: { ...loaderPolicy, refreshable: true } });
    expect(namesOfArguments(fieldOf(loaded, 'Query.price'))).toEqual(['symbol', 'forceRefresh']);
  });

  it('is none of any other', () => {
    const root = schemaWithPrice({ cache: { ttl: '5s', tags: [] } });
    expect(namesOfArguments(fieldOf(root, 'Query.price'))).toEqual(['symbol']);
    const below = schemaWithPair({ cache: { ttl: '5s', tags: [], parent: ['symbol'], refreshable: true } });
    expect(namesOfArguments(fieldOf(below, 'Pair.price'))).toEqual([]);
    const policy = { ...loaderPolicy, refreshable: true };
    const loaded = schemaWithPair({ cachedBy: { policy, names: { symbol: '$parent.symbol' } } });
    expect(namesOfArguments(fieldOf(loaded, 'Pair.price'))).toEqual([]);
  });

  it('computes anew, under the key of those who do not force', async () => {
    let calls = 0;
    const schema = schemaWithPrice({
      resolve: () => String(++calls),
      cache: { ttl: '5s', tags: [], refreshable: true },
    });
    const ask = createRequests(schema);
    expect(await ask('{ price(symbol: "A") }')).toEqual({ price: '1' });
    expect(await ask('{ price(symbol: "A", forceRefresh: true) }')).toEqual({ price: '2' });
    expect(await ask('{ price(symbol: "A") }')).toEqual({ price: '2' });
  });
});

describe('a cached field', () => {
  it('is kept by its arguments, or by what it names of its parent', async () => {
    const calls: string[] = [];
    const resolve = (parent: Partial<Pair> | undefined, args: Partial<Pair>) => {
      const symbol = parent?.symbol ?? args.symbol ?? '';
      calls.push(symbol);
      return `price of ${symbol}`;
    };
    const byArgument = createRequests(schemaWithPrice({ resolve, cache: { ttl: '5s', tags: [] } }));
    const aliased = '{ a: price(symbol: "A") b: price(symbol: "B") again: price(symbol: "A") }';
    const answer = { a: 'price of A', b: 'price of B', again: 'price of A' };
    expect(await byArgument(aliased)).toEqual(answer);
    expect(await byArgument(aliased)).toEqual(answer);
    expect(calls.splice(0)).toEqual(['A', 'B']);

    const byParent = createRequests(schemaWithPair({ resolve, cache: { ttl: '5s', tags: [], parent: ['symbol'] } }));
    const pairs = { pairs: [{ price: 'price of A' }, { price: 'price of B' }, { price: 'price of A' }] };
    expect(await byParent('{ pairs { price } }')).toEqual(pairs);
    expect(await byParent('{ pairs { price } }')).toEqual(pairs);
    expect(calls).toEqual(['A', 'B']);
  });

  it('is computed for everybody alone where it is private, and kept for nobody who is not signed in', async () => {
    let calls = 0;
    const cache: CacheOption = { ttl: '5s', scope: 'PRIVATE', tags: ['price:{$viewer}'] };
    const ask = createRequests(schemaWithPrice({ resolve: () => String(++calls), cache }));
    const answers: unknown[] = [];
    for (const viewer of ['ann', 'ben', 'ann', undefined, undefined])
      answers.push((await ask('{ price(symbol: "A") }', viewer))['price']);
    expect(answers).toEqual(['1', '2', '1', '3', '4']);
  });
});

describe('a mutation', () => {
  it('ends what it invalidates before the fields of its payload are resolved', async () => {
    const world = { value: 'old' };
    const builder = createBuilder();
    builder.mutationType({});
    const read = { cache: { ttl: '5s', tags: ['value'] }, resolve: () => world.value } as const;
    builder.queryField('value', (t) => t.string(read));
    const payload = builder.objectRef<object>('Payload').implement({
      fields: (t) => ({ value: t.string({ ...read, cache: { ...read.cache, parent: ['none'] } }) }),
    });
    builder.mutationField('change', (t) =>
      t.field({
        type: payload,
        args: { to: t.arg.string({ required: true }) },
        invalidates: () => ['value'],
        resolve: (_, { to }) => ({ to: (world.value = to) }),
      }),
    );
    const ask = createRequests(builder.toSchema({ sortSchema: false }));
    expect(await ask('mutation { change(to: "first") { value } }')).toEqual({ change: { value: 'first' } });
    expect(await ask('{ value }')).toEqual({ value: 'first' });
    world.value = 'behind its back';
    expect(await ask('{ value }')).toEqual({ value: 'first' });
    expect(await ask('mutation { change(to: "second") { value } }')).toEqual({ change: { value: 'second' } });
    expect(await ask('{ value }')).toEqual({ value: 'second' });
  });

  it('ends what it has committed, and then the outbox may forget it', async () => {
    const { ask, outbox, raised, trace } = createWriter(async () => {
      noteRow({ id: 1, tags: ['value', 'list:1'] });
      await Promise.resolve();
      noteRow({ id: 2, tags: ['list:1', 'list:2'] });
    });
    await ask('mutation { write }');
    expect(raised()).toEqual([['value', 'list:1', 'list:2']]);
    expect([outbox.forgotten, outbox.kept, trace.invalidationPending]).toEqual([[1, 2], [], false]);
  });

  it('ends what it has committed although it fails afterwards', async () => {
    const { ask, outbox, raised } = createWriter(() => {
      noteRow({ id: 1, tags: ['value'] });
      throw new Error('after the commit');
    });
    expect(await ask('mutation { write }')).toMatchObject([{ message: 'after the commit' }]);
    expect([raised(), outbox.forgotten]).toEqual([[['value']], [1]]);
  });

  it('leaves what it has committed where it lies while the store is away, keeps the rest, and says so', async () => {
    const { ask, outbox, trace } = createWriter(
      async () => noteRow({ id: 1, tags: ['value'] }),
      { store: awayStore() },
      ['value', 'order:7'],
    );
    expect(await ask('mutation { write }')).toBeUndefined();
    expect([outbox.forgotten, outbox.kept, trace.invalidationPending]).toEqual([[], [['order:7']], true]);
  });

  it('raises and forgets nothing where it has changed nothing', async () => {
    const { ask, outbox, raised } = createWriter(async () => undefined);
    await ask('mutation { write }');
    expect([raised(), outbox.forgotten]).toEqual([[], []]);
  });

  it('does not end what another one writes at the same time', async () => {
    const [entered, gate] = [createDeferred<void>(), createDeferred<void>()];
    const slow = createWriter(async () => {
      entered.resolve();
      await gate.promise;
      noteRow({ id: 1, tags: ['slow'] });
    });
    const quick = createWriter(async () => noteRow({ id: 2, tags: ['quick'] }));
    const slowly = slow.ask('mutation { write }');
    await entered.promise;
    await quick.ask('mutation { write }');
    gate.resolve();
    await slowly;
    expect([slow.raised(), quick.raised()]).toEqual([[['slow']], [['quick']]]);
  });
});

describe('invalidate', () => {
  it('has the outbox keep what could not be raised, of its kind, and tells the request', async () => {
    const { contextValue, outbox, trace } = createWriter(async () => undefined, { store: awayStore() });
    expect(await invalidate(contextValue, ['a', 'b'], { kind: 'soft' })).toMatchObject({ status: 'PENDING' });
    expect([outbox.kept, outbox.kinds, trace.invalidationPending]).toEqual([[['a', 'b']], ['soft'], true]);
  });

  it('goes without an outbox', async () => {
    const { contextValue, trace } = createWriter(async () => undefined, { store: awayStore() });
    const { database: _, ...withoutDatabase } = contextValue;
    expect(await invalidate(withoutDatabase, ['a'])).toMatchObject({ status: 'PENDING' });
    expect(trace.invalidationPending).toBe(true);
  });
});

/** Remembers what it is told. */
class NotingOutbox implements Outbox {
  readonly kept: (readonly string[])[] = [];
  readonly kinds: string[] = [];
  readonly forgotten: number[] = [];

  async keep(tags: readonly string[], kind: string): Promise<boolean> {
    this.kept.push(tags);
    this.kinds.push(kind);
    return true;
  }

  forget(ids: readonly number[]): void {
    this.forgotten.push(...ids);
  }

  async drain(): Promise<number> {
    return 0;
  }
}

/** Private: a schema whose one mutation does what it is told, its context, and what it raises. */
function createWriter(write: () => Promise<void>, options: Parameters<typeof createWorld>[0] = {}, tags?: string[]) {
  const builder = createBuilder();
  builder.mutationType({});
  builder.queryField('value', (t) => t.string({ resolve: () => 'value' }));
  builder.mutationField('write', (t) =>
    t.boolean({
      ...(tags ? { invalidates: () => tags } : {}),
      resolve: async () => {
        await write();
        return true;
      },
    }),
  );
  const schema = builder.toSchema({ sortSchema: false });
  const { cache, events } = createWorld(options);
  const outbox = new NotingOutbox();
  const contextValue: FieldCacheContext = {
    cache,
    provenance: new Provenance(),
    trace: new CacheTrace(),
    viewer: undefined,
    database: async () => ({ outbox }),
    loaders: { clear: () => undefined },
  };
  return {
    outbox,
    contextValue,
    trace: contextValue.trace,
    raised: () => events.flatMap((event) => (event.type === 'raised' ? [event.tags] : [])),
    ask: async (source: string) => (await graphql({ schema, source, contextValue })).errors,
  };
}

/** Private: a store that no raise reaches. */
function awayStore(): Store {
  const store = new MemoryStore({ clock: new ManualClock(), maxBytes: 1_000 });
  return alteredStore(store, { raise: () => Promise.reject(new StoreUnavailableError('away')) });
}

const loaderPolicy: PolicyOptions<never> = { name: 'Query.price', ttl: '5s', tags: ['price:{$args.symbol}'] };

interface PriceOptions {
  readonly cache?: CacheOption;
  readonly cachedBy?: PothosSchemaTypes.FieldOptions['cachedBy'];
  readonly resolve?: (parent: Partial<Pair> | undefined, args: Partial<Pair>) => string;
}

/** Private: `{ price(symbol:) }` with what is to be tried. */
function schemaWithPrice({ resolve = () => 'a price', ...options }: PriceOptions): GraphQLSchema {
  const builder = createBuilder();
  builder.queryField('price', (t) =>
    t.string({ ...options, args: { symbol: t.arg.string({ required: true }) }, resolve }),
  );
  return builder.toSchema({ sortSchema: false });
}

/** Private: `{ pairs { price } }` with what is to be tried. */
function schemaWithPair({ resolve = () => 'a price', ...options }: PriceOptions): GraphQLSchema {
  const builder = createBuilder();
  const pair = builder.objectRef<Pair>('Pair').implement({
    fields: (t) => ({ price: t.string({ ...options, resolve: (parent) => resolve(parent, {}) }) }),
  });
  builder.queryField('pairs', (t) =>
    t.field({ type: [pair], resolve: () => ['A', 'B', 'A'].map((symbol) => ({ symbol })) }),
  );
  return builder.toSchema({ sortSchema: false });
}

/** Private: asks a schema, each time as a new request on the same cache. */
function createRequests(schema: GraphQLSchema) {
  const { cache } = createWorld();
  return async (source: string, viewer?: string): Promise<Record<string, unknown>> => {
    const contextValue: FieldCacheContext = {
      cache,
      provenance: new Provenance(),
      trace: new CacheTrace(),
      viewer: viewer === undefined ? undefined : { id: viewer },
      loaders: { clear: () => undefined },
    };
    const { data, errors } = await graphql({ schema, source, contextValue });
    expect(errors).toBeUndefined();
    return data ?? {};
  };
}

/** Private */
function fieldOf(schema: GraphQLSchema, coordinate: string): GraphQLField<unknown, unknown> {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const field = assertObjectType(schema.getType(typeName)).getFields()[fieldName];
  if (!field) throw new Error(`${coordinate} is not in the schema.`);
  return field;
}

/** Private */
function namesOfArguments({ args }: GraphQLField<unknown, unknown>): string[] {
  return args.map(({ name }) => name);
}

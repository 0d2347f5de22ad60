import SchemaBuilder from '@pothos/core';
import type { GraphQLSchema } from 'graphql';
import { Provenance, type Cache, type Compute, type PolicyOptions } from '../../src/cache/index.js';
import { CacheTrace, fieldCachePlugin, isForced, type FieldCacheContext } from '../../src/field-cache/index.js';
import { CachedLoader } from '../../src/loaders/cached-loader.js';

/** Asks the upstream for the present versions of registers. */
export type ReadRegisters = (keys: readonly string[]) => Promise<readonly number[]>;
export type WriteRegister = (key: string) => Promise<number>;

export interface ConsistencyContext extends FieldCacheContext {
  readonly loaders: ConsistencyLoaders;
  readonly read: ReadRegisters;
  readonly write: WriteRegister;
}

interface ConsistencyLoaders {
  readonly registers: CachedLoader<RegisterKey, Register>;
  readonly composites: CachedLoader<CompositeKey, Composite>;
  clear(): void;
}

type RegisterKey = { readonly key: string };
type CompositeKey = { readonly keys: readonly string[] };

interface Register {
  readonly key: string;
  readonly version: number;
  /** To whom it belongs. */
  readonly viewer: string | null;
}

interface Composite {
  readonly registers: readonly Register[];
}

const registerPolicy: PolicyOptions<Register> = {
  name: 'Query.register',
  ttl: '30s',
  tags: ['register:{$args.key}'],
  refreshable: true,
};

/** Of several registers, as an overview is of analyses. */
const compositePolicy: PolicyOptions<Composite> = {
  name: 'Query.composite',
  ttl: '30s',
  tags: ['composite'],
  refreshable: true,
};

/** The context of one request. */
export function createConsistencyContext(
  cache: Cache,
  { read, write, viewer }: { read: ReadRegisters; write: WriteRegister; viewer: string | undefined },
): ConsistencyContext {
  const provenance = new Provenance();
  const computeRegisters: Compute<Register> = async (misses) => {
    const keys = misses.map(({ args }) => String(args['key']));
    const versions = await read(keys.map((key) => `register:${key}`));
    return keys.map((key, i) => ({ key: `register:${key}`, version: versions[i] ?? NaN, viewer: null }));
  };
  const registers = new CachedLoader<RegisterKey, Register>({
    ...{ cache, provenance, policy: registerPolicy, compute: computeRegisters },
  });
  const composites = new CachedLoader<CompositeKey, Composite>({
    ...{ cache, provenance, policy: compositePolicy },
    compute: (misses) =>
      Promise.all(
        misses.map(async ({ args, parts, force }) => {
          const keys = (args as CompositeKey).keys.map((key) => ({ key }));
          return { registers: await Promise.all(keys.map((key) => registers.load(key, { parts, force }))) };
        }),
      ),
  });
  const clear = () => [registers, composites].forEach((loader) => loader.clear());
  return {
    cache,
    provenance,
    trace: new CacheTrace(),
    viewer: viewer === undefined ? undefined : { id: viewer },
    loaders: { registers, composites, clear },
    read,
    write,
  };
}

/** Registers that are public, private, served stale, and put together, under the gateway's own plugin. */
export function buildConsistencySchema(): GraphQLSchema {
  const builder = new SchemaBuilder<{ Context: ConsistencyContext; DefaultFieldNullability: false }>({
    plugins: [fieldCachePlugin],
    defaultFieldNullability: false,
    // Asked for by the types alone: those of all plugins are one.
    scopeAuth: { authScopes: () => ({}) },
  });
  const RegisterType = builder.objectRef<Register>('Register').implement({
    fields: (t) => ({
      key: t.exposeString('key'),
      version: t.exposeInt('version'),
      viewer: t.exposeString('viewer', { nullable: true }),
    }),
  });
  const CompositeType = builder.objectRef<Composite>('Composite').implement({
    fields: (t) => ({ registers: t.field({ type: [RegisterType], resolve: ({ registers }) => [...registers] }) }),
  });
  builder.queryType({
    fields: (t) => ({
      register: t.field({
        type: RegisterType,
        cachedBy: registerPolicy,
        args: { key: t.arg.string({ required: true }) },
        resolve: (_, args, { loaders }) => loaders.registers.load({ key: args.key }, { force: isForced(args) }),
      }),
      composite: t.field({
        type: CompositeType,
        cachedBy: compositePolicy,
        args: { keys: t.arg.stringList({ required: true }) },
        resolve: (_, args, { loaders }) => loaders.composites.load({ keys: args.keys }, { force: isForced(args) }),
      }),
      lagging: t.field({
        type: RegisterType,
        cache: { ttl: '1s', staleFor: '20s', tags: ['lagging:{$args.key}'] },
        args: { key: t.arg.string({ required: true }) },
        resolve: async (_, { key }, { read }) => {
          const [version = NaN] = await read([`lagging:${key}`]);
          return { key: `lagging:${key}`, version, viewer: null };
        },
      }),
      lasting: t.field({
        type: RegisterType,
        cache: { ttl: '10s', alone: 'ttl', tags: ['lasting:{$args.key}'] },
        args: { key: t.arg.string({ required: true }) },
        resolve: async (_, { key }, { read }) => {
          const [version = NaN] = await read([`lasting:${key}`]);
          return { key: `lasting:${key}`, version, viewer: null };
        },
      }),
      mine: t.field({
        type: RegisterType,
        cache: { ttl: '30s', scope: 'PRIVATE', tags: ['mine:{$viewer}'], refreshable: true },
        resolve: async (_, __, { read, viewer }) => {
          const id = viewer?.id ?? 'nobody';
          const [version = NaN] = await read([`mine:${id}`]);
          return { key: `mine:${id}`, version, viewer: id };
        },
      }),
    }),
  });
  const WrittenType = builder.objectRef<Register>('Written').implement({
    fields: (t) => ({
      key: t.exposeString('key'),
      version: t.exposeInt('version'),
      after: t.field({
        type: RegisterType,
        nullable: true,
        description: 'What is read after the invalidation, of a public register.',
        resolve: ({ key }, _, { loaders }) => {
          const [family, name = ''] = key.split(':');
          return family === 'register' ? loaders.registers.load({ key: name }) : null;
        },
      }),
    }),
  });
  builder.mutationType({
    fields: (t) => ({
      write: t.field({
        type: WrittenType,
        args: { key: t.arg.string({ required: true }) },
        invalidates: ({ key }) => [key],
        resolve: async (_, { key }, { write }) => ({ key, version: await write(key), viewer: null }),
      }),
    }),
  });
  return builder.toSchema();
}

import './global-types.js';
import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import {
  gatherRows,
  resolvePolicy,
  type CachePolicy,
  type Compute,
  type KeyArguments,
  type Loaded,
  type OutboxRow,
  type PolicyOptions,
} from '../cache/index.js';
import type { FieldCacheContext } from './field-cache-context.js';
import { assertFieldPolicy, policyDirectives, renamePolicy } from './field-policy.js';
import { invalidate } from './invalidate.js';
import { traceField } from './trace-field.js';

const FORCE_REFRESH = 'forceRefresh';

type Resolver = GraphQLFieldResolver<unknown, object, object, unknown>;

/** Whether the caller asked for the value to be computed anew. The argument is added by the plugin, so resolvers do not see its type. */
export function isForced(args: object): boolean {
  return FORCE_REFRESH in args && args[FORCE_REFRESH] === true;
}

/** Reads a field's options when the schema is built; see this folder's README. */
export class FieldCachePlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const declared = this.#declared(field);
    if (declared === 'never') return { ...field, extensions: { ...field.extensions, cachePolicy: 'never' } };
    if (!declared) return field;
    const policy = resolvePolicy(declared.printed, this.options.ttlOverrides);
    const isRoot = field.kind === 'Query' || field.kind === 'Mutation' || field.kind === 'Subscription';
    const coordinate = `${field.parentType}.${field.name}`;
    assertFieldPolicy(policy, declared.parent, { coordinate, isRoot, argumentNames: Object.keys(field.args) });
    return {
      ...field,
      args:
        policy.refreshable && isRoot ? { ...field.args, [FORCE_REFRESH]: this.#refreshArgument(field) } : field.args,
      extensions: { ...field.extensions, cachePolicy: policy, directives: policyDirectives(policy) },
    };
  }

  override wrapResolve(resolve: Resolver, field: PothosOutputFieldConfig<Types>): Resolver {
    const { cache, cachedBy, invalidates } = field.pothosOptions;
    if (invalidates || field.kind === 'Mutation') return mutating(resolve, invalidates as TagsOfResult | undefined);
    if (cachedBy) return traced(resolve);
    if (!cache || cache === 'never') return resolve;
    const { parent = [], ...options } = cache;
    return caching(resolve, { ...options, name: `${field.parentType}.${field.name}` }, parent);
  }

  /** The policy as it is to be printed, its arguments being those of the field or its parent's. */
  #declared(field: PothosOutputFieldConfig<Types>): Declared | 'never' | undefined {
    const { cache, cachedBy } = field.pothosOptions;
    if (cachedBy) {
      if (!('names' in cachedBy)) return { printed: cachedBy, parent: [] };
      const parent = Object.values(cachedBy.names).flatMap((name) => /^\$parent\.(.+)$/.exec(name)?.[1] ?? []);
      return { printed: renamePolicy(cachedBy), parent };
    }
    if (!cache || cache === 'never') return cache;
    const { parent = [], ...options } = cache;
    return { printed: { ...options, name: `${field.parentType}.${field.name}` }, parent };
  }

  #refreshArgument(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types>['args'][string] {
    return {
      kind: 'Arg',
      graphqlKind: 'Arg',
      name: FORCE_REFRESH,
      parentField: field.name,
      parentType: field.parentType,
      type: { kind: 'Scalar', ref: 'Boolean', required: true },
      pothosOptions: {} as PothosOutputFieldConfig<Types>['args'][string]['pothosOptions'],
      defaultValue: false,
      description:
        'Compute the value and what it is made of anew, and replace what everyone else reads. Fields below with a policy of their own keep it.',
      extensions: {},
    };
  }
}

export const fieldCachePlugin = 'fieldCache' as const;

SchemaBuilder.registerPlugin(fieldCachePlugin, FieldCachePlugin);

/** What a field says of its caching, as the plugin left it in the schema: its resolved policy, 'never', or nothing. */
export function fieldPolicyOf(field: {
  readonly extensions: Readonly<Record<string, unknown>>;
}): CachePolicy | 'never' | undefined {
  return field.extensions['cachePolicy'] as CachePolicy | 'never' | undefined;
}

/** A policy as it is printed, and what of the parent is part of its key. */
interface Declared {
  readonly printed: PolicyOptions<never>;
  readonly parent: readonly string[];
}

type TagsOfResult = (result: unknown, args: object, context: object) => readonly string[];

/** Private: the resolver's answer under a policy of its own; the trace is told how it came. */
function caching(resolve: Resolver, policy: PolicyOptions<never>, parentKeys: readonly string[]): Resolver {
  return async (parent, args, context, info) => {
    const { cache, provenance, viewer } = contextOf(context);
    const { [FORCE_REFRESH]: forced, ...own } = args as Record<string, unknown>;
    const key: KeyArguments = parentKeys.length === 0 ? own : { ...own, $parent: pick(parent, parentKeys) };
    // What comes out is what the resolver answered: the policy's type says no more than that it is not looked into here.
    const compute = (async () => [await resolve(parent, args, context, info)]) as Compute<never>;
    const loaded = await cache.load(policy, key, compute, { force: forced === true, viewer: viewer?.id });
    const { value, info: how }: Loaded<unknown> = loaded;
    traceField(contextOf(context), info, how);
    return Array.isArray(value) ? provenance.handEach(value, how) : provenance.hand(value, how);
  };
}

/** Private: tells the trace how the value came, where it can be asked; of what is taken out of one, `takeFrom` tells. */
function traced(resolve: Resolver): Resolver {
  return async (parent, args, context, info) => {
    const value: unknown = await resolve(parent, args, context, info);
    const how = contextOf(context).provenance.of(value);
    if (how) traceField(contextOf(context), info, how);
    return value;
  };
}

/**
 * Private: raised after the commit, which the resolver has seen, and before the payload's fields resolve, which then read anew. What was
 * committed by a resolver that throws afterwards is raised too.
 */
function mutating(resolve: Resolver, tagsOf: TagsOfResult = () => []): Resolver {
  return async (parent, args, context, info) => {
    const rows: OutboxRow[] = [];
    let tags: readonly string[] = [];
    try {
      const result: unknown = await gatherRows(rows, async () => resolve(parent, args, context, info));
      tags = tagsOf(result, args, context);
      return result;
    } finally {
      if (tags.length + rows.length > 0) await invalidate(contextOf(context), tags, { rows });
    }
  };
}

/** Private: the builder's context type is checked against FieldCacheContext where the builder is made. */
function contextOf(context: object): FieldCacheContext {
  return context as FieldCacheContext;
}

/** Private */
function pick(parent: unknown, names: readonly string[]): Record<string, unknown> {
  const from = parent as Record<string, unknown>;
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

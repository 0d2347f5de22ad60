import type { GraphQLResolveInfo } from 'graphql';
import type { CacheInfo } from '../cache/index.js';
import type { FieldCacheContext } from './field-cache-context.js';

/** Tells the trace how the value of a field came. */
export function traceField({ trace }: FieldCacheContext, info: GraphQLResolveInfo, how: CacheInfo): void {
  const path: (string | number)[] = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = info.path; at; at = at.prev) path.unshift(at.key);
  trace.fields.push({ path, info: how });
}

/** A member of a cached value, for a field whose own value, a number, can't be asked how it came. */
export function takeFrom<V extends object, K extends keyof V>(
  whole: V | null | undefined,
  name: K,
  context: FieldCacheContext,
  info: GraphQLResolveInfo,
): V[K] | null {
  const how = context.provenance.of(whole);
  if (how) traceField(context, info, how);
  return whole?.[name] ?? null;
}

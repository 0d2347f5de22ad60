import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { TracedField } from '../field-cache/index.js';
import type { RequestContext } from './request-context.js';

/** Adds `extensions.cache`: what the cache did, to who asks for it, and an invalidation that is pending, to everyone. */
export function useCacheExtension(): Plugin<RequestContext> {
  return {
    onExecute({ args: { contextValue } }) {
      return {
        onExecuteDone({ result, setResult }) {
          const { trace, traceWanted } = contextValue;
          const cache = {
            ...(trace.invalidationPending ? { invalidation: 'PENDING' } : {}),
            ...(traceWanted ? { fields: trace.fields.map(toExtension) } : {}),
          };
          if (Object.keys(cache).length === 0) return;
          const whole = result as ExecutionResult;
          setResult({ ...whole, extensions: { ...whole.extensions, cache } });
        },
      };
    },
  };
}

/** Private */
function toExtension({ path, info }: TracedField) {
  const { status, layer, ageMs, ttlMs, tags } = info;
  return { path, status, layer, ageSeconds: ageMs / 1_000, ttlSeconds: ttlMs / 1_000, tags };
}

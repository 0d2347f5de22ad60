import type { Invalidation, OutboxRow } from '../cache/index.js';
import type { FieldCacheContext } from './field-cache-context.js';

export interface InvalidateOptions {
  readonly kind?: 'hard' | 'soft';
  /** What the request has committed: their tags are raised too. */
  readonly rows?: readonly OutboxRow[];
}

/**
 * Raises tags for a request, which reads anew from then on. A store that is away fails nobody: the request tells that its invalidation is
 * pending, and the outbox keeps it.
 */
export async function invalidate(
  { cache, trace, loaders, database }: FieldCacheContext,
  tags: readonly string[],
  { kind = 'hard', rows = [] }: InvalidateOptions = {},
): Promise<Invalidation> {
  const written = new Set(rows.flatMap((row) => row.tags));
  const others = tags.filter((tag) => !written.has(tag));
  const invalidation = await cache.invalidate([...written, ...others], kind);
  loaders.clear();
  if (invalidation.status === 'DONE') {
    if (rows.length > 0) (await database?.())?.outbox.forget(rows.map(({ id }) => id));
  } else {
    trace.invalidationPending = true;
    if (others.length > 0) await (await database?.())?.outbox.keep(others, kind);
  }
  return invalidation;
}

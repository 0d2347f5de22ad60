import type { Invalidation, Outbox, OutboxRow } from '../cache/index.js';
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
    if (rows.length > 0) (await outboxOf(database))?.forget(rows.map(({ id }) => id));
  } else {
    trace.invalidationPending = true;
    if (others.length > 0) await (await outboxOf(database))?.keep(others, kind);
  }
  return invalidation;
}

/** Private: none where the database can't be opened, which is told by who opens it: then the store alone remembers. */
async function outboxOf(database: FieldCacheContext['database']): Promise<Outbox | undefined> {
  return (await database?.().catch(() => undefined))?.outbox;
}

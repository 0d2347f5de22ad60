import { noteRow } from '../cache/index.js';
import type { DrizzleDatabase } from './database/database.js';
import { insertRow } from './outbox.js';

/** Says which tags a write ends, as people write them: `watchlist:ID`. May be called more than once, or not at all. */
export type Ends = (...tags: readonly string[]) => void;

/**
 * Writes in one transaction, and leaves the tags that the write ends in the outbox with it: both are there or neither. A mutation raises
 * them once it has returned; whoever dies before that, or has no cache at all, leaves it to the gateways that drain the outbox.
 */
export async function commit<T>(
  db: DrizzleDatabase,
  write: (tx: DrizzleDatabase, ends: Ends) => Promise<T>,
): Promise<T> {
  const tags: string[] = [];
  const { value, id } = await db.transaction(async (tx) => {
    const value = await write(tx, (...ended) => void tags.push(...ended));
    return { value, id: tags.length > 0 ? await insertRow(tx, tags, 'hard') : undefined };
  });
  if (id !== undefined) noteRow({ id, tags });
  return value;
}

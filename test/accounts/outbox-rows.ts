import { asc } from 'drizzle-orm';
import type { Database } from '../../src/accounts/database/database.js';
import { outbox } from '../../src/accounts/database/tables.js';

/** What waits in the outbox, the oldest first. */
export function outboxRows({ db }: Database): Promise<(typeof outbox.$inferSelect)[]> {
  return db.select().from(outbox).orderBy(asc(outbox.id));
}

/** Their tags alone. */
export async function outboxTags(database: Database): Promise<string[][]> {
  return (await outboxRows(database)).map(({ tags }) => tags);
}

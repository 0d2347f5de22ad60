import { asc, inArray } from 'drizzle-orm';
import type { Outbox, RaiseTags } from '../cache/index.js';
import { withTimeout } from '../support/with-timeout.js';
import type { DrizzleDatabase } from './database/database.js';
import { outbox } from './database/tables.js';

const KEEP_MS = 1_000;

/** The outbox as a table. Its rows are also written by commit.ts. */
export class DatabaseOutbox implements Outbox {
  readonly #raised: number[] = [];
  #removing: Promise<void> | undefined;

  constructor(private readonly db: DrizzleDatabase) {}

  keep(tags: readonly string[], kind: 'hard' | 'soft'): Promise<boolean> {
    return withTimeout(insertRow(this.db, tags, kind), KEEP_MS).then(
      () => true,
      () => false,
    );
  }

  /** One statement at a time, with all that came during the one before it: a load of writes takes one connection for this. */
  forget(ids: readonly number[]): void {
    this.#raised.push(...ids);
    this.#removing ??= this.#remove().finally(() => (this.#removing = undefined));
  }

  /**
   * Under row locks that end with their connection: a process that dies here leaves the rows to the next one, at once. On the embedded
   * database the one connection is held until the raise has answered, a second at the most.
   */
  drain(raise: RaiseTags, most: number): Promise<number> {
    return this.db.transaction(async (tx) => {
      const rows = await tx
        .select()
        .from(outbox)
        .orderBy(asc(outbox.id))
        .limit(most)
        .for('update', { skipLocked: true });
      const raised: number[] = [];
      for (const kind of ['hard', 'soft'] as const) {
        const ofKind = rows.filter((row) => row.kind === kind);
        const tags = [...new Set(ofKind.flatMap((row) => row.tags))];
        if (ofKind.length > 0 && (await raise(tags, kind))) raised.push(...ofKind.map(({ id }) => id));
      }
      if (raised.length > 0) await tx.delete(outbox).where(inArray(outbox.id, raised));
      return raised.length;
    });
  }

  /** Waits for what is still being removed. */
  async close(): Promise<void> {
    await this.#removing;
  }

  /** Never rejects: rows that stay are drained, and a drain tells of a database that is away. */
  async #remove(): Promise<void> {
    let answers = true;
    while (answers && this.#raised.length > 0) {
      const removed = this.db.delete(outbox).where(inArray(outbox.id, this.#raised.splice(0)));
      answers = await removed.then(
        () => true,
        () => false,
      );
    }
  }
}

/** Answers the id of the new row, which is there for others once the transaction has been committed. */
export async function insertRow(db: DrizzleDatabase, tags: readonly string[], kind: 'hard' | 'soft'): Promise<number> {
  const [row] = await db
    .insert(outbox)
    .values({ tags: [...tags], kind })
    .returning({ id: outbox.id });
  if (!row) throw new Error('An insert of one row returns one row, but got none.');
  return row.id;
}

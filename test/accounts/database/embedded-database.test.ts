import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { count, sql } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, DrizzleDatabase } from '../../../src/accounts/database/database.js';
import { openEmbeddedDatabase } from '../../../src/accounts/database/embedded-database.js';
import { databaseIdentity } from '../../../src/accounts/database/tables.js';
import { createLogger, type Logger } from '../../../src/support/logger.js';
import { startFolderProcess } from './folder-process.js';

const notes = pgTable('notes', { number: integer('number').primaryKey(), text: text('text').notNull() });
const MANY = 2_000_000;

/** How often this thread's timers had a turn until something was done. */
async function counting<T>(tell: (turns: number) => void, running: Promise<T>): Promise<T> {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  try {
    return await running;
  } finally {
    clearInterval(timer);
    tell(turns);
  }
}

describe('openEmbeddedDatabase', () => {
  const logger = createLogger('silent');
  let dataDir: string;
  let database: Database;
  let opening: number;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tidemark-data-'));
    database = await counting((turns) => (opening = turns), openEmbeddedDatabase(dataDir, logger));
    await database.db.execute(sql`create table notes (number int primary key, text text not null)`);
  });
  afterAll(async () => {
    await database.close();
    await rm(dataDir, { recursive: true });
  });

  it('leaves this thread free while it makes its files and while it computes', async () => {
    let computing = 0;
    await counting((turns) => (computing = turns), computeLong(database.db));
    // Each takes the better part of a second at the least: a thread that is held up turns a handful of times.
    expect([opening > 50, computing > 50]).toEqual([true, true]);
  });

  it('keeps the codes of Postgres in its errors, and goes on', async () => {
    const { db } = database;
    await expect(db.insert(databaseIdentity).values({})).rejects.toMatchObject({ cause: { code: '23505' } });
    await expect(db.execute(sql`select * from nowhere`)).rejects.toMatchObject({ cause: { code: '42P01' } });
    await database.ping();
  });

  it('takes questions and gives answers of megabytes', async () => {
    const megabytes = 'é'.repeat(2_000_000);
    const [note] = await database.db.insert(notes).values({ number: -1, text: megabytes }).returning();
    expect(note?.text === megabytes).toBe(true);
  });

  it('runs transactions one after the other, each whole or not at all', async () => {
    const { db } = database;
    const before = await countNotes(db);
    const added = Array.from({ length: 10 }, (_, index) =>
      db.transaction(async (tx) => {
        await tx.insert(notes).values({ number: (await countNotes(tx)) + 1, text: 'one after the other' });
        if (index % 2 === 1) throw new Error('odd');
      }),
    );
    const failed = (await Promise.allSettled(added)).filter(({ status }) => status === 'rejected');
    expect(failed).toHaveLength(5);
    expect(await countNotes(db)).toBe(before + 5);
  });

  it('closes when all that was asked is answered', async () => {
    const answers = Promise.all([1, 2, 3].map(() => computeLong(database.db)));
    await new Promise(setImmediate);
    await Promise.all([database.close(), database.close()]);
    await expect(answers).resolves.toEqual([MANY, MANY, MANY]);
    await expect(database.ping()).rejects.toThrow();
    const { id } = database;
    database = await openEmbeddedDatabase(dataDir, logger);
    expect(database.id).toBe(id);
  });

  it('keeps what was committed when its process is killed while it writes', async () => {
    await database.close();
    const writer = await startFolderProcess('write-until-killed.ts', dataDir);
    let last = Number(writer.line);
    await new Promise<void>((enough) => {
      writer.process.stdout?.on('data', (lines: string) => {
        last = Number(lines.trim().split('\n').at(-1));
        if (last >= 1200) enough();
      });
    });
    await writer.kill();

    database = await openEmbeddedDatabase(dataDir, logger);
    const written = await countNotes(database.db, 'killed');
    expect(written).toBeGreaterThanOrEqual(last - 1000);
    await database.db.insert(notes).values({ number: -2, text: 'afterwards' });
  });

  it('fails what is under way and what comes later when its thread breaks, says so and gives the folder free', async () => {
    await database.close();
    const lines: string[] = [];
    const [broken, thread] = await openWithThread(dataDir, pino({}, { write: (line: string) => lines.push(line) }));
    const underWay = broken.db.transaction((tx) => computeLong(tx));
    const queued = countNotes(broken.db).then((notes) => notes);
    // The thread's first answer is that the transaction has begun.
    await new Promise((resolve) => thread.once('message', resolve));
    await Promise.all([expect(underWay).rejects.toThrow(), expect(queued).rejects.toThrow(), thread.terminate()]);

    const lost = `The embedded database in ${join(dataDir, 'postgres')} ended by itself, with code 1.`;
    await expect(broken.ping()).rejects.toThrow(lost);
    await expect(broken.db.transaction((tx) => countNotes(tx))).rejects.toThrow(lost);
    await expect(countNotes(broken.db)).rejects.toMatchObject({ cause: { message: lost } });
    expect(lines).toEqual([expect.stringContaining(`"reason":"${lost}"`)]);
    await broken.close();
    database = await openEmbeddedDatabase(dataDir, logger);
  });

  it('knows at once that its thread broke while it was idle', async () => {
    await database.close();
    const [broken, thread] = await openWithThread(dataDir, logger);
    await thread.terminate();
    await expect(broken.db.transaction((tx) => countNotes(tx))).rejects.toThrow('ended by itself');
    await expect(broken.ping()).rejects.toThrow('ended by itself');
    await broken.close();
    database = await openEmbeddedDatabase(dataDir, logger);
  });

  it('closes even where its thread breaks while a transaction begins', async () => {
    await database.close();
    const [broken, thread] = await openWithThread(dataDir, logger);
    const begun = broken.db.transaction((tx) => countNotes(tx));
    await Promise.all([expect(begun).rejects.toThrow(), thread.terminate()]);
    await broken.close();
    database = await openEmbeddedDatabase(dataDir, logger);
  });
});

/** Private: its first thread is its only one, where its files are made already. */
async function openWithThread(dataDir: string, logger: Logger): Promise<[Database, Worker]> {
  const thread = new Promise<Worker>((resolve) => process.once('worker', resolve));
  return [await openEmbeddedDatabase(dataDir, logger), await thread];
}

/** Private */
async function countNotes(db: DrizzleDatabase, text?: string): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(notes)
    .where(text === undefined ? undefined : sql`${notes.text} = ${text}`);
  return row?.count ?? 0;
}

/** Private: computes about a second without a pause. */
async function computeLong(db: DrizzleDatabase): Promise<number | undefined> {
  const [row] = await db.select({ count: count() }).from(sql`generate_series(1, ${MANY}::int)`);
  return row?.count;
}

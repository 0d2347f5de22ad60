import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Accounts } from '../../../src/accounts/accounts.js';
import { lockFolder } from '../../../src/accounts/database/folder-lock.js';
import { DatabaseLockedError, openDatabase } from '../../../src/accounts/database/open-database.js';
import { databaseIdentity } from '../../../src/accounts/database/tables.js';
import { systemClock } from '../../../src/support/clock.js';
import { createLogger } from '../../../src/support/logger.js';
import { postgresMissing, type PostgresServer, startPostgres } from '../../support/postgres-server.js';
import { startFolderProcess } from './folder-process.js';

const logger = createLogger('silent');
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

// Making the files takes 5 s of computing in a process of its own, and more where other tests compute too.
describe('openDatabase, embedded', { timeout: 120_000 }, () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tidemark-data-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('keeps identity and people over the death of its process, and lets one process in', async () => {
    // What a process leaves that was killed while it made the files.
    await mkdir(join(dataDir, 'postgres.unfinished'));
    await writeFile(join(dataDir, 'postgres.unfinished', 'PG_VERSION'), '18');

    const first = await startFolderProcess('hold-database.ts', dataDir);
    expect(first.line).toMatch(UUID);
    await expect(openDatabase({ dataDir, logger })).rejects.toThrow(DatabaseLockedError);
    await first.kill();

    const database = await openDatabase({ dataDir, logger });
    expect(database).toMatchObject({ kind: 'pglite', id: first.line });
    const account = await new Accounts(database.db, systemClock).verifyPassword('ada@example.org', 'correct horse');
    expect(account.tier).toBe('ADMIN');
    await database.ping();
    await expect(openDatabase({ dataDir, logger })).rejects.toThrow(DatabaseLockedError);

    await Promise.all([database.close(), database.close()]);
    await expect(database.ping()).rejects.toThrow();
    expect(await readdir(dataDir)).toEqual(['postgres']);
  });

  it('leaves the folder unlocked where it can not open it', async () => {
    await writeFile(join(dataDir, 'postgres'), 'not a database');
    await expect(openDatabase({ dataDir, logger })).rejects.toThrow();
    await (
      await lockFolder(dataDir)
    )();
  });
});

if (postgresMissing) console.warn(`openDatabase, on Postgres: ${postgresMissing}`);
describe.skipIf(postgresMissing)(`openDatabase, on Postgres${postgresMissing ? ` ${postgresMissing}` : ''}`, () => {
  let server: PostgresServer;
  let url: string;
  const open = () => openDatabase({ url, dataDir: 'unused', logger });

  beforeAll(async () => {
    server = await startPostgres();
  });
  beforeEach(async () => {
    url = await server.createDatabase();
  });
  afterAll(() => server.stop());

  it('migrates once when several gateways start at the same time', async () => {
    const databases = await Promise.all(Array.from({ length: 8 }, open));
    expect(new Set(databases.map(({ id }) => id)).size).toBe(1);
    expect(databases[0]?.kind).toBe('postgres');
    expect(databases[0]?.id).toMatch(UUID);
    expect(await databases[0]?.db.select().from(databaseIdentity)).toHaveLength(1);
    await Promise.all(databases.map((database) => database.close()));
  });

  it('keeps its identity, and gives each database one of its own', async () => {
    const first = await open();
    await first.close();
    const again = await open();
    expect(again.id).toBe(first.id);
    await again.close();
    url = await server.createDatabase();
    const other = await open();
    expect(other.id).not.toBe(first.id);
    await other.close();
  });

  it('has room for one identity alone', async () => {
    const database = await open();
    await expect(database.db.insert(databaseIdentity).values({})).rejects.toThrow();
    await expect(database.db.insert(databaseIdentity).values({ only: false })).rejects.toThrow();
    await database.close();
  });

  it('answers a ping while it is open, and closes once', async () => {
    const database = await open();
    await database.ping();
    await Promise.all([database.close(), database.close()]);
    await expect(database.ping()).rejects.toThrow();
  });

  it('survives connections that are lost, idle or in the middle of a transaction', async () => {
    const database = await open();
    const lost = database.db.transaction(async (tx) => {
      await tx.execute(sql`select 1`);
      await endConnections(url);
      // No query is under way here: the loss comes to the client alone.
      await new Promise((resolve) => setImmediate(resolve));
      await tx.execute(sql`select 2`);
    });
    await expect(lost).rejects.toThrow();
    await database.ping();
    await endConnections(url);
    await expect.poll(() => database.ping().then(() => 'answers')).toBe('answers');
    await database.close();
  });

  it('says where it could not connect and why, without the password', async () => {
    const refused = await openDatabase({
      url: 'postgres://somebody:secret@127.0.0.1:1/tidemark',
      dataDir: 'unused',
      logger,
    }).catch((error: unknown) => String(error));
    expect(refused).toMatch(/^Error: The database at 127\.0\.0\.1:1\/tidemark cannot be reached: .*ECONNREFUSED/);
    expect(refused).not.toContain('secret');

    const missing = new URL(url);
    missing.pathname = '/nowhere';
    await expect(openDatabase({ url: missing.href, dataDir: 'unused', logger })).rejects.toThrow(
      `The database at ${missing.host}/nowhere cannot be reached: database "nowhere" does not exist.`,
    );
  });
});

/** Private: ends all connections to a database but its own, and waits until they are gone. */
async function endConnections(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const others = `from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  await client.query(`select pg_terminate_backend(pid, 5000) ${others}`);
  await client.end();
}

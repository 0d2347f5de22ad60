import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Pool } from 'pg';
import type { Logger } from '../../support/logger.js';
import type { Database } from './database.js';
import { EmbeddedConnection } from './embedded-connection.js';
import { EmbeddedServer } from './embedded-server.js';
import { lockFolder } from './folder-lock.js';
import { fetchDatabaseId, migrations } from './migrations.js';
import * as tables from './tables.js';

/** Postgres in a thread of this process, in DATA_DIR/postgres; with `memory` it ends with the process. */
export async function openEmbeddedDatabase(dataDir: string, logger: Logger): Promise<Database> {
  if (dataDir === 'memory') return build(await EmbeddedServer.open('memory://'), logger, async () => {});
  const unlock = await lockFolder(dataDir);
  try {
    return await build(await openFolder(join(dataDir, 'postgres'), logger), logger, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Private */
async function openFolder(folder: string, logger: Logger): Promise<EmbeddedServer> {
  if (!existsSync(folder)) {
    logger.info({ folder }, 'Making the embedded database: this takes some seconds, once.');
    await makeFolder(folder);
  }
  return EmbeddedServer.open(folder);
}

/**
 * Private: makes the files of an empty database, beside their place and then moved there, so that a process killed
 * meanwhile leaves nothing that looks whole. By a server of its own, because its 500 MB go with it.
 */
async function makeFolder(folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const server = await EmbeddedServer.open(unfinished);
  await server.close();
  await rename(unfinished, folder);
}

/** Private */
async function build(server: EmbeddedServer, logger: Logger, unlock: () => Promise<void>): Promise<Database> {
  const pool = createPool(server, logger);
  const db = drizzle({ client: pool, schema: tables });
  const ping = async () => void (await pool.query('select 1'));
  const endPool = async () => {
    // What waits for the one connection has had it when this comes back: pool.end() would leave it waiting.
    await ping().catch(() => {});
    await pool.end();
  };
  const closeOnce = async () => {
    // A connection that was lost while a transaction began never comes back to the pool.
    await Promise.race([endPool(), server.ended]);
    // Rejects where the server is lost, which is logged already.
    await server.close().catch(() => {});
    await unlock();
  };
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= closeOnce());
  try {
    await migrate(db, migrations);
    return {
      db,
      id: await fetchDatabaseId(db),
      kind: 'pglite',
      ping,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Private */
function createPool(server: EmbeddedServer, logger: Logger): Pool {
  let connection: EmbeddedConnection | undefined;
  void server.ended.then((failure) => {
    if (!failure) return;
    logger.error({ reason: failure.message }, 'The embedded database is lost until the next start.');
    connection?.destroy(failure);
  });
  const pool = new Pool({
    stream: () => (connection = new EmbeddedConnection(server)),
    // Given, so that none of them is taken from the environment (PGUSER, PGSSLMODE, …).
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    max: 1,
    idleTimeoutMillis: 0,
    // How long a query waits for those before it.
    connectionTimeoutMillis: 10_000,
  });
  // Its loss is logged above and fails its query. An 'error' that nobody hears would end the process.
  return pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
}

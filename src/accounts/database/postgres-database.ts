import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Pool } from 'pg';
import type { Logger } from '../../support/logger.js';
import type { Database } from './database.js';
import { fetchDatabaseId, migrations } from './migrations.js';
import * as tables from './tables.js';

/** Names our migrations among the advisory locks of one database: "tide" in ASCII. */
const MIGRATION_LOCK = 0x74696465;

/** A Postgres server, shared by any number of gateways. */
export async function openPostgresDatabase(url: string, logger: Logger): Promise<Database> {
  const pool = createPool(url, logger);
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= pool.end());
  try {
    await migrateOnce(pool, url);
    const db = drizzle({ client: pool, schema: tables });
    return {
      db,
      id: await fetchDatabaseId(db),
      kind: 'postgres',
      ping: async () => void (await pool.query('select 1')),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Private */
function createPool(url: string, logger: Logger): Pool {
  const pool = new Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5_000, keepAlive: true });
  // The error itself carries the whole client.
  const logLoss = ({ message }: Error) => logger.warn({ reason: message }, 'A connection to the database was lost.');
  // The pool hears its idle connections alone. One that is lost between two queries of a transaction tells nobody but
  // its client, and an 'error' that nobody hears ends the process.
  pool.on('error', () => {}).on('connect', (client) => client.on('error', logLoss));
  return pool;
}

/** Private: several gateways that start at once migrate one after the other; a dead one's lock goes with its connection. */
async function migrateOnce(pool: Pool, url: string): Promise<void> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new Error(`The database at ${place(url)} cannot be reached: ${reason(error)}.`, { cause: error });
  });
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle({ client }), migrations);
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** Private: host, port and name of the database; never the user or the password. */
function place(url: string): string {
  if (!URL.canParse(url)) return 'DATABASE_URL';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

/** Private: a refused connection to a name with several addresses is an AggregateError, whose own message is empty. */
function reason(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
}

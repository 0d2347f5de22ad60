import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import type { Database } from '../../src/accounts/database/database.js';
import { openDatabase } from '../../src/accounts/database/open-database.js';
import { createLogger } from '../../src/support/logger.js';
import { postgresMissing, type PostgresServer, startPostgres } from '../support/postgres-server.js';

/** Runs a suite on the embedded database and on a Postgres server: one database each, emptied before every test. */
export function describeOnEachDatabase(subject: string, suite: (database: () => Database) => void): void {
  describe(`${subject}, on PGlite`, () => {
    useDatabase(() => openDatabase({ dataDir: 'memory', logger: createLogger('silent') }), suite);
  });

  if (postgresMissing) console.warn(`${subject}, on Postgres: ${postgresMissing}`);
  describe.skipIf(postgresMissing)(`${subject}, on Postgres${postgresMissing ? ` ${postgresMissing}` : ''}`, () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    });
    useDatabase(async () => {
      const url = await server.createDatabase();
      return openDatabase({ url, dataDir: 'unused', logger: createLogger('silent') });
    }, suite);
    afterAll(() => server.stop());
  });
}

/** Private */
function useDatabase(open: () => Promise<Database>, suite: (database: () => Database) => void): void {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await database.db.execute(sql`truncate accounts, outbox cascade`);
  });
  suite(() => database);
  afterAll(() => database.close());
}

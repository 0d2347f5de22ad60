import { fileURLToPath } from 'node:url';
import type { DrizzleDatabase } from './database.js';
import { databaseIdentity } from './tables.js';

/** Where the SQL lies. The path holds from src/ and from dist/ alike: the compiler does not copy what is not TypeScript. */
export const migrations = {
  migrationsFolder: fileURLToPath(new URL('../../../src/accounts/database/migrations', import.meta.url)),
};

/** The id that the first migration drew. */
export async function fetchDatabaseId(db: DrizzleDatabase): Promise<string> {
  const [identity] = await db.select().from(databaseIdentity);
  if (!identity) throw new Error('The table database_identity holds one row, but got none.');
  return identity.id;
}

import type { Logger } from '../../support/logger.js';
import type { Database } from './database.js';
import { openEmbeddedDatabase } from './embedded-database.js';
import { openPostgresDatabase } from './postgres-database.js';

export interface DatabaseOptions {
  /** `postgres://…`; without it the database is embedded. */
  readonly url?: string | undefined;
  /** The folder of the embedded database, or `memory` for none on disk. */
  readonly dataDir: string;
  readonly logger: Logger;
}

/**
 * Opens the database and brings its tables up to date. Throws {@link DatabaseLockedError} where another process has the
 * folder, and an Error that names host and reason, never the password, where the server cannot be reached.
 */
export async function openDatabase({ url, dataDir, logger }: DatabaseOptions): Promise<Database> {
  return url === undefined ? openEmbeddedDatabase(dataDir, logger) : openPostgresDatabase(url, logger);
}

export { DatabaseLockedError } from './folder-lock.js';

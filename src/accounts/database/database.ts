import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as tables from './tables.js';

/**
 * The tables, typed, over either driver; a transaction is one too. The embedded database has one connection: inside
 * `transaction(async (tx) => …)` everything goes through `tx`, since a query on the outer one would wait for itself.
 */
export type DrizzleDatabase = PgDatabase<PgQueryResultHKT, typeof tables>;

/** An open database whose migrations have run. */
export interface Database {
  readonly db: DrizzleDatabase;
  /** Drawn by the first migration: two gateways with the same id share their people. */
  readonly id: string;
  readonly kind: 'pglite' | 'postgres';
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Waits for what is under way; a second call does nothing more. Until then the process does not end by itself. */
  close(): Promise<void>;
}

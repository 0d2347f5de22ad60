import { relations, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { ACCOUNT_TIERS } from '../account-tier.js';

// After a change here: npx drizzle-kit generate --name what-changes. A test compares the tables with the migrations.

/** Milliseconds, as a Date has them: what is written is what is read back. */
const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

/** One row, inserted by the first migration: what is cached of this database stands under its id. */
export const databaseIdentity = pgTable(
  'database_identity',
  {
    id: uuid('id').notNull().defaultRandom(),
    only: boolean('only').primaryKey().default(true),
  },
  (table) => [check('database_identity_only', sql`${table.only}`)],
);

export const accounts = pgTable(
  'accounts',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** In lower case: see normaliseEmail. */
    email: text('email').notNull().unique(),
    /** Algorithm, parameters, salt and hash: see password.ts. */
    passwordHash: text('password_hash').notNull(),
    tier: text('tier', { enum: ACCOUNT_TIERS }).notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [check('accounts_tier', sql`${table.tier} in ('AUTHENTICATED', 'PREMIUM', 'ADMIN')`)],
);

export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** SHA-256 of the token, base64url: who reads the table can't sign in with it. */
    tokenHash: text('token_hash').notNull().unique(),
    accountId: accountIdColumn(),
    createdAt: time('created_at').notNull(),
    lastUsedAt: time('last_used_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    userAgent: text('user_agent'),
  },
  (table) => [index('sessions_account').on(table.accountId)],
);

export const watchlists = pgTable(
  'watchlists',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    accountId: accountIdColumn(),
    name: text('name').notNull(),
    category: text('category'),
    active: boolean('active').notNull().default(true),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [index('watchlists_account').on(table.accountId)],
);

export const watchlistItems = pgTable(
  'watchlist_items',
  {
    watchlistId: uuid('watchlist_id')
      .notNull()
      .references(() => watchlists.id, { onDelete: 'cascade' }),
    /** Ascending in the order of the list, with gaps where a symbol was removed. */
    position: integer('position').notNull(),
    symbol: text('symbol').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.watchlistId, table.symbol] }),
    unique('watchlist_items_position').on(table.watchlistId, table.position),
  ],
);

/** Invalidations that wait to be raised: see ../outbox.ts. */
export const outbox = pgTable(
  'outbox',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** As people write them, without a namespace. */
    tags: text('tags').array().notNull(),
    kind: text('kind', { enum: ['hard', 'soft'] }).notNull(),
  },
  (table) => [check('outbox_kind', sql`${table.kind} in ('hard', 'soft')`)],
);

export const watchlistRelations = relations(watchlists, ({ many }) => ({ items: many(watchlistItems) }));

export const watchlistItemRelations = relations(watchlistItems, ({ one }) => ({
  watchlist: one(watchlists, { fields: [watchlistItems.watchlistId], references: [watchlists.id] }),
}));

/** Private: what belongs to an account goes with it. */
function accountIdColumn() {
  return uuid('account_id')
    .notNull()
    .references(() => accounts.id, { onDelete: 'cascade' });
}

import { and, asc, count, eq, inArray, max } from 'drizzle-orm';
import type { Clock } from '../support/clock.js';
import { badInput } from '../support/gateway-error.js';
import { commit } from './commit.js';
import type { DrizzleDatabase } from './database/database.js';
import { accounts, watchlistItems, watchlists } from './database/tables.js';
import { notFound } from './not-found.js';
import { isUuid } from './uuid.js';

/** A named list of symbols, of one account. */
export interface Watchlist {
  readonly id: string;
  readonly name: string;
  readonly category: string | null;
  readonly active: boolean;
  /** In the order in which they were added, each once. */
  readonly symbols: readonly string[];
  readonly createdAt: Date;
  /** Later with every change, if only by a millisecond. */
  readonly updatedAt: Date;
}

export interface NewWatchlist {
  readonly name: string;
  readonly symbols?: readonly string[] | undefined;
  readonly category?: string | null | undefined;
}

/** What is undefined stays as it is; a category of null is none. */
export interface WatchlistChange {
  readonly name?: string | undefined;
  readonly category?: string | null | undefined;
  readonly active?: boolean | undefined;
}

export interface WatchlistFilter {
  readonly category?: string | undefined;
  readonly active?: boolean | undefined;
}

const LONGEST_NAME = 100;
const LONGEST_CATEGORY = 50;
const MOST_SYMBOLS = 500;
const MOST_LISTS = 100;

/**
 * The watchlists in the database. Every call is on behalf of an account and sees its lists alone: an id of another's is
 * NOT_FOUND, as one that does not exist. Names, categories and sizes beyond the rules are BAD_USER_INPUT. Symbols are
 * kept as they come; they are validated before. A change ends `watchlists:ACCOUNT` and `watchlist:ID`.
 */
export class Watchlists {
  constructor(
    private readonly db: DrizzleDatabase,
    private readonly clock: Clock,
  ) {}

  /** The oldest first. */
  async list(accountId: string, { category, active }: WatchlistFilter = {}): Promise<readonly Watchlist[]> {
    const rows = await this.db.query.watchlists.findMany({
      where: and(
        eq(watchlists.accountId, accountId),
        category === undefined ? undefined : eq(watchlists.category, parseCategory(category)),
        active === undefined ? undefined : eq(watchlists.active, active),
      ),
      orderBy: [asc(watchlists.createdAt), asc(watchlists.id)],
      with: itemsInOrder,
    });
    return rows.map(toWatchlist);
  }

  async find(accountId: string, id: string): Promise<Watchlist | undefined> {
    if (!isUuid(id)) return undefined;
    const row = await this.db.query.watchlists.findFirst({ where: ownedBy(accountId, id), with: itemsInOrder });
    return row && toWatchlist(row);
  }

  async create(accountId: string, { name, symbols = [], category = null }: NewWatchlist): Promise<Watchlist> {
    const now = new Date(this.clock.now());
    const values = {
      accountId,
      name: parseName(name),
      category: category === null ? null : parseCategory(category),
      createdAt: now,
      updatedAt: now,
    };
    const unique = parseSymbols(symbols);
    return commit(this.db, async (tx, ends) => {
      // Whoever else adds a list to this account waits here, so that the count below is right for both.
      const [owner] = await tx.select().from(accounts).where(eq(accounts.id, accountId)).for('no key update');
      if (!owner) throw notFound('account', accountId);
      const [lists] = await tx.select({ count: count() }).from(watchlists).where(eq(watchlists.accountId, accountId));
      const total = (lists?.count ?? 0) + 1;
      if (total > MOST_LISTS) throw badInput('watchlists', `an account has at most ${MOST_LISTS} of them`, total);
      const [created] = await tx.insert(watchlists).values(values).returning();
      if (!created) throw new Error('An insert of one watchlist returns one row, but got none.');
      await insertItems(tx, created.id, unique, 0);
      ends(...tagsOf(accountId, created.id));
      return toWatchlist({ ...created, items: unique.map((symbol) => ({ symbol })) });
    });
  }

  async update(accountId: string, id: string, { name, category, active }: WatchlistChange): Promise<Watchlist> {
    const given = {
      ...(name === undefined ? {} : { name: parseName(name) }),
      ...(category === undefined ? {} : { category: category === null ? null : parseCategory(category) }),
      ...(active === undefined ? {} : { active }),
    };
    return this.change(accountId, id, async (_tx, list) => ({ ...list, ...given }));
  }

  async delete(accountId: string, id: string): Promise<void> {
    if (!isUuid(id)) throw notFound('watchlist', id);
    await commit(this.db, async (tx, ends) => {
      const deleted = await tx.delete(watchlists).where(ownedBy(accountId, id)).returning({ id: watchlists.id });
      if (deleted.length === 0) throw notFound('watchlist', id);
      ends(...tagsOf(accountId, id));
    });
  }

  /** Adds at the end what the list does not have yet. */
  async addSymbols(accountId: string, id: string, symbols: readonly string[]): Promise<Watchlist> {
    return this.change(accountId, id, async (tx, list) => {
      const all = parseSymbols([...list.symbols, ...symbols]);
      const [last] = await tx
        .select({ position: max(watchlistItems.position) })
        .from(watchlistItems)
        .where(eq(watchlistItems.watchlistId, id));
      await insertItems(tx, id, all.slice(list.symbols.length), (last?.position ?? -1) + 1);
      return { ...list, symbols: all };
    });
  }

  /** Removes what the list has of them. */
  async removeSymbols(accountId: string, id: string, symbols: readonly string[]): Promise<Watchlist> {
    return this.change(accountId, id, async (tx, list) => {
      const removed = [...new Set(symbols)].filter((symbol) => list.symbols.includes(symbol));
      await tx
        .delete(watchlistItems)
        .where(and(eq(watchlistItems.watchlistId, id), inArray(watchlistItems.symbol, removed)));
      return { ...list, symbols: list.symbols.filter((symbol) => !removed.includes(symbol)) };
    });
  }

  /**
   * Private: reads a list under a lock, so that changes of one list come one after the other, has it changed and moves
   * `updatedAt`. A change that changes nothing leaves `updatedAt` as it was, and ends nothing.
   */
  private async change(
    accountId: string,
    id: string,
    apply: (tx: DrizzleDatabase, list: Watchlist) => Promise<Watchlist>,
  ): Promise<Watchlist> {
    if (!isUuid(id)) throw notFound('watchlist', id);
    return commit(this.db, async (tx, ends) => {
      const [row] = await tx.select().from(watchlists).where(ownedBy(accountId, id)).for('update');
      if (!row) throw notFound('watchlist', id);
      // A statement of its own, after the lock: the one that waited for it has the items of before.
      const items = await tx
        .select()
        .from(watchlistItems)
        .where(eq(watchlistItems.watchlistId, id))
        .orderBy(asc(watchlistItems.position));
      const list = toWatchlist({ ...row, items });
      const changed = await apply(tx, list);
      if (isSame(list, changed)) return list;
      const { name, category, active } = changed;
      const updatedAt = new Date(Math.max(this.clock.now(), list.updatedAt.getTime() + 1));
      await tx.update(watchlists).set({ name, category, active, updatedAt }).where(eq(watchlists.id, id));
      ends(...tagsOf(accountId, id));
      return { ...changed, updatedAt };
    });
  }
}

/** Private */
const itemsInOrder = {
  items: { columns: { symbol: true }, orderBy: asc(watchlistItems.position) },
} as const;

/** Private */
function ownedBy(accountId: string, id: string) {
  return and(eq(watchlists.accountId, accountId), eq(watchlists.id, id));
}

/** Private: where a list is shown. */
function tagsOf(accountId: string, id: string): readonly string[] {
  return [`watchlists:${accountId}`, `watchlist:${id}`];
}

/** Private */
async function insertItems(db: DrizzleDatabase, watchlistId: string, symbols: readonly string[], from: number) {
  if (symbols.length === 0) return;
  const rows = symbols.map((symbol, index) => ({ watchlistId, symbol, position: from + index }));
  await db.insert(watchlistItems).values(rows);
}

/** Private */
function toWatchlist(
  row: typeof watchlists.$inferSelect & { readonly items: readonly { readonly symbol: string }[] },
): Watchlist {
  const { id, name, category, active, createdAt, updatedAt, items } = row;
  return { id, name, category, active, createdAt, updatedAt, symbols: items.map((item) => item.symbol) };
}

/** Private: lists only grow at the end or shrink, so equal lengths are equal symbols. */
function isSame(a: Watchlist, b: Watchlist): boolean {
  return (
    a.name === b.name && a.category === b.category && a.active === b.active && a.symbols.length === b.symbols.length
  );
}

/** Private */
function parseName(name: string): string {
  return parseText('name', name, LONGEST_NAME);
}

/** Private */
function parseCategory(category: string): string {
  return parseText('category', category, LONGEST_CATEGORY);
}

/** Private: control characters are refused because Postgres can't store a NUL, and nobody means the others. */
function parseText(argument: string, text: string, longest: number): string {
  const trimmed = text.trim();
  const length = [...trimmed].length;
  if (length < 1 || length > longest || /\p{Cc}/u.test(trimmed)) {
    throw badInput(argument, `must have 1 to ${longest} characters, none of them a control character`, text);
  }
  return trimmed;
}

/** Private: each once, in the order of their first appearance. */
function parseSymbols(symbols: readonly string[]): readonly string[] {
  const unique = [...new Set(symbols)];
  if (unique.length > MOST_SYMBOLS) {
    throw badInput('symbols', `a watchlist holds at most ${MOST_SYMBOLS} different symbols`, unique.length);
  }
  return unique;
}

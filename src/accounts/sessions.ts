import { randomBytes } from 'node:crypto';
import { and, desc, eq, gt, lte } from 'drizzle-orm';
import type { Clock } from '../support/clock.js';
import { durationMs } from '../support/duration.js';
import { hash } from '../support/hash.js';
import { type Account, accountColumns } from './accounts.js';
import { commit } from './commit.js';
import type { DrizzleDatabase } from './database/database.js';
import { accounts, sessions } from './database/tables.js';
import { notFound } from './not-found.js';
import { isUuid } from './uuid.js';

/** A sign-in of an account, from one device. */
export interface Session {
  readonly id: string;
  readonly accountId: string;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastUsedAt: Date;
  /** 24 h after `createdAt`, however much it is used. */
  readonly expiresAt: Date;
  readonly userAgent: string | null;
}

const LIFETIME_MS = durationMs('24h');
const TOUCH_EVERY_MS = durationMs('1m');
const TOKEN_BYTES = 32;
const LONGEST_USER_AGENT = 300;
/** A whole SHA-256 in base64url. */
const HASH_LENGTH = 43;

const sessionColumns = {
  id: sessions.id,
  accountId: sessions.accountId,
  createdAt: sessions.createdAt,
  lastUsedAt: sessions.lastUsedAt,
  expiresAt: sessions.expiresAt,
  userAgent: sessions.userAgent,
};

/** What the database keeps of a token. A token has 256 random bits: a fast hash is enough, nothing can be guessed. */
export function hashToken(token: string): string {
  return hash(token, HASH_LENGTH);
}

/** The sessions in the database. The end of one ends `session:ID`; a new one ends nothing, since nobody can have asked for it yet. */
export class Sessions {
  constructor(
    private readonly db: DrizzleDatabase,
    private readonly clock: Clock,
  ) {}

  /** A new session and its token, which is never to be seen again. Expired sessions of the account are removed. */
  async create(
    accountId: string,
    userAgent: string | null,
  ): Promise<{ readonly token: string; readonly session: Session }> {
    const now = this.clock.now();
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const row = {
      tokenHash: hashToken(token),
      accountId,
      createdAt: new Date(now),
      lastUsedAt: new Date(now),
      expiresAt: new Date(now + LIFETIME_MS),
      userAgent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
    };
    await this.db
      .delete(sessions)
      .where(and(eq(sessions.accountId, accountId), lte(sessions.expiresAt, new Date(now))));
    const [session] = await this.db.insert(sessions).values(row).returning(sessionColumns);
    if (!session) throw new Error('An insert of one session returns one row, but got none.');
    return { token, session };
  }

  /** The live session of a token with its account; undefined where there is none or it has expired. */
  async find(token: string): Promise<{ readonly session: Session; readonly account: Account } | undefined> {
    return this.findByTokenHash(hashToken(token));
  }

  /** As `find`, for who keeps only {@link hashToken} of the token. */
  async findByTokenHash(
    tokenHash: string,
  ): Promise<{ readonly session: Session; readonly account: Account } | undefined> {
    const [found] = await this.db
      .select({ session: sessionColumns, account: accountColumns })
      .from(sessions)
      .innerJoin(accounts, eq(accounts.id, sessions.accountId))
      .where(and(eq(sessions.tokenHash, tokenHash), gt(sessions.expiresAt, new Date(this.clock.now()))));
    return found;
  }

  /** The live sessions of an account, the one last used first. */
  async list(accountId: string): Promise<readonly Session[]> {
    return this.db
      .select(sessionColumns)
      .from(sessions)
      .where(and(eq(sessions.accountId, accountId), gt(sessions.expiresAt, new Date(this.clock.now()))))
      .orderBy(desc(sessions.lastUsedAt), desc(sessions.id));
  }

  /** Ends a session, whosever it is; false where there is none with this id. */
  async delete(id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    return commit(this.db, async (tx, ends) => {
      const deleted = await tx.delete(sessions).where(eq(sessions.id, id)).returning({ id: sessions.id });
      // Also of one that is gone: who asks may have been let in by a cached copy, which must not outlive his logout.
      ends(`session:${id}`);
      return deleted.length > 0;
    });
  }

  /** Ends a session of this account; NOT_FOUND where it has none with this id. */
  async revoke(accountId: string, id: string): Promise<void> {
    if (!isUuid(id)) throw notFound('session', id);
    await commit(this.db, async (tx, ends) => {
      const own = and(eq(sessions.accountId, accountId), eq(sessions.id, id));
      const deleted = await tx.delete(sessions).where(own).returning({ id: sessions.id });
      if (deleted.length === 0) throw notFound('session', id);
      ends(`session:${id}`);
    });
  }

  /** Notes that the session is in use, at most once a minute: the other calls cost nothing. Answers whether it wrote. */
  async touch({ id, lastUsedAt }: Pick<Session, 'id' | 'lastUsedAt'>): Promise<boolean> {
    const now = this.clock.now();
    const due = new Date(now - TOUCH_EVERY_MS);
    if (lastUsedAt > due) return false;
    // What was handed in may be a cached copy, whose session has been touched since.
    const touched = await this.db
      .update(sessions)
      .set({ lastUsedAt: new Date(now) })
      .where(and(eq(sessions.id, id), lte(sessions.lastUsedAt, due)))
      .returning({ id: sessions.id });
    return touched.length > 0;
  }
}

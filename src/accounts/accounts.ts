import { eq, type SQL } from 'drizzle-orm';
import type { Clock } from '../support/clock.js';
import { badInput, GatewayError } from '../support/gateway-error.js';
import type { AccountTier } from './account-tier.js';
import { commit } from './commit.js';
import type { DrizzleDatabase } from './database/database.js';
import { accounts, sessions } from './database/tables.js';
import { notFound } from './not-found.js';
import { decoyPasswordHash, hashPassword, matchesPassword } from './password.js';
import { isUuid } from './uuid.js';

/** Somebody who can sign in. */
export interface Account {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  readonly tier: AccountTier;
  readonly createdAt: Date;
}

export interface NewAccount {
  readonly email: string;
  readonly password: string;
  readonly tier: AccountTier;
}

/** The columns that make an {@link Account}: all but the password. */
export const accountColumns = {
  id: accounts.id,
  email: accounts.email,
  tier: accounts.tier,
  createdAt: accounts.createdAt,
};

/** The accounts in the database. E-mail addresses are compared without regard to case. A change ends `account:ID`, which all its sessions carry. */
export class Accounts {
  constructor(
    private readonly db: DrizzleDatabase,
    private readonly clock: Clock,
  ) {}

  /** BAD_USER_INPUT for what is no e-mail address, for one that has an account already and for an empty password. */
  async create(account: NewAccount): Promise<Account> {
    const created = await this.createUnlessTaken(account);
    if (!created) throw badInput('email', 'must be one that has no account yet', account.email);
    return created;
  }

  /** As `create`, but undefined where the address has an account already: for who starts at the same time as others. */
  async createUnlessTaken({ email, password, tier }: NewAccount): Promise<Account | undefined> {
    const row = {
      email: parseEmail(email),
      passwordHash: await hashPassword(parsePassword(password)),
      tier,
      createdAt: new Date(this.clock.now()),
    };
    const [created] = await this.db.insert(accounts).values(row).onConflictDoNothing().returning(accountColumns);
    return created;
  }

  async find(id: string): Promise<Account | undefined> {
    if (!isUuid(id)) return undefined;
    const [account] = await this.db.select(accountColumns).from(accounts).where(eq(accounts.id, id));
    return account;
  }

  async findByEmail(email: string): Promise<Account | undefined> {
    return (await this.findWithPassword(email))?.account;
  }

  /**
   * The account of this e-mail address and password. UNAUTHENTICATED otherwise, in the same time and the same words
   * whether it is the address or the password that is wrong: nobody learns who has an account.
   */
  async verifyPassword(email: string, password: string): Promise<Account> {
    const found = await this.findWithPassword(email);
    const matches = await matchesPassword(password, found?.passwordHash ?? decoyPasswordHash);
    if (!found || !matches) throw new GatewayError('UNAUTHENTICATED', 'The e-mail address or the password is wrong.');
    return found.account;
  }

  /** Ends all sessions of the account too: who changes a password may fear that another knows the old one. NOT_FOUND. */
  async setPassword(id: string, password: string): Promise<void> {
    const passwordHash = await hashPassword(parsePassword(password));
    await this.change(id, async (tx, own) => {
      const changed = await tx.update(accounts).set({ passwordHash }).where(own).returning({ id: accounts.id });
      await tx.delete(sessions).where(eq(sessions.accountId, id));
      return changed;
    });
  }

  /** NOT_FOUND. */
  async setTier(id: string, tier: AccountTier): Promise<void> {
    await this.change(id, (tx, own) => tx.update(accounts).set({ tier }).where(own).returning({ id: accounts.id }));
  }

  /** Removes the account with all that belongs to it. NOT_FOUND. */
  async remove(id: string): Promise<void> {
    await this.change(id, (tx, own) => tx.delete(accounts).where(own).returning({ id: accounts.id }));
  }

  /** Private: `write` answers the rows that it changed; none at all is NOT_FOUND. */
  private async change(
    id: string,
    write: (tx: DrizzleDatabase, own: SQL) => Promise<readonly unknown[]>,
  ): Promise<void> {
    const own = eq(accounts.id, parseId(id));
    await commit(this.db, async (tx, ends) => {
      const changed = await write(tx, own);
      if (changed.length === 0) throw notFound('account', id);
      ends(`account:${id}`);
    });
  }

  /** Private */
  private async findWithPassword(email: string) {
    if (!isEmail(email)) return undefined;
    const [found] = await this.db
      .select({ account: accountColumns, passwordHash: accounts.passwordHash })
      .from(accounts)
      .where(eq(accounts.email, normaliseEmail(email)));
    return found;
  }
}

/** Private */
function normaliseEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

/** Private: enough to catch a slip and what the database can't store; whether mail arrives is not known here. */
function isEmail(email: string): boolean {
  return email.length <= 254 && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(email.trim());
}

/** Private */
function parseEmail(email: string): string {
  if (!isEmail(email)) throw badInput('email', 'must be an e-mail address of at most 254 characters', email);
  return normaliseEmail(email);
}

/** Private: the error must not repeat the password. */
function parsePassword(password: string): string {
  if (password === '') throw badInput('password', 'must not be empty', password);
  return password;
}

/** Private */
function parseId(id: string): string {
  if (!isUuid(id)) throw notFound('account', id);
  return id;
}

import { eq } from 'drizzle-orm';
import { beforeEach, expect, it } from 'vitest';
import { type Account, Accounts } from '../../src/accounts/accounts.js';
import { sessions as sessionsTable } from '../../src/accounts/database/tables.js';
import { hashToken, Sessions } from '../../src/accounts/sessions.js';
import { describeOnEachDatabase } from './on-each-database.js';
import { outboxTags } from './outbox-rows.js';

const START = Date.UTC(2026, 0, 15, 9, 30);
const DAY_MS = 86_400_000;
const ada = { email: 'ada@example.org', password: 'correct horse', tier: 'AUTHENTICATED' } as const;
const anId: unknown = expect.any(String);
const NOBODY = '00000000-0000-4000-8000-000000000000';

describeOnEachDatabase('Sessions', (database) => {
  let now: number;
  let account: Account;
  const clock = { now: () => now, monotonic: () => now };
  const sessions = () => new Sessions(database().db, clock);

  beforeEach(async () => {
    now = START;
    account = await new Accounts(database().db, clock).create(ada);
  });

  it('creates a session of 24 hours and finds it with its account by the token', async () => {
    const { token, session } = await sessions().create(account.id, 'Firefox');
    expect(session).toEqual({
      id: anId,
      accountId: account.id,
      createdAt: new Date(START),
      lastUsedAt: new Date(START),
      expiresAt: new Date(START + DAY_MS),
      userAgent: 'Firefox',
    });
    expect(await sessions().find(token)).toEqual({ session, account });
    expect(await sessions().findByTokenHash(hashToken(token))).toEqual({ session, account });
  });

  it('draws tokens of 32 bytes and keeps their hashes alone', async () => {
    const first = await sessions().create(account.id, null);
    const second = await sessions().create(account.id, null);
    expect(first.token).toMatch(/^[\w-]{43}$/);
    expect(first.token).not.toBe(second.token);
    const rows = JSON.stringify(await database().db.select().from(sessionsTable));
    expect(rows).toContain(hashToken(first.token));
    expect(rows).not.toContain(first.token);
  });

  it.each(['', 'nonsense', 'a\0b', 'x'.repeat(10_000)])('finds nothing by the token %j', async (token) => {
    await sessions().create(account.id, null);
    expect(await sessions().find(token)).toBeUndefined();
  });

  it('forgets a session at the moment it expires', async () => {
    const { token } = await sessions().create(account.id, null);
    now = START + DAY_MS - 1;
    expect(await sessions().find(token)).toBeDefined();
    expect(await sessions().list(account.id)).toHaveLength(1);
    now = START + DAY_MS;
    expect(await sessions().find(token)).toBeUndefined();
    expect(await sessions().list(account.id)).toEqual([]);
  });

  it('removes expired sessions of the account when it signs in again', async () => {
    await sessions().create(account.id, 'old');
    now = START + DAY_MS;
    await sessions().create(account.id, 'new');
    const rows = await database().db.select().from(sessionsTable);
    expect(rows.map((row) => row.userAgent)).toEqual(['new']);
  });

  it('cuts a long user agent', async () => {
    const { session } = await sessions().create(account.id, 'x'.repeat(5_000));
    expect(session.userAgent).toBe('x'.repeat(300));
  });

  it('lists the sessions of an account alone, the one last used first', async () => {
    const other = await new Accounts(database().db, clock).create({ ...ada, email: 'other@example.org' });
    await sessions().create(other.id, 'other');
    const { session } = await sessions().create(account.id, 'phone');
    now += 60_000;
    await sessions().create(account.id, 'desk');
    now += 60_000;
    await sessions().touch(session);
    expect((await sessions().list(account.id)).map(({ userAgent }) => userAgent)).toEqual(['phone', 'desk']);
  });

  it('deletes a session and tells whether there was one', async () => {
    const { token, session } = await sessions().create(account.id, null);
    const { token: kept } = await sessions().create(account.id, null);
    expect(await sessions().delete(session.id)).toBe(true);
    expect(await sessions().find(token)).toBeUndefined();
    expect(await sessions().find(kept)).toBeDefined();
    expect(await sessions().delete(session.id)).toBe(false);
    expect(await sessions().delete('no id')).toBe(false);
  });

  it("revokes an account's own sessions, and finds no one else's", async () => {
    const other = await new Accounts(database().db, clock).create({ ...ada, email: 'other@example.org' });
    const { token, session } = await sessions().create(account.id, null);
    for (const id of [session.id, NOBODY, 'no id']) {
      await expect(sessions().revoke(other.id, id)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: `There is no session with the id "${id}".`,
      });
    }
    expect(await sessions().find(token)).toBeDefined();
    await sessions().revoke(account.id, session.id);
    expect(await sessions().find(token)).toBeUndefined();
  });

  it('notes the use of a session at most once a minute', async () => {
    const { session } = await sessions().create(account.id, null);
    const lastUsedAt = async () => {
      const [row] = await database().db.select().from(sessionsTable).where(eq(sessionsTable.id, session.id));
      return row?.lastUsedAt.getTime();
    };
    now = START + 59_999;
    expect(await sessions().touch(session)).toBe(false);
    expect(await lastUsedAt()).toBe(START);
    now = START + 60_000;
    expect(await sessions().touch(session)).toBe(true);
    expect(await lastUsedAt()).toBe(START + 60_000);
    now = START + 90_000;
    // The copy in hand is of the beginning, the database knows better.
    expect(await sessions().touch(session)).toBe(false);
    expect(await lastUsedAt()).toBe(START + 60_000);
  });

  it('leaves the end of a session in the outbox, also of one that is gone, and nothing of a new one', async () => {
    const [{ session: one }, { session: two }] = [
      await sessions().create(account.id, null),
      await sessions().create(account.id, null),
    ];
    expect(await outboxTags(database())).toEqual([]);
    await sessions().delete(one.id);
    await sessions().revoke(account.id, two.id);
    await sessions()
      .revoke(account.id, two.id)
      .catch(() => undefined);
    await sessions().delete(one.id);
    expect(await outboxTags(database())).toEqual([[`session:${one.id}`], [`session:${two.id}`], [`session:${one.id}`]]);
  });
});

import { expect, it } from 'vitest';
import { Accounts } from '../../src/accounts/accounts.js';
import { Sessions } from '../../src/accounts/sessions.js';
import { accounts as accountsTable } from '../../src/accounts/database/tables.js';
import { Watchlists } from '../../src/accounts/watchlists.js';
import { describeOnEachDatabase } from './on-each-database.js';
import { outboxTags } from './outbox-rows.js';

const NOW = Date.UTC(2026, 0, 15, 9, 30, 0, 123);
const clock = { now: () => NOW, monotonic: () => NOW };
const ada = { email: 'ada@example.org', password: 'correct horse', tier: 'PREMIUM' } as const;
const anId: unknown = expect.any(String);
const NOBODY = '00000000-0000-4000-8000-000000000000';

describeOnEachDatabase('Accounts', (database) => {
  const accounts = () => new Accounts(database().db, clock);

  it('creates an account and finds it by id and e-mail', async () => {
    const account = await accounts().create(ada);
    expect(account).toEqual({ id: anId, email: ada.email, tier: 'PREMIUM', createdAt: new Date(NOW) });
    expect(await accounts().find(account.id)).toEqual(account);
    expect(await accounts().findByEmail(ada.email)).toEqual(account);
  });

  it('compares e-mail addresses without regard to case and to space around them', async () => {
    const account = await accounts().create({ ...ada, email: ' Ada@Example.ORG ' });
    expect(account.email).toBe('ada@example.org');
    expect(await accounts().findByEmail('ADA@example.org ')).toEqual(account);
    await expect(accounts().create({ ...ada, email: 'ADA@EXAMPLE.ORG' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'email: must be one that has no account yet, but got "ADA@EXAMPLE.ORG".',
    });
  });

  it('gives an address one account when two ask for it at the same time', async () => {
    const created = await Promise.all([accounts().createUnlessTaken(ada), accounts().createUnlessTaken(ada)]);
    expect(created.filter((account) => account !== undefined)).toHaveLength(1);
  });

  it.each([
    '',
    'ada',
    'ada@',
    '@example.org',
    'a b@example.org',
    'a@b@c',
    'a\0b@example.org',
    `${'a'.repeat(250)}@b.org`,
  ])('refuses %j as an e-mail address', async (email) => {
    await expect(accounts().create({ ...ada, email })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { argument: 'email' },
    });
    expect(await accounts().findByEmail(email)).toBeUndefined();
  });

  it('refuses an empty password', async () => {
    await expect(accounts().create({ ...ada, password: '' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('finds nobody by what is no id', async () => {
    expect(await accounts().find('1 or 1=1')).toBeUndefined();
    expect(await accounts().find(NOBODY)).toBeUndefined();
  });

  it('keeps a salted hash with its parameters, never the password', async () => {
    await accounts().create(ada);
    await accounts().create({ ...ada, email: 'twin@example.org' });
    const hashes = (await database().db.select().from(accountsTable)).map((row) => row.passwordHash);
    expect(hashes[0]).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('answers the account of the right e-mail address and password', async () => {
    const account = await accounts().create(ada);
    expect(await accounts().verifyPassword('Ada@example.org', ada.password)).toEqual(account);
  });

  it('says the same of a wrong password and of an unknown e-mail address', async () => {
    await accounts().create(ada);
    const wrong = { code: 'UNAUTHENTICATED', message: 'The e-mail address or the password is wrong.', details: {} };
    await expect(accounts().verifyPassword(ada.email, 'Correct horse')).rejects.toMatchObject(wrong);
    await expect(accounts().verifyPassword('eve@example.org', ada.password)).rejects.toMatchObject(wrong);
    await expect(accounts().verifyPassword('no address', ada.password)).rejects.toMatchObject(wrong);
    await expect(accounts().verifyPassword('eve@example.org', '')).rejects.toMatchObject(wrong);
  });

  it('spends the time of a hash on an unknown e-mail address too', async () => {
    await accounts().create(ada);
    const known = await fastest(() => accounts().verifyPassword(ada.email, 'wrong'));
    const unknown = await fastest(() => accounts().verifyPassword('eve@example.org', 'wrong'));
    // Without a hash it would be a hundredth: a quarter leaves room for a busy machine.
    expect(unknown).toBeGreaterThan(known / 4);
  });

  it('changes a password and ends the sessions of its account alone', async () => {
    const account = await accounts().create(ada);
    const other = await accounts().create({ ...ada, email: 'other@example.org' });
    const sessions = new Sessions(database().db, clock);
    const ended = await sessions.create(account.id, null);
    const kept = await sessions.create(other.id, null);
    await accounts().setPassword(account.id, 'battery staple');
    await expect(accounts().verifyPassword(ada.email, ada.password)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await accounts().verifyPassword(ada.email, 'battery staple')).toEqual(account);
    expect(await accounts().verifyPassword(other.email, ada.password)).toEqual(other);
    expect(await sessions.find(ended.token)).toBeUndefined();
    expect(await sessions.find(kept.token)).toBeDefined();
  });

  it('changes a tier', async () => {
    const { id } = await accounts().create(ada);
    await accounts().setTier(id, 'ADMIN');
    expect((await accounts().find(id))?.tier).toBe('ADMIN');
  });

  it('removes an account with its sessions and watchlists', async () => {
    const { id } = await accounts().create(ada);
    const sessions = new Sessions(database().db, clock);
    const watchlists = new Watchlists(database().db, clock);
    const { token } = await sessions.create(id, null);
    await watchlists.create(id, { name: 'Mine', symbols: ['BTC-USD'] });
    await accounts().remove(id);
    expect(await accounts().find(id)).toBeUndefined();
    expect(await sessions.find(token)).toBeUndefined();
    expect(await watchlists.list(id)).toEqual([]);
  });

  it.each([NOBODY, 'no id'])('has no account %j to change or remove', async (id) => {
    const missing = { code: 'NOT_FOUND', message: `There is no account with the id "${id}".` };
    await expect(accounts().setPassword(id, 'battery staple')).rejects.toMatchObject(missing);
    await expect(accounts().setTier(id, 'ADMIN')).rejects.toMatchObject(missing);
    await expect(accounts().remove(id)).rejects.toMatchObject(missing);
  });

  it('leaves what a change ends in the outbox, and nothing of a new account or of one that is not there', async () => {
    const { id } = await accounts().create(ada);
    await accounts()
      .setTier(NOBODY, 'ADMIN')
      .catch(() => undefined);
    expect(await outboxTags(database())).toEqual([]);
    await accounts().setPassword(id, 'battery staple');
    await accounts().setTier(id, 'ADMIN');
    await accounts().remove(id);
    expect(await outboxTags(database())).toEqual(Array(3).fill([`account:${id}`]));
  });
});

/** Private: the shortest of three, in milliseconds. */
async function fastest(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < 3; count++) {
    const start = performance.now();
    await run().catch(() => undefined);
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { commit } from '../../src/accounts/commit.js';
import type { DrizzleDatabase } from '../../src/accounts/database/database.js';
import { accounts } from '../../src/accounts/database/tables.js';
import type { OutboxRow } from '../../src/cache/outbox.js';
import { gatherRows } from '../../src/cache/unit-of-work.js';
import { describeOnEachDatabase } from './on-each-database.js';
import { outboxRows, outboxTags } from './outbox-rows.js';

const ada = { email: 'ada@example.org', passwordHash: 'x', tier: 'ADMIN', createdAt: new Date(0) } as const;

describeOnEachDatabase('commit', (database) => {
  const addAda = (db: DrizzleDatabase) => db.insert(accounts).values(ada);
  const isThere = async () =>
    (await database().db.select().from(accounts).where(eq(accounts.email, ada.email))).length === 1;

  it('leaves the tags with the data, in one row, and answers what the write does', async () => {
    const value = await commit(database().db, async (tx, ends) => {
      await addAda(tx);
      ends('account:1', 'session:2');
      ends('watchlist:3');
      return 'written';
    });
    expect([value, await isThere()]).toEqual(['written', true]);
    expect(await outboxRows(database())).toEqual([
      { id: expect.any(Number) as number, tags: ['account:1', 'session:2', 'watchlist:3'], kind: 'hard' },
    ]);
  });

  it('leaves neither tags nor data where the write fails', async () => {
    const rows: OutboxRow[] = [];
    const failing = gatherRows(rows, () =>
      commit(database().db, async (tx, ends) => {
        await addAda(tx);
        ends('account:1');
        throw new Error('on second thoughts');
      }),
    );
    await expect(failing).rejects.toThrow('on second thoughts');
    expect([await isThere(), await outboxTags(database()), rows]).toEqual([false, [], []]);
  });

  it('leaves no data where the tags can not be left', async () => {
    const failing = commit(database().db, async (tx, ends) => {
      await addAda(tx);
      ends('no text of Postgres: \0');
    });
    await expect(failing).rejects.toThrow();
    expect(await isThere()).toBe(false);
  });

  it('leaves no row of a write that ends nothing', async () => {
    await commit(database().db, (tx) => addAda(tx));
    expect(await outboxTags(database())).toEqual([]);
  });

  it('says which row it left to who gathers, once it is committed, and to nobody else', async () => {
    const one: OutboxRow[] = [];
    const two: OutboxRow[] = [];
    const write = (tag: string, seen: OutboxRow[] = []) =>
      commit(database().db, async (_tx, ends) => {
        ends(tag);
        expect(seen).toEqual([]);
      });
    await Promise.all([
      gatherRows(one, () => write('a:1', one)),
      gatherRows(two, async () => {
        await write('b:1', two);
        await write('b:2');
      }),
      write('c:1'),
    ]);
    const kept = await outboxRows(database());
    const rowOf = (tag: string) => ({ id: kept.find(({ tags }) => tags[0] === tag)?.id, tags: [tag] });
    expect([one, two]).toEqual([[rowOf('a:1')], [rowOf('b:1'), rowOf('b:2')]]);
    expect(kept).toHaveLength(4);
  });

  it('goes with an outer transaction', async () => {
    await database()
      .db.transaction(async (tx) => {
        await commit(tx, async (inner, ends) => {
          await addAda(inner);
          ends('account:1');
        });
        tx.rollback();
      })
      .catch(() => undefined);
    expect([await isThere(), await outboxTags(database())]).toEqual([false, []]);
  });
});

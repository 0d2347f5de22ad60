import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { Accounts } from '../../src/accounts/accounts.js';
import { watchlistItems } from '../../src/accounts/database/tables.js';
import { type Watchlist, Watchlists } from '../../src/accounts/watchlists.js';
import { describeOnEachDatabase } from './on-each-database.js';
import { outboxTags } from './outbox-rows.js';

const START = Date.UTC(2026, 0, 15, 9, 30);
const anId: unknown = expect.any(String);
const NOBODY = '00000000-0000-4000-8000-000000000000';

describeOnEachDatabase('Watchlists', (database) => {
  let now: number;
  let ada: string;
  let eve: string;
  const clock = { now: () => now, monotonic: () => now };
  const watchlists = () => new Watchlists(database().db, clock);

  beforeEach(async () => {
    now = START;
    const accounts = new Accounts(database().db, clock);
    const account = { password: 'x', tier: 'AUTHENTICATED' } as const;
    ada = (await accounts.create({ ...account, email: 'ada@example.org' })).id;
    eve = (await accounts.create({ ...account, email: 'eve@example.org' })).id;
  });

  it('creates a list and finds it again', async () => {
    const list = await watchlists().create(ada, {
      name: ' Majors ',
      symbols: ['ETH-USD', 'BTC-USD'],
      category: 'crypto',
    });
    expect(list).toEqual({
      id: anId,
      name: 'Majors',
      category: 'crypto',
      active: true,
      symbols: ['ETH-USD', 'BTC-USD'],
      createdAt: new Date(START),
      updatedAt: new Date(START),
    });
    expect(await watchlists().find(ada, list.id)).toEqual(list);
    expect(await watchlists().find(ada, list.id.toUpperCase())).toEqual(list);
  });

  it('creates an empty list without a category', async () => {
    const list = await watchlists().create(ada, { name: 'Empty' });
    expect(list).toMatchObject({ symbols: [], category: null });
    expect(await watchlists().find(ada, list.id)).toEqual(list);
  });

  it('lists the oldest first, by category, by activity and by both', async () => {
    const names = async (filter?: { category?: string; active?: boolean }) =>
      (await watchlists().list(ada, filter)).map((list) => list.name);
    const add = async (name: string, category: string | null, active: boolean) => {
      now += 1;
      const { id } = await watchlists().create(ada, { name, category, symbols: [`${name}-2`, `${name}-1`] });
      await watchlists().update(ada, id, { active });
    };
    await add('one', 'crypto', true);
    await add('two', 'crypto', false);
    await add('three', null, true);
    expect(await names()).toEqual(['one', 'two', 'three']);
    expect(await names({ category: 'crypto' })).toEqual(['one', 'two']);
    expect(await names({ category: ' crypto ' })).toEqual(['one', 'two']);
    expect(await names({ active: true })).toEqual(['one', 'three']);
    expect(await names({ category: 'crypto', active: false })).toEqual(['two']);
    expect(await names({ category: 'stocks' })).toEqual([]);
    expect((await watchlists().list(ada))[1]?.symbols).toEqual(['two-2', 'two-1']);
    expect(await watchlists().list(eve)).toEqual([]);
  });

  it('changes what is given and leaves the rest', async () => {
    const { id } = await watchlists().create(ada, { name: 'Majors', category: 'crypto', symbols: ['BTC-USD'] });
    expect(await watchlists().update(ada, id, { name: ' Coins' })).toMatchObject({ name: 'Coins', category: 'crypto' });
    expect(await watchlists().update(ada, id, { active: false })).toMatchObject({ name: 'Coins', active: false });
    expect(await watchlists().update(ada, id, { category: null })).toMatchObject({ category: null, active: false });
    const changed = await watchlists().update(ada, id, { name: 'All', category: 'x', active: true });
    expect(changed).toMatchObject({ name: 'All', category: 'x', active: true, symbols: ['BTC-USD'] });
    expect(await watchlists().find(ada, id)).toEqual(changed);
  });

  it('deletes a list with its symbols', async () => {
    const { id } = await watchlists().create(ada, { name: 'Majors', symbols: ['BTC-USD'] });
    const kept = await watchlists().create(ada, { name: 'Kept' });
    await watchlists().delete(ada, id);
    expect(await watchlists().list(ada)).toEqual([kept]);
    expect(await database().db.select().from(watchlistItems)).toEqual([]);
  });

  it('adds what a list does not have, at its end and once', async () => {
    const { id } = await watchlists().create(ada, { name: 'Majors', symbols: ['BTC-USD', 'ETH-USD', 'BTC-USD'] });
    const changed = await watchlists().addSymbols(ada, id, ['SOL-USD', 'BTC-USD', 'ADA-USD', 'SOL-USD']);
    expect(changed.symbols).toEqual(['BTC-USD', 'ETH-USD', 'SOL-USD', 'ADA-USD']);
    expect(await watchlists().find(ada, id)).toEqual(changed);
  });

  it('removes what a list has, and keeps the order of the rest and of what comes after', async () => {
    const { id } = await watchlists().create(ada, { name: 'Majors', symbols: ['A', 'B', 'C'] });
    expect((await watchlists().removeSymbols(ada, id, ['B', 'X', 'B'])).symbols).toEqual(['A', 'C']);
    expect((await watchlists().addSymbols(ada, id, ['B'])).symbols).toEqual(['A', 'C', 'B']);
    expect((await watchlists().removeSymbols(ada, id, ['A', 'B', 'C'])).symbols).toEqual([]);
    const changed = await watchlists().addSymbols(ada, id, ['Z', 'Y']);
    expect(await watchlists().find(ada, id)).toEqual(changed);
    expect(changed.symbols).toEqual(['Z', 'Y']);
  });

  it('moves updatedAt with every change, even within one millisecond, and createdAt never', async () => {
    const created = await watchlists().create(ada, { name: 'Majors' });
    const { id } = created;
    const changes = [
      await watchlists().update(ada, id, { name: 'Coins' }),
      await watchlists().addSymbols(ada, id, ['A', 'B']),
      await watchlists().removeSymbols(ada, id, ['A']),
    ];
    now -= 60_000;
    changes.push(await watchlists().update(ada, id, { active: false }));
    now += 600_000;
    changes.push(await watchlists().update(ada, id, { category: 'crypto' }));
    expect(changes.map((list) => list.updatedAt.getTime() - START)).toEqual([1, 2, 3, 4, 540_000]);
    expect(await watchlists().find(ada, id)).toMatchObject({ createdAt: created.createdAt, ...changes.at(-1) });
  });

  it('leaves updatedAt where nothing changes', async () => {
    const list = await watchlists().create(ada, { name: 'Majors', symbols: ['A'], category: 'crypto' });
    now += 1_000;
    expect(await watchlists().update(ada, list.id, {})).toEqual(list);
    expect(await watchlists().update(ada, list.id, { name: 'Majors', category: 'crypto', active: true })).toEqual(list);
    expect(await watchlists().addSymbols(ada, list.id, ['A'])).toEqual(list);
    expect(await watchlists().removeSymbols(ada, list.id, ['B'])).toEqual(list);
    expect(await watchlists().removeSymbols(ada, list.id, [])).toEqual(list);
    expect(await watchlists().find(ada, list.id)).toEqual(list);
  });

  it('loses nothing that is added and removed at the same time', async () => {
    const { id } = await watchlists().create(ada, { name: 'Majors', symbols: ['X', 'Y'] });
    const added = Array.from({ length: 20 }, (_, index) => `S${index}`);
    await Promise.all([
      ...added.map((symbol) => watchlists().addSymbols(ada, id, [symbol, 'SHARED'])),
      watchlists().removeSymbols(ada, id, ['X', 'Y']),
      watchlists().update(ada, id, { name: 'Coins' }),
    ]);
    const list = await watchlists().find(ada, id);
    expect([...(list?.symbols ?? [])].sort()).toEqual([...added, 'SHARED'].sort());
    expect(list?.name).toBe('Coins');
    const items = await database()
      .db.select()
      .from(watchlistItems)
      .where(eq(watchlistItems.watchlistId, id))
      .orderBy(asc(watchlistItems.position));
    expect(items.map((item) => item.symbol)).toEqual(list?.symbols);
  });

  it("finds no one else's list, under any name for it", async () => {
    const list = await watchlists().create(ada, { name: 'Mine', symbols: ['A'] });
    for (const id of [list.id, NOBODY, 'no id', `${list.id}'`]) {
      const missing = { code: 'NOT_FOUND', message: `There is no watchlist with the id "${id}".` };
      expect(await watchlists().find(eve, id)).toBeUndefined();
      await expect(watchlists().update(eve, id, { name: 'Yours' })).rejects.toMatchObject(missing);
      await expect(watchlists().addSymbols(eve, id, ['B'])).rejects.toMatchObject(missing);
      await expect(watchlists().removeSymbols(eve, id, ['A'])).rejects.toMatchObject(missing);
      await expect(watchlists().delete(eve, id)).rejects.toMatchObject(missing);
    }
    expect(await watchlists().find(ada, list.id)).toEqual(list);
  });

  it('makes no list for an account that is gone', async () => {
    await expect(watchlists().create(NOBODY, { name: 'Mine' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  describe('its limits', () => {
    let list: Watchlist;
    beforeEach(async () => {
      list = await watchlists().create(ada, { name: 'Mine', symbols: ['A'] });
    });

    it('takes a name of 1 to 100 characters after trimming, whatever their bytes', async () => {
      const longest = '🌊'.repeat(100);
      expect((await watchlists().create(ada, { name: ` ${longest} ` })).name).toBe(longest);
      for (const name of ['', ' \t ', 'x'.repeat(101), 'a\0b', 'a\nb']) {
        const refused = {
          code: 'BAD_USER_INPUT',
          details: { argument: 'name', rule: 'must have 1 to 100 characters, none of them a control character' },
        };
        await expect(watchlists().create(ada, { name })).rejects.toMatchObject(refused);
        await expect(watchlists().update(ada, list.id, { name })).rejects.toMatchObject(refused);
      }
      expect(await watchlists().find(ada, list.id)).toEqual(list);
    });

    it('takes a category of 1 to 50 characters', async () => {
      expect((await watchlists().update(ada, list.id, { category: 'x'.repeat(50) })).category).toHaveLength(50);
      for (const category of ['', ' ', 'x'.repeat(51), 'a\0b']) {
        const refused = {
          code: 'BAD_USER_INPUT',
          details: { argument: 'category', rule: 'must have 1 to 50 characters, none of them a control character' },
        };
        await expect(watchlists().create(ada, { name: 'x', category })).rejects.toMatchObject(refused);
        await expect(watchlists().update(ada, list.id, { category })).rejects.toMatchObject(refused);
        await expect(watchlists().list(ada, { category })).rejects.toMatchObject(refused);
      }
    });

    it('holds at most 500 symbols, counted once each', async () => {
      const symbols = Array.from({ length: 501 }, (_, index) => `S${index}`);
      const refused = {
        code: 'BAD_USER_INPUT',
        message: 'symbols: a watchlist holds at most 500 different symbols, but got 501.',
      };
      await expect(watchlists().create(ada, { name: 'x', symbols })).rejects.toMatchObject(refused);
      await expect(watchlists().addSymbols(ada, list.id, symbols.slice(0, 500))).rejects.toMatchObject(refused);
      expect(await watchlists().find(ada, list.id)).toEqual(list);
      const full = await watchlists().addSymbols(ada, list.id, symbols.slice(0, 499));
      expect(full.symbols).toEqual(['A', ...symbols.slice(0, 499)]);
      expect(await watchlists().addSymbols(ada, list.id, ['A', 'S1'])).toEqual(full);
    });

    it('gives an account at most 100 lists, even when several are made at the same time', async () => {
      for (let made = 1; made < 95; made++) await watchlists().create(ada, { name: `List ${made}` });
      const made = await Promise.allSettled(
        Array.from({ length: 10 }, (_, index) => watchlists().create(ada, { name: `Last ${index}` })),
      );
      expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
      expect(await watchlists().list(ada)).toHaveLength(100);
      await expect(watchlists().create(ada, { name: 'One more' })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        message: 'watchlists: an account has at most 100 of them, but got 101.',
      });
      await watchlists().create(eve, { name: 'Eve has her own' });
    });
  });

  it('leaves in the outbox what each change ends, of one that changes nothing nothing', async () => {
    const { id } = await watchlists().create(ada, { name: 'Majors', symbols: ['BTC-USD'] });
    const tags = [`watchlists:${ada}`, `watchlist:${id}`];
    expect(await outboxTags(database())).toEqual([tags]);
    await watchlists().update(ada, id, { name: 'Minors' });
    await watchlists().addSymbols(ada, id, ['ETH-USD']);
    await watchlists().removeSymbols(ada, id, ['ETH-USD']);
    expect(await outboxTags(database())).toEqual([tags, tags, tags, tags]);
    await watchlists().update(ada, id, { name: 'Minors' });
    await watchlists().addSymbols(ada, id, ['BTC-USD']);
    await watchlists()
      .delete(eve, id)
      .catch(() => undefined);
    expect(await outboxTags(database())).toHaveLength(4);
    await watchlists().delete(ada, id);
    expect(await outboxTags(database())).toEqual([tags, tags, tags, tags, tags]);
  });
});

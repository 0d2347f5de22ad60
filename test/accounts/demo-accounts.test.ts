import { expect, it } from 'vitest';
import { Accounts } from '../../src/accounts/accounts.js';
import { accounts as accountsTable, watchlists as watchlistsTable } from '../../src/accounts/database/tables.js';
import { DEMO_ACCOUNTS, seedDemoAccounts } from '../../src/accounts/demo-accounts.js';
import { Watchlists } from '../../src/accounts/watchlists.js';
import { describeOnEachDatabase } from './on-each-database.js';

const clock = { now: () => Date.UTC(2026, 0, 15), monotonic: () => 0 };

describeOnEachDatabase('seedDemoAccounts', (database) => {
  const accounts = () => new Accounts(database().db, clock);
  const traderLists = async () => {
    const trader = await accounts().findByEmail('trader@demo.local');
    return trader ? new Watchlists(database().db, clock).list(trader.id) : [];
  };

  it('makes the three accounts of the demo, which can sign in', async () => {
    await seedDemoAccounts(database().db, clock);
    expect(await accounts().verifyPassword('trader@demo.local', 'trader')).toMatchObject({ tier: 'AUTHENTICATED' });
    expect(await accounts().verifyPassword('premium@demo.local', 'premium')).toMatchObject({ tier: 'PREMIUM' });
    expect(await accounts().verifyPassword('admin@demo.local', 'admin')).toMatchObject({ tier: 'ADMIN' });
  });

  it('gives the trader one watchlist, with the symbols of the market', async () => {
    await seedDemoAccounts(database().db, clock);
    expect(await traderLists()).toMatchObject([{ name: 'Majors', symbols: ['BTC-USD', 'ETH-USD', 'SOL-USD'] }]);
    expect(await database().db.select().from(watchlistsTable)).toHaveLength(1);
  });

  it('takes other symbols for that watchlist', async () => {
    await seedDemoAccounts(database().db, clock, ['INFY']);
    expect(await traderLists()).toMatchObject([{ symbols: ['INFY'] }]);
  });

  it('leaves what there is already', async () => {
    await seedDemoAccounts(database().db, clock);
    const trader = await accounts().verifyPassword('trader@demo.local', 'trader');
    await accounts().setPassword(trader.id, 'changed');
    const [list] = await traderLists();
    await new Watchlists(database().db, clock).delete(trader.id, list?.id ?? '');
    await seedDemoAccounts(database().db, clock);
    expect(await accounts().verifyPassword('trader@demo.local', 'changed')).toEqual(trader);
    expect(await traderLists()).toEqual([]);
  });

  it('makes them once when several gateways start at the same time', async () => {
    await Promise.all([1, 2, 3].map(() => seedDemoAccounts(database().db, clock)));
    expect(await database().db.select().from(accountsTable)).toHaveLength(DEMO_ACCOUNTS.length);
    expect(await database().db.select().from(watchlistsTable)).toHaveLength(1);
  });
});

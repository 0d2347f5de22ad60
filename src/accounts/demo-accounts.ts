import type { Clock } from '../support/clock.js';
import { Accounts } from './accounts.js';
import type { AccountTier } from './account-tier.js';
import type { DrizzleDatabase } from './database/database.js';
import { Watchlists } from './watchlists.js';

interface DemoAccount {
  readonly email: string;
  readonly password: string;
  readonly tier: AccountTier;
}

/** The demo's sign-ins, printed at the start: only for a gateway that nobody else can reach. */
export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  { email: 'trader@demo.local', password: 'trader', tier: 'AUTHENTICATED' },
  { email: 'premium@demo.local', password: 'premium', tier: 'PREMIUM' },
  { email: 'admin@demo.local', password: 'admin', tier: 'ADMIN' },
];

const MAJORS = ['BTC-USD', 'ETH-USD', 'SOL-USD'];

/**
 * Makes those demo accounts that are missing, and with the trader's its watchlist "Majors". Accounts that exist are left
 * as they are, whatever became of them. `symbols` where the market has others than the usual ones.
 */
export async function seedDemoAccounts(
  db: DrizzleDatabase,
  clock: Clock,
  symbols: readonly string[] = MAJORS,
): Promise<void> {
  for (const demo of DEMO_ACCOUNTS) {
    if (await new Accounts(db, clock).findByEmail(demo.email)) continue;
    await db.transaction(async (tx) => {
      const created = await new Accounts(tx, clock).createUnlessTaken(demo);
      if (created?.tier !== 'AUTHENTICATED') return;
      await new Watchlists(tx, clock).create(created.id, { name: 'Majors', symbols });
    });
  }
}

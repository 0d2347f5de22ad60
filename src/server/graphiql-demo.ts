import { DEMO_ACCOUNTS } from '../accounts/demo-accounts.js';
import type { Repositories } from '../accounts/repositories.js';

/** What GraphiQL's private tabs run with where the demo is on. */
export interface GraphiqlDemo {
  /** Tokens, good for 24 h. */
  readonly trader: string;
  readonly admin: string;
  /** A list of the trader's. */
  readonly watchlistId: string;
}

/** Signs the demo's accounts in; undefined where one of them is no longer what it was. */
export async function createGraphiqlDemo(repositories: Repositories): Promise<GraphiqlDemo | undefined> {
  const { accounts, sessions, watchlists } = repositories;
  const signIn = async (tier: (typeof DEMO_ACCOUNTS)[number]['tier']) => {
    const email = DEMO_ACCOUNTS.find((demo) => demo.tier === tier)?.email ?? '';
    const account = await accounts.findByEmail(email);
    return account && { account, token: (await sessions.create(account.id, 'GraphiQL')).token };
  };
  const [trader, admin] = [await signIn('AUTHENTICATED'), await signIn('ADMIN')];
  if (!trader || !admin) return undefined;
  const [watchlist] = await watchlists.list(trader.account.id);
  return { trader: trader.token, admin: admin.token, watchlistId: watchlist?.id ?? '' };
}

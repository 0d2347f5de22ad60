import { DEMO_ACCOUNTS } from '../accounts/demo-accounts.js';
import type { Repositories } from '../accounts/repositories.js';
import type { Clock } from '../support/clock.js';

/** What GraphiQL's private tabs run with where the demo is on. */
export interface GraphiqlDemo {
  /** Tokens, good for 24 h. */
  readonly trader: string;
  readonly admin: string;
  /** A list of the trader's. */
  readonly watchlistId: string;
}

/** A page is good for so long at the least. */
const LEAST_LIFE_MS = 12 * 3_600_000;

/** Hands out one demo until a session of it is signed out or nears its end, and then another. */
export function createGraphiqlDemoSource(
  repositories: () => Promise<Repositories>,
  clock: Clock,
): () => Promise<GraphiqlDemo | undefined> {
  let demo: GraphiqlDemo | undefined;
  const lives = async ({ sessions }: Repositories, token: string) => {
    const found = await sessions.find(token);
    return found !== undefined && found.session.expiresAt.getTime() - clock.now() > LEAST_LIFE_MS;
  };
  const check = async () => {
    const all = await repositories();
    if (!demo || !(await lives(all, demo.trader)) || !(await lives(all, demo.admin))) demo = await signIn(all);
    return demo;
  };
  let checking: Promise<GraphiqlDemo | undefined> | undefined;
  // Who asks at the same time gets the same: nobody is signed in twice.
  return () => (checking ??= check().finally(() => (checking = undefined)));
}

/** Private: signs the demo's accounts in; undefined where one of them is no longer what it was. */
async function signIn(repositories: Repositories): Promise<GraphiqlDemo | undefined> {
  const { accounts, sessions, watchlists } = repositories;
  const tokenOf = async (tier: (typeof DEMO_ACCOUNTS)[number]['tier']) => {
    const email = DEMO_ACCOUNTS.find((demo) => demo.tier === tier)?.email ?? '';
    const account = await accounts.findByEmail(email);
    return account && { account, token: (await sessions.create(account.id, 'GraphiQL')).token };
  };
  const [trader, admin] = [await tokenOf('AUTHENTICATED'), await tokenOf('ADMIN')];
  if (!trader || !admin) return undefined;
  const [watchlist] = await watchlists.list(trader.account.id);
  return { trader: trader.token, admin: admin.token, watchlistId: watchlist?.id ?? '' };
}

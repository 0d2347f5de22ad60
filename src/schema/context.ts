import type { Account } from '../accounts/accounts.js';
import type { Repositories } from '../accounts/repositories.js';
import type { Session } from '../accounts/sessions.js';
import type { FieldCacheContext } from '../field-cache/index.js';
import type { Loaders } from '../loaders/loaders.js';
import type { MarketData } from '../market/market-data.js';
import type { GatewayError } from '../support/gateway-error.js';

/** Who is signed in, and by which session. */
export interface SignedIn extends Account {
  readonly session: Session;
}

/** What every resolver is handed: made for one request. */
export interface GatewayContext extends FieldCacheContext {
  readonly viewer: SignedIn | undefined;
  readonly loaders: Loaders;
  readonly market: MarketData;
  /** The pairs of an overview that names none, in the source's spelling. */
  readonly overviewSymbols: readonly string[];
  readonly userAgent: string | null;
  /** In production what tells of the gateway's inside is for admins. */
  readonly production: boolean;
  /** What the database holds, once it is open. */
  readonly database: () => Promise<Repositories>;
  /** Wall time, ms since the epoch. */
  readonly now: () => number;
  /** What a client may know of a failure; the rest is logged under the id that it is told. */
  readonly mask: (error: unknown) => GatewayError;
}

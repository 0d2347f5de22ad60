import type { Clock } from '../support/clock.js';
import { Accounts } from './accounts.js';
import type { DrizzleDatabase } from './database/database.js';
import { DatabaseOutbox } from './outbox.js';
import { Sessions } from './sessions.js';
import { Watchlists } from './watchlists.js';

/** Everything that the database holds. */
export interface Repositories {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly watchlists: Watchlists;
  readonly outbox: DatabaseOutbox;
}

export function createRepositories(db: DrizzleDatabase, clock: Clock): Repositories {
  return {
    accounts: new Accounts(db, clock),
    sessions: new Sessions(db, clock),
    watchlists: new Watchlists(db, clock),
    outbox: new DatabaseOutbox(db),
  };
}

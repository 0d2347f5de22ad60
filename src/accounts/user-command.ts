import { systemClock } from '../support/clock.js';
import { createLogger } from '../support/logger.js';
import { Accounts } from './accounts.js';
import type { Database } from './database/database.js';
import { openDatabase } from './database/open-database.js';
import { readPassword } from './read-password.js';
import { runUserCommand } from './run-user-command.js';

/** The process of `npm run user`: arguments, environment and streams; what it does is in run-user-command.ts. */
const { DATABASE_URL: url, DATA_DIR: dataDir = './data' } = process.env;
let database: Database | undefined;

const exitCode = await runUserCommand(process.argv.slice(2), {
  openAccounts: async () => {
    if (!url && dataDir === 'memory') throw new Error('DATA_DIR=memory keeps no accounts: they end with this command.');
    database = await openDatabase({ url: url || undefined, dataDir, logger: createLogger('silent') });
    return new Accounts(database.db, systemClock);
  },
  askPassword: (question) => readPassword(question, { input: process.stdin, output: process.stderr }),
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
});
await database?.close();
process.exitCode = exitCode;

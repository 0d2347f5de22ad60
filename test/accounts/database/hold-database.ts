import { Accounts } from '../../../src/accounts/accounts.js';
import { openDatabase } from '../../../src/accounts/database/open-database.js';
import { systemClock } from '../../../src/support/clock.js';
import { createLogger } from '../../../src/support/logger.js';

/** A process that makes an embedded database with an account in it, and holds it until it is killed or its input ends. */
const database = await openDatabase({ dataDir: process.argv[2] ?? '', logger: createLogger('silent') });
const accounts = new Accounts(database.db, systemClock);
await accounts.create({ email: 'ada@example.org', password: 'correct horse', tier: 'ADMIN' });
console.log(database.id);
process.stdin.on('end', () => process.exit()).resume();

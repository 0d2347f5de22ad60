import { sql } from 'drizzle-orm';
import { openDatabase } from '../../../src/accounts/database/open-database.js';
import { createLogger } from '../../../src/support/logger.js';

/** A process that writes one row after the other into `notes` and prints the number of each when it is committed. */
const { db } = await openDatabase({ dataDir: process.argv[2] ?? '', logger: createLogger('silent') });
for (let number = 1001; ; number++) {
  await db.execute(sql`insert into notes values (${number}, 'killed')`);
  console.log(number);
}

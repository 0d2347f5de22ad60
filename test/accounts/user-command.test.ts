import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Accounts } from '../../src/accounts/accounts.js';
import { lockFolder } from '../../src/accounts/database/folder-lock.js';
import { openDatabase } from '../../src/accounts/database/open-database.js';
import { systemClock } from '../../src/support/clock.js';
import { createLogger } from '../../src/support/logger.js';
import { postgresMissing, type PostgresServer, startPostgres } from '../support/postgres-server.js';

describe('the process of npm run user', { timeout: 60_000 }, () => {
  it('ends with 2 and says how it is used where it does not understand', async () => {
    const { code, out, error } = await run(['delete', 'a@b.org'], { DATA_DIR: 'memory' });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toMatch(/^The command must be add, passwd, tier or remove, but got: delete\n\nUsage: /);
  });

  it('ends with 1 where the accounts would end with it', async () => {
    expect(await run(['remove', 'a@b.org'], { DATA_DIR: 'memory' })).toEqual({
      code: 1,
      out: '',
      error: 'DATA_DIR=memory keeps no accounts: they end with this command.\n',
    });
  });

  it('ends with 1 where a gateway has the embedded database', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-data-'));
    const unlock = await lockFolder(folder);
    const { code, error } = await run(['remove', 'a@b.org'], { DATA_DIR: folder });
    await unlock();
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    expect(error).toContain(`The embedded database in ${folder} is in use by another process (pid ${process.pid})`);
  });
});

if (postgresMissing) console.warn(`the process of npm run user, on Postgres: ${postgresMissing}`);
const missing = postgresMissing ? ` ${postgresMissing}` : '';
describe.skipIf(postgresMissing)(`the process of npm run user, on Postgres${missing}`, { timeout: 60_000 }, () => {
  let server: PostgresServer;
  let url: string;

  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
  });
  afterAll(() => server.stop());

  it('makes an account in DATABASE_URL with the password from its input', async () => {
    expect(await run(['add', 'ada@example.org', 'ADMIN'], { DATABASE_URL: url }, 'correct horse\n')).toEqual({
      code: 0,
      out: 'ada@example.org has an account now, with the tier ADMIN.\n',
      error: '',
    });
    const database = await openDatabase({ url, dataDir: 'unused', logger: createLogger('silent') });
    const account = await new Accounts(database.db, systemClock).verifyPassword('ada@example.org', 'correct horse');
    expect(account.tier).toBe('ADMIN');
    await database.close();
  });
});

/** Private */
async function run(args: readonly string[], environment: Readonly<Record<string, string>>, input = '') {
  const script = fileURLToPath(new URL('../../src/accounts/user-command.ts', import.meta.url));
  const { DATABASE_URL: _url, DATA_DIR: _dataDir, ...inherited } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    env: { ...inherited, ...environment },
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.stdin.end(input);
  const [out, error, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, error };
}

import { randomBytes } from 'node:crypto';
import { type ChildProcess, execFile, execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

/** A Postgres server for tests, empty databases included. */
export interface PostgresServer {
  /** Makes an empty database and answers its URL; `stop` drops it. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** Why no Postgres can be started here, for the title of the tests that do not run; undefined where one can. */
export const postgresMissing: string | undefined =
  process.env.TEST_DATABASE_URL || findBinaries()
    ? undefined
    : 'NOT RUN: no Postgres here (set TEST_DATABASE_URL, or install one so that initdb is on the PATH)';

/** The server of TEST_DATABASE_URL, whose user may create databases; else a new one, in a temporary folder. */
export async function startPostgres(): Promise<PostgresServer> {
  const url = process.env.TEST_DATABASE_URL;
  if (url) return withDatabases(url, async () => {});
  const binaries = findBinaries();
  if (!binaries) throw new Error(postgresMissing);
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-postgres-'));
  const user = unprivilegedUser(folder);
  const data = join(folder, 'data');
  await promisify(execFile)(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'tidemark', '-A', 'trust', '-E', 'UTF8', '-N'],
    user,
  );
  const { server, port } = await listen(join(binaries, 'postgres'), data, user);
  // A test run that is cut short must not leave a server behind.
  const kill = () => server.kill('SIGQUIT');
  process.once('exit', kill);
  return withDatabases(`postgres://tidemark@127.0.0.1:${port}/postgres`, async () => {
    const exited = new Promise((resolve) => server.once('exit', resolve));
    process.removeListener('exit', kill);
    server.kill('SIGINT');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
}

/** Private: the folder of `initdb` and `postgres`. Debian keeps them off the PATH, one folder a version: the newest. */
function findBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ].find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** Private: Postgres refuses to run as root, so root runs it as another user, who gets the folder. */
function unprivilegedUser(folder: string): Pick<SpawnOptions, 'uid' | 'gid'> {
  if (process.getuid?.() !== 0) return {};
  const id = (option: string, name: string) =>
    Number(execFileSync('id', [option, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of ['postgres', 'nobody']) {
    try {
      const user = { uid: id('-u', name), gid: id('-g', name) };
      chownSync(folder, user.uid, user.gid);
      return user;
    } catch {
      continue;
    }
  }
  throw new Error('Postgres does not run as root, and there is neither a user postgres nor a user nobody.');
}

/** Private: the port is free when it is chosen, and may be taken when Postgres comes to it: then another one. */
async function listen(postgres: string, data: string, user: Pick<SpawnOptions, 'uid' | 'gid'>, attempts = 3) {
  const port = await findFreePort();
  const settings = ['fsync=off', 'max_connections=50', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const server = spawn(postgres, args, { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    await untilReady(server);
    return { server, port };
  } catch (error) {
    if (attempts === 1) throw error;
    return listen(postgres, data, user, attempts - 1);
  }
}

/** Private: its log says when it is. */
async function untilReady(server: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`Postgres ended with ${code} before it was ready:\n${log}`)));
  });
}

/** Private */
async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port, but got none.');
  return address.port;
}

/** Private: databases have random names, so that test files that run side by side do not meet. */
function withDatabases(adminUrl: string, stopServer: () => Promise<void>): PostgresServer {
  const names: string[] = [];
  const run = async (statement: (name: string) => string, list: readonly string[]) => {
    const client = new Client({ connectionString: adminUrl });
    await client.connect();
    for (const name of list) await client.query(statement(name));
    await client.end();
  };
  return {
    createDatabase: async () => {
      const name = `tidemark_test_${randomBytes(6).toString('hex')}`;
      await run((it) => `create database ${it}`, [name]);
      names.push(name);
      const url = new URL(adminUrl);
      url.pathname = `/${name}`;
      return url.href;
    },
    stop: async () => {
      await run((it) => `drop database if exists ${it} with (force)`, names);
      await stopServer();
    },
  };
}

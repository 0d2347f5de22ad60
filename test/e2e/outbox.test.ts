import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client as PostgresClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Accounts } from '../../src/accounts/accounts.js';
import { openDatabase } from '../../src/accounts/database/open-database.js';
import { runUserCommand } from '../../src/accounts/run-user-command.js';
import { systemClock } from '../../src/support/clock.js';
import { createLogger } from '../../src/support/logger.js';
import { createClient, type Client } from '../support/client.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { postgresMissing, startPostgres, type PostgresServer } from '../support/postgres-server.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js';

/** A drain a second, and a raise that may wait a second for a gateway that is gone; the rest is for a machine that is busy. */
const SOON_MS = 5_000;
const LIST = 'query ($id: ID!) { watchlist(id: $id) { name cache { status } } }';
const RENAME = 'mutation ($id: ID!, $name: String!) { renameWatchlist(id: $id, name: $name) { name } }';

if (postgresMissing) console.warn(`The outbox of several gateways: ${postgresMissing}`);

describe.skipIf(postgresMissing)(
  `The outbox of several gateways${postgresMissing ? ` ${postgresMissing}` : ''}`,
  { timeout: 90_000 },
  () => {
    let redis: RedisServer;
    let postgres: PostgresServer;
    let databaseUrl: string;
    let database: PostgresClient;
    let proxy: TcpProxy;
    let near: TestGateway;
    /** Reaches Redis by the proxy. */
    let far: TestGateway;
    let doomed: Awaited<ReturnType<typeof startProcess>> | undefined;

    beforeAll(async () => {
      redis = await startRedis();
      postgres = await startPostgres();
      databaseUrl = await postgres.createDatabase();
      proxy = await startProxy(redis.url);
      near = await startGateway({ REDIS_URL: redis.url, DATABASE_URL: databaseUrl });
      far = await startGateway({ REDIS_URL: proxy.url, DATABASE_URL: databaseUrl });
      await Promise.all([near, far].map(whenHealthy));
      database = new PostgresClient({ connectionString: databaseUrl });
      await database.connect();
    });

    afterAll(async () => {
      await doomed?.kill();
      await database.end();
      await Promise.all([near.close(), far.close()]);
      await proxy.close();
      await postgres.stop();
      await redis.stop();
    });

    const waiting = async () => (await database.query<{ tags: string[] }>('select tags from outbox')).rows;

    it('holds what a mutation wrote no longer than until it is raised', async () => {
      const { id, headers } = await signIn(near);
      expect(await rename(near, { id, name: 'Raised at once' }, headers)).toEqual({ name: 'Raised at once' });
      expect((await listAt(far, id, headers)).name).toBe('Raised at once');
      await vi.waitFor(async () => expect(await waiting()).toEqual([]), SOON_MS);
    });

    it('has others raise what a gateway that is cut off from Redis has changed', async () => {
      const { id, headers } = await signIn(near);
      await listAt(near, id, headers);
      expect((await listAt(near, id, headers)).cache.status).toBe('HIT');
      await proxy.cut();
      expect(await rename(far, { id, name: 'From afar' }, headers)).toEqual({ name: 'From afar', pending: true });
      expect((await listAt(far, id, headers)).name).toBe('From afar');
      await vi.waitFor(async () => expect((await listAt(near, id, headers)).name).toBe('From afar'), SOON_MS);
      await vi.waitFor(async () => expect(await waiting()).toEqual([]), SOON_MS);
      await proxy.restore();
      await whenHealthy(far);
    });

    it('has others raise what an admin clears where Redis is away', async () => {
      const headers = { Authorization: `Bearer ${await near.signIn('admin@demo.local', 'admin')}` };
      const statusAt = async (gateway: Client) =>
        (await gateway.query('{ analysis(symbol: "ETH-USD", timeframe: H1) { cache { status } } }')).body.data;
      await statusAt(near);
      expect(await statusAt(near)).toEqual({ analysis: { cache: { status: 'HIT' } } });
      await proxy.cut();
      const cleared = await far.query('mutation { clearCacheTags(tags: ["analysis"]) { status } }', {}, headers);
      expect(cleared.body.data).toEqual({ clearCacheTags: { status: 'PENDING' } });
      await vi.waitFor(
        async () => expect(await statusAt(near)).toEqual({ analysis: { cache: { status: 'MISS' } } }),
        SOON_MS,
      );
      await proxy.restore();
      await whenHealthy(far);
    });

    it('tells gateways that run of what the command for accounts has changed', async () => {
      const { headers } = await signIn(near, 'premium');
      const tierAt = async (gateway: Client) => (await gateway.query('{ viewer { tier } }', {}, headers)).body.data;
      for (const gateway of [near, far]) expect(await tierAt(gateway)).toEqual({ viewer: { tier: 'PREMIUM' } });
      const commands = await openDatabase({ url: databaseUrl, dataDir: 'unused', logger: createLogger('silent') });
      const code = await runUserCommand(['tier', 'premium@demo.local', 'ADMIN'], {
        openAccounts: async () => new Accounts(commands.db, systemClock),
        askPassword: async () => undefined,
        print: () => undefined,
        printError: () => undefined,
      });
      await commands.close();
      expect(code).toBe(0);
      for (const gateway of [near, far])
        await vi.waitFor(async () => expect(await tierAt(gateway)).toEqual({ viewer: { tier: 'ADMIN' } }), SOON_MS);
    });

    it('has others raise what a gateway has committed that is killed before it could', async () => {
      const { id, headers } = await signIn(near);
      doomed = await startProcess({ REDIS_URL: proxy.url, DATABASE_URL: databaseUrl });
      await listAt(near, id, headers);
      expect((await listAt(far, id, headers)).cache.status).toBe('HIT');
      await near.close();
      // Not a Redis that is stopped: that has the raise in its socket, and does it when it goes on.
      proxy.blackhole();
      const renaming = rename(doomed.client, { id, name: 'Last words' }, headers).catch(() => undefined);
      await vi.waitFor(
        async () => {
          const { rows } = await database.query('select name from watchlists where id = $1', [id]);
          expect(rows).toEqual([{ name: 'Last words' }]);
        },
        { timeout: 30_000, interval: 2 },
      );
      await doomed.kill();
      await renaming;
      expect(await waiting()).toEqual([{ tags: [expect.stringMatching(/^watchlists:/), `watchlist:${id}`] }]);
      // What was on its way to Redis is lost with the connections.
      await proxy.cut();
      await proxy.restore();
      await whenHealthy(far);
      await vi.waitFor(async () => expect((await listAt(far, id, headers)).name).toBe('Last words'), SOON_MS);
      await vi.waitFor(async () => expect(await waiting()).toEqual([]), SOON_MS);
    });
  },
);

/** Private: once it believes its Redis. */
async function whenHealthy(gateway: Client): Promise<void> {
  await vi.waitFor(
    async () => expect((await gateway.get('/health')).body).toMatchObject({ checks: { cache: { status: 'healthy' } } }),
    30_000,
  );
}

/** Private: a demo account's session, and the trader's one list. */
async function signIn(gateway: TestGateway, name = 'trader') {
  const headers = { Authorization: `Bearer ${await gateway.signIn(`${name}@demo.local`, name)}` };
  const { body } = await gateway.query<{ watchlists: { id: string }[] }>('{ watchlists { id } }', {}, headers);
  return { headers, id: body.data?.watchlists[0]?.id ?? '' };
}

type Headers = Readonly<Record<string, string>>;

/** Private */
async function listAt(gateway: Client, id: string, headers: Headers) {
  const { body } = await gateway.query<{ watchlist: { name: string; cache: { status: string } } }>(
    LIST,
    { id },
    headers,
  );
  if (!body.data) throw new Error(JSON.stringify(body.errors));
  return body.data.watchlist;
}

/** Private: the new name, as the mutation answers it, and whether its invalidation is pending. */
async function rename(gateway: Client, list: { readonly id: string; readonly name: string }, headers: Headers) {
  const { body } = await gateway.query<{ renameWatchlist: { name: string } }>(RENAME, list, headers);
  if (!body.data) throw new Error(JSON.stringify(body.errors));
  const cache = body.extensions?.['cache'];
  expect(cache).toEqual(cache && { invalidation: 'PENDING' });
  return { ...body.data.renameWatchlist, ...(cache ? { pending: true } : {}) };
}

/** Private: a gateway in a process of its own, which can be killed. */
async function startProcess(env: Readonly<Record<string, string>>) {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const client = createClient(await printedUrl(child));
  await vi.waitFor(async () => expect(await client.get('/ready')).toMatchObject({ status: 200 }), 30_000);
  await whenHealthy(client);
  return {
    client,
    kill: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** Private: from its greeting. */
function printedUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const url = /GraphQL +(http:\S+)\/graphql/.exec(out)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`The gateway ended with ${code}: ${out}`)));
  });
}

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import { seedDemoAccounts } from '../../src/accounts/demo-accounts.js';
import type { Database } from '../../src/accounts/database/database.js';
import { openDatabase } from '../../src/accounts/database/open-database.js';
import { createRepositories } from '../../src/accounts/repositories.js';
import { Sessions } from '../../src/accounts/sessions.js';
import { systemClock, type Clock } from '../../src/support/clock.js';
import { openServer, type ServerWorld, type ServerWorldOptions } from './server-world.js';

const DAY_MS = 86_400_000;
const VIEWER = '{ viewer { email tier } }';
const LOGIN = 'mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { token } }';

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ dataDir: 'memory', logger: pino({ level: 'silent' }) });
  await seedDemoAccounts(database.db, systemClock);
});
afterAll(() => database.close());

function open(options: ServerWorldOptions = {}): Promise<ServerWorld> {
  return openServer({ ...options, database: async (clock: Clock) => createRepositories(database.db, clock) });
}

async function tokenOf(server: ServerWorld, who: 'trader' | 'admin'): Promise<string> {
  const variables = { email: `${who}@demo.local`, password: who };
  const { body } = await server.query<{ login: { token: string } }>(LOGIN, variables);
  return body.data?.login.token ?? '';
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe('A token', () => {
  it('is who asks', async () => {
    const server = await open();
    const token = await tokenOf(server, 'trader');
    for (const headers of [
      bearer(token),
      { Authorization: `bearer ${token}` },
      { Authorization: `Bearer  ${token} ` },
    ]) {
      const { status, body } = await server.query(VIEWER, {}, headers);
      expect([status, body.data]).toEqual([200, { viewer: { email: 'trader@demo.local', tier: 'AUTHENTICATED' } }]);
    }
  });

  it('that is not sent makes an anonymous caller', async () => {
    const { status, body } = await (await open()).query(VIEWER);
    expect([status, body.data, body.errors]).toEqual([200, { viewer: null }, undefined]);
  });

  const WRONG = [
    ['that nobody has', `Bearer ${'A'.repeat(43)}`],
    ['that is malformed', 'Bearer a token'],
    ['that is empty', 'Bearer '],
    ['that is endless', `Bearer ${'A'.repeat(2_000)}`],
    ['of another scheme', 'Basic dHJhZGVyOnRyYWRlcg=='],
    ['without a scheme', 'A'.repeat(43)],
  ] as const;

  it.each(WRONG)('%s is refused with 401 on queries and mutations', async (_, authorization) => {
    const server = await open();
    const documents = [
      '{ market { source } }',
      VIEWER,
      '{ __typename }',
      'mutation { createWatchlist(name: "a") { id } }',
    ];
    for (const document of documents) {
      const { status, headers, body } = await server.query(document, {}, { Authorization: authorization });
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
      expect(body.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
      expect(body).not.toHaveProperty('data');
    }
    const get = await server.get('/graphql?query={market{source}}', { Authorization: authorization });
    expect(get.status).toBe(401);
  });

  it.each(WRONG)('%s keeps nobody from signing in or out', async (_, authorization) => {
    const server = await open();
    const variables = { email: 'trader@demo.local', password: 'trader' };
    const signedIn = await server.query(LOGIN, variables, { Authorization: authorization });
    expect(signedIn).toMatchObject({
      status: 200,
      body: { data: { login: { token: expect.any(String) as unknown } } },
    });
    const signedOut = await server.query('mutation { logout }', {}, { Authorization: authorization });
    expect(signedOut).toMatchObject({ status: 200, body: { data: { logout: false } } });
  });

  it('that is wrong is refused where signing in comes with something else', async () => {
    const server = await open();
    const headers = bearer('A'.repeat(43));
    const documents = [
      'mutation { logout createWatchlist(name: "a") { id } }',
      'mutation { logout ...F } fragment F on Mutation { createWatchlist(name: "a") { id } }',
      'mutation { login: deleteWatchlist(id: "a") }',
      'query { logout: market { source } }',
    ];
    for (const document of documents) expect((await server.query(document, {}, headers)).status).toBe(401);
  });

  it('ends with its session', async () => {
    const server = await open();
    const token = await tokenOf(server, 'trader');
    expect((await server.query(VIEWER, {}, bearer(token))).status).toBe(200);
    const out = await server.query('mutation { logout }', {}, bearer(token));
    expect(out.body.data).toEqual({ logout: true });
    expect((await server.query(VIEWER, {}, bearer(token))).status).toBe(401);
  });

  it('ends after 24 hours, however often it was used', async () => {
    const server = await open();
    const token = await tokenOf(server, 'trader');
    server.clock.advance(DAY_MS - 1);
    expect((await server.query(VIEWER, {}, bearer(token))).status).toBe(200);
    server.clock.advance(1);
    expect((await server.query(VIEWER, {}, bearer(token))).status).toBe(401);
  });

  it('is asked of the database once a minute, however often it is used', async () => {
    const server = await open();
    const token = await tokenOf(server, 'trader');
    server.clock.advance(120_000);
    const asked = [vi.spyOn(Sessions.prototype, 'findByTokenHash'), vi.spyOn(Sessions.prototype, 'touch')];
    try {
      for (let request = 0; request < 20; request += 1) {
        expect((await server.query(VIEWER, {}, bearer(token))).status).toBe(200);
        server.clock.advance(1_000);
      }
      expect(asked.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('stands in no line of the log', async () => {
    const server = await open();
    const token = await tokenOf(server, 'trader');
    await server.query(VIEWER, {}, bearer(token));
    await server.query('{', {}, bearer(token));
    expect(JSON.stringify(server.logged)).not.toContain(token);
  });
});

describe('A sign-in', () => {
  it.each([
    ['a wrong password', { email: 'trader@demo.local', password: 'wrong' }],
    ['an account that there is not', { email: 'nobody@demo.local', password: 'trader' }],
  ])('with %s is UNAUTHENTICATED, and says the same', async (_, variables) => {
    const { status, body } = await (await open()).query(LOGIN, variables);
    expect([status, body.data]).toEqual([200, null]);
    expect(body.errors).toMatchObject([
      {
        message: 'The e-mail address or the password is wrong.',
        path: ['login'],
        extensions: { code: 'UNAUTHENTICATED' },
      },
    ]);
  });
});

describe('A right', () => {
  const CLEAR = 'mutation { clearCache { status } }';

  it('that needs a sign-in is UNAUTHENTICATED without one, and the other fields stand', async () => {
    const { status, body } = await (await open()).query('{ market { source } watchlists { id } }');
    expect([status, body.data]).toEqual([200, { market: { source: 'simulated' }, watchlists: null }]);
    expect(body.errors).toMatchObject([{ path: ['watchlists'], extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('that needs an admin is UNAUTHENTICATED for nobody, FORBIDDEN for others and granted to one', async () => {
    const server = await open();
    const codeOf = async (headers = {}) =>
      (await server.query(CLEAR, {}, headers)).body.errors?.map(({ extensions }) => extensions.code) ?? 'granted';
    expect(await codeOf()).toEqual(['UNAUTHENTICATED']);
    expect(await codeOf(bearer(await tokenOf(server, 'trader')))).toEqual(['FORBIDDEN']);
    expect(await codeOf(bearer(await tokenOf(server, 'admin')))).toBe('granted');
  });
});

describe('X-Cache-Trace', () => {
  const PRICE = '{ price(symbol: "BTC-USD") { price } }';
  const traceOf = async (server: ServerWorld, headers: Record<string, string>) =>
    (await server.query(PRICE, {}, headers)).body.extensions;

  it('is for an admin alone in production', async () => {
    const server = await open({ production: true });
    const [trader, admin] = [await tokenOf(server, 'trader'), await tokenOf(server, 'admin')];
    expect(await traceOf(server, { 'X-Cache-Trace': '1' })).toBeUndefined();
    expect(await traceOf(server, { 'X-Cache-Trace': '1', ...bearer(trader) })).toBeUndefined();
    expect(await traceOf(server, { 'X-Cache-Trace': '1', ...bearer(admin) })).toHaveProperty('cache.fields');
    expect(await traceOf(server, bearer(admin))).toBeUndefined();
  });

  it('is for everybody elsewhere', async () => {
    expect(await traceOf(await open(), { 'X-Cache-Trace': '1' })).toHaveProperty('cache.fields');
  });
});

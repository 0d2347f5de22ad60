import { createClient } from 'graphql-ws';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { seedDemoAccounts } from '../../src/accounts/demo-accounts.js';
import type { Database } from '../../src/accounts/database/database.js';
import { openDatabase } from '../../src/accounts/database/open-database.js';
import { createRepositories } from '../../src/accounts/repositories.js';
import { MAX_OPERATIONS } from '../../src/server/websocket-connection.js';
import { systemClock, type Clock } from '../../src/support/clock.js';
import { createDeferred } from '../../src/support/deferred.js';
import type { GraphqlAnswer } from '../support/client.js';
import { quiet, settle, until } from '../support/turns.js';
import { connectWebsocket, openWebsocket, type WebsocketClient } from '../support/websocket-client.js';
import { exchange, openConnection } from './raw-connection.js';
import { openServer, type ServerWorld, type ServerWorldOptions } from './server-world.js';
import { openSubscriptionServer } from './subscription-world.js';

const SOURCE = '{ market { source } }';
const TICKS = 'subscription { ticks { number } }';
const HANDSHAKE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
];
const handshake = (path: string, headers: readonly string[] = HANDSHAKE) =>
  [`GET ${path} HTTP/1.1`, 'Host: a', ...headers, '', ''].join('\r\n');

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ dataDir: 'memory', logger: pino({ level: 'silent' }) });
  await seedDemoAccounts(database.db, systemClock);
});
afterAll(() => database.close());

const openWithDatabase = (options: ServerWorldOptions = {}) =>
  openServer({ ...options, database: async (clock: Clock) => createRepositories(database.db, clock) });

const LOGIN = 'mutation { login(email: "trader@demo.local", password: "trader") { token } }';

async function signIn(server: ServerWorld): Promise<string> {
  const { body } = await server.query<{ login: { token: string } }>(LOGIN);
  return `Bearer ${body.data?.login.token}`;
}

/** The whole answer to a query or a mutation, and whether it was one of type error. */
async function ask(client: WebsocketClient, query: string, more = {}): Promise<GraphqlAnswer & { isError: boolean }> {
  client.send({ id: 'q', type: 'subscribe', payload: { query, ...more } });
  const { type, payload } = await client.next();
  if (type === 'error') return { errors: payload as GraphqlAnswer['errors'], isError: true };
  expect(await client.next()).toEqual({ id: 'q', type: 'complete' });
  return { ...(payload as GraphqlAnswer), isError: false };
}

describe('A WebSocket', () => {
  it('serves the client of graphql-ws', async () => {
    const server = await openSubscriptionServer();
    const url = `${server.url.replace('http', 'ws')}/graphql`;
    const client = createClient({ url, webSocketImpl: WebSocket, connectionParams: {} });
    const results = client.iterate({ query: TICKS });
    const first = results.next();
    const feed = await server.feed();
    feed.send(1);
    expect(await first).toEqual({ done: false, value: { data: { ticks: { number: 1 } } } });
    await results.return?.();
    await feed.returned;
    await client.dispose();
  });

  it('runs operations beside each other', async () => {
    const server = await openSubscriptionServer();
    const client = await connectWebsocket(server.url);
    for (const id of ['a', 'b']) client.send({ id, type: 'subscribe', payload: { query: TICKS } });
    await until(() => server.feeds.length === 2);
    expect(await ask(client, SOURCE)).toMatchObject({ data: { market: { source: 'simulated' } } });
    server.feeds[1]?.send(2);
    expect(await client.next()).toMatchObject({ id: 'b', type: 'next' });
    server.feeds[0]?.send(1);
    expect(await client.next()).toMatchObject({ id: 'a', type: 'next' });
  });

  it('ends its subscriptions where it breaks', async () => {
    const server = await openSubscriptionServer();
    const client = await connectWebsocket(server.url);
    client.send({ id: 'a', type: 'subscribe', payload: { query: TICKS } });
    const feed = await server.feed();
    client.socket.terminate();
    await feed.returned;
    expect(server.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});

describe('A query or mutation by a WebSocket', () => {
  const deep = `{ ${'a { '.repeat(13)} b ${'} '.repeat(13)} }`;

  it.each<[string, string, object?]>([
    ['a result', SOURCE],
    ['an error beside data', '{ market { source } price(symbol: "NO-SUCH") { price } }'],
    ['a right that is missing', 'mutation { clearCache { status } }'],
    ['no GraphQL', '{ market { source }'],
    ['an unknown field', '{ market { colour } }'],
    [
      'a wrong variable',
      'query ($n: Int!) { candles(symbol: "A", timeframe: H1, limit: $n) { time } }',
      { variables: { n: 'x' } },
    ],
    [
      'no variables',
      'query ($n: Int!) { candles(symbol: "A", timeframe: H1, limit: $n) { time } }',
      { variables: null },
    ],
    ['an operation that there is not', 'query A { __typename }', { operationName: 'B' }],
    ['a parameter that there is not', SOURCE, { colour: 'red' }],
    ['too many tokens', `{ ${'__typename '.repeat(5_001)} }`],
    ['too many aliases', `{ ${Array.from({ length: 61 }, (_, i) => `a${i}: __typename`).join(' ')} }`],
    ['too many levels', deep],
    ['introspection', '{ __schema { queryType { name } } }'],
  ])('is answered as by HTTP: %s', async (_, query, more = {}) => {
    const server = await openServer({ introspection: false });
    const body = JSON.stringify({ query, ...more });
    const headers = { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json' };
    const byHttp = (await server.send('/graphql', { method: 'POST', headers, body })).body as GraphqlAnswer;
    const { isError, ...answer } = await ask(await connectWebsocket(server.url), query, more);
    expect(answer).toEqual(byHttp);
    expect(isError).toBe(!('data' in byHttp));
  });

  it('that fails by our own fault is masked, and its connection stands', async () => {
    const orderBook = () => Promise.reject(new Error('hunter2'));
    const server = await openServer({ market: { orderBook } });
    const client = await connectWebsocket(server.url);
    const { data, errors } = await ask(client, '{ orderBook(symbol: "BTC-USD") { time } }');
    expect([data, errors]).toMatchObject([{ orderBook: null }, [{ extensions: { code: 'INTERNAL' } }]]);
    expect(JSON.stringify(errors)).not.toContain('hunter2');
    expect(server.logged.map(({ id }) => id)).toContain(errors?.[0]?.extensions['id']);
    expect((await ask(client, SOURCE)).errors).toBeUndefined();
  });

  it('has loaders of its own', async () => {
    let asked = 0;
    const tickers = async (symbols: readonly string[]) => {
      asked++;
      return symbols.map((symbol) => ({ symbol, price: asked, change24hPercent: null, volume24h: null, time: 0 }));
    };
    const server = await openServer({ market: { tickers } });
    const client = await connectWebsocket(server.url);
    for (const price of [1, 2]) {
      expect((await ask(client, '{ price(symbol: "BTC-USD") { price } }')).data).toEqual({ price: { price } });
      await server.cache.invalidate(['price:BTC-USD']);
    }
  });
});

describe('The parameters of a connection', () => {
  const VIEWER = '{ viewer { tier session { userAgent } } }';

  it.each(['Authorization', 'authorization'])('say who asks: %s', async (name) => {
    const server = await openWithDatabase();
    const client = await connectWebsocket(server.url, { [name]: await signIn(server) });
    expect((await ask(client, VIEWER)).data).toMatchObject({ viewer: { tier: 'AUTHENTICATED' } });
  });

  it.each(['token', 'Token'])('say so by the token alone too: %s', async (name) => {
    const server = await openWithDatabase();
    const token = (await signIn(server)).replace('Bearer ', '');
    const client = await connectWebsocket(server.url, { [name]: token, Authorization: null });
    expect((await ask(client, VIEWER)).data).toMatchObject({ viewer: { tier: 'AUTHENTICATED' } });
  });

  it('say so by Authorization where there is a token beside it', async () => {
    const server = await openWithDatabase();
    const client = await connectWebsocket(server.url, { token: 'wrong', Authorization: await signIn(server) });
    expect((await ask(client, VIEWER)).data).toMatchObject({ viewer: { tier: 'AUTHENTICATED' } });
  });

  it.each([{}, { Authorization: null }, { token: null }, { other: 1 }])(
    'without a token make an anonymous caller: %j',
    async (parameters) => {
      const client = await connectWebsocket((await openServer()).url, parameters);
      expect((await ask(client, VIEWER)).data).toEqual({ viewer: null });
      expect((await ask(client, '{ watchlists { id } }')).errors).toMatchObject([
        { extensions: { code: 'UNAUTHENTICATED' } },
      ]);
    },
  );

  const WRONG = ['Bearer wrong', 'Basic dHJhZGVyOnRyYWRlcg==', '', 7, { Bearer: 'a' }];
  it.each<object>([
    ...WRONG.map((Authorization) => ({ Authorization })),
    ...['wrong', '', 7, true, ['wrong'], { a: 'wrong' }].map((token) => ({ token })),
  ])('with the wrong token close the connection with 4403: %j', async (payload) => {
    const server = await openWithDatabase();
    const client = await openWebsocket(server.url);
    client.send({ type: 'connection_init', payload });
    const reason = 'The token is wrong, has expired or was revoked';
    expect(await client.closed).toEqual({ code: 4403, reason });
  });

  it('are what the handshake says where they say nothing: only what is no browser can set that', async () => {
    const server = await openWithDatabase();
    const headers = { Authorization: await signIn(server), 'X-Cache-Trace': '1' };
    const client = await openWebsocket(server.url, { headers });
    client.send({ type: 'connection_init' });
    expect(await client.next()).toEqual({ type: 'connection_ack' });
    const { data, extensions } = await ask(client, VIEWER);
    expect([data, extensions]).toMatchObject([{ viewer: { tier: 'AUTHENTICATED' } }, { cache: { fields: [] } }]);
  });

  it('hold good for a sign-in by the connection, which has the user agent of its handshake', async () => {
    const server = await openWithDatabase();
    const client = await openWebsocket(server.url, { headers: { 'User-Agent': 'desk/1' } });
    client.send({ type: 'connection_init' });
    await client.next();
    const { data } = await ask(client, LOGIN);
    const { token } = (data as { login: { token: string } }).login;
    const { body } = await server.query(VIEWER, {}, { Authorization: `Bearer ${token}` });
    expect(body.data).toEqual({ viewer: { tier: 'AUTHENTICATED', session: { userAgent: 'desk/1' } } });
  });

  it('may ask for extensions.cache', async () => {
    const client = await connectWebsocket((await openServer()).url, { 'X-Cache-Trace': '1' });
    const { extensions } = await ask(client, '{ price(symbol: "BTC-USD") { price } }');
    expect(extensions).toMatchObject({ cache: { fields: [{ path: ['price'], status: 'MISS' }] } });
  });

  it('of a session that has ended are refused with every operation', async () => {
    const server = await openWithDatabase();
    const client = await connectWebsocket(server.url, { Authorization: await signIn(server) });
    expect((await ask(client, 'mutation { logout }')).data).toEqual({ logout: true });
    for (const query of [SOURCE, VIEWER]) {
      expect(await ask(client, query)).toMatchObject({
        isError: true,
        errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
  });

  it('that cannot be looked up close the connection so that its client comes again', async () => {
    const server = await openServer();
    const client = await openWebsocket(server.url);
    client.send({ type: 'connection_init', payload: { Authorization: 'Bearer some' } });
    expect(await client.closed).toEqual({ code: 1013, reason: 'Something went wrong on our side' });
    expect(server.logged).toContainEqual(expect.objectContaining({ msg: 'a request failed' }));
  });
});

describe('A handshake', () => {
  it.each(['/', '/health', '/nowhere', '/graphql/ticks'])('is refused at %s with 404', async (path) => {
    const server = await openServer();
    const answer = await exchange(server.port, handshake(path));
    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(answer).toMatch(/"code":"NOT_FOUND"/);
  });

  it.each(['/graphql', '/graphql/', '/graphql?from=here'])('is granted at %s', async (path) => {
    const connection = await openConnection((await openServer()).port);
    connection.write(handshake(path));
    expect(await connection.received(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 101 /);
    connection.socket.destroy();
  });

  it('of an unknown version is refused, and told those that there are', async () => {
    const headers = HANDSHAKE.map((line) => line.replace('Version: 13', 'Version: 99'));
    const answer = await exchange((await openServer()).port, handshake('/graphql', headers));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('Sec-WebSocket-Version: 13, 8');
  });

  it('for another protocol is refused by its client, for none by the server', async () => {
    const { url } = await openServer();
    await expect(openWebsocket(url, { protocol: 'mqtt' })).rejects.toThrow('Server sent no subprotocol');
    const client = await openWebsocket(url, { protocol: undefined });
    expect(await client.closed).toEqual({ code: 4406, reason: 'Subprotocol not acceptable' });
  });

  it('is open to the pages of its own server, to those of CORS_ORIGINS and to who is no page', async () => {
    const server = await openServer({ corsOrigins: ['https://app.example.com'] });
    for (const origin of [undefined, server.url, 'https://app.example.com']) {
      const client = await openWebsocket(server.url, origin === undefined ? {} : { origin });
      client.socket.terminate();
    }
    for (const origin of [
      'https://evil.example.com',
      'https://app.example.com.evil.com',
      'null',
      'http://127.0.0.1:1',
    ]) {
      await expect(openWebsocket(server.url, { origin })).rejects.toThrow('Unexpected server response: 403');
    }
    const refusal = await exchange(server.port, handshake('/graphql', [...HANDSHAKE, 'Origin: https://evil.com']));
    expect(refusal).toMatch(/"code":"FORBIDDEN".*CORS_ORIGINS.*https:\/\/evil\.com/);
    const open = await openServer({ corsOrigins: '*' });
    (await openWebsocket(open.url, { origin: 'https://evil.example.com' })).socket.terminate();
  });
});

describe('A request for another protocol than that', () => {
  const H2C = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';
  const BODY = JSON.stringify({ query: SOURCE });

  it('is answered by HTTP/1.1', async () => {
    const { port } = await openServer();
    const answer = await exchange(port, `GET /ready HTTP/1.1\r\nHost: a\r\n${H2C}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*\{"ready":true\}$/);
  });

  it('is answered with its body, however that comes', async () => {
    const { port } = await openServer();
    const head = `POST /graphql HTTP/1.1\r\nHost: a\r\n${H2C}Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;
    expect(await exchange(port, head + BODY)).toMatch(/^HTTP\/1\.1 200 [^]*"simulated"/);
    const connection = await openConnection(port);
    connection.write(head);
    await settle();
    connection.write(BODY);
    expect((await connection.ended).text).toMatch(/^HTTP\/1\.1 200 [^]*"simulated"/);
  });
});

describe('A client that does not keep to the protocol', () => {
  it.each<[string, readonly unknown[], number]>([
    ['sends what is no JSON', ['{'], 4400],
    ['sends a message of no type', [{}], 4400],
    ['sends what only a server sends', [{ type: 'connection_init' }, { type: 'next', id: 'a', payload: {} }], 4400],
    ['asks before it is known', [{ id: 'a', type: 'subscribe', payload: { query: SOURCE } }], 4401],
    ['introduces itself twice', [{ type: 'connection_init' }, { type: 'connection_init' }], 4429],
    ['sends more than a body may have', ['x'.repeat(100_001)], 1009],
  ])('and %s is left', async (_, messages, code) => {
    const server = await openServer();
    const client = await openWebsocket(server.url);
    for (const message of messages) {
      client.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
      await settle();
    }
    expect((await client.closed).code).toBe(code);
    expect(server.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
    expect((await server.get('/ready')).status).toBe(200);
  });

  it('and uses a name twice is left', async () => {
    const server = await openSubscriptionServer();
    const client = await connectWebsocket(server.url);
    for (let i = 0; i < 2; i += 1) client.send({ id: 'a', type: 'subscribe', payload: { query: TICKS } });
    expect((await client.closed).code).toBe(4409);
    await (
      await server.feed()
    ).returned;
  });

  // The library by itself would wait for three seconds.
  it('and says nothing is left', async () => {
    const { url } = await openServer({ timeouts: { init: 20 } });
    expect((await (await openWebsocket(url)).closed).code).toBe(4408);
  }, 2_500);

  it('and answers no ping is cut off; who answers is not', async () => {
    const { url } = await openServer({ timeouts: { ping: 20 } });
    const alive = await connectWebsocket(url);
    let pings = 0;
    alive.socket.on('ping', () => (pings += 1));
    const dead = await openWebsocket(url, { autoPong: false });
    expect((await dead.closed).code).toBe(1006);
    const before = pings;
    while (pings < before + 3) await new Promise((resolve) => alive.socket.once('ping', resolve));
    expect((await ask(alive, SOURCE)).errors).toBeUndefined();
  });
});

describe('A client that asks for much', () => {
  it('runs a bounded number of operations', async () => {
    const server = await openSubscriptionServer();
    const client = await connectWebsocket(server.url);
    for (let i = 0; i <= MAX_OPERATIONS; i += 1) {
      client.send({ id: `${i}`, type: 'subscribe', payload: { query: TICKS } });
    }
    const extensions = { code: 'RATE_LIMITED', received: 101, allowed: 100 };
    expect(await client.next()).toMatchObject({ id: '100', type: 'error', payload: [{ extensions }] });
    await until(() => server.feeds.length === MAX_OPERATIONS);
    client.send({ id: '0', type: 'complete' });
    await server.feeds[0]?.returned;
    client.send({ id: 'next', type: 'subscribe', payload: { query: SOURCE } });
    expect(await client.next()).toMatchObject({ id: 'next', type: 'next' });
  });

  it('and reads nothing is sent no more than its connection holds', async () => {
    const server = await openSubscriptionServer();
    const client = await connectWebsocket(server.url);
    client.send({ id: 'a', type: 'subscribe', payload: { query: 'subscription { ticks { number text } }' } });
    const feed = await server.feed();
    client.socket.pause();
    const events = 60;
    for (let number = 0; number < events; number += 1) feed.send(number);
    // Of thirty megabytes the kernel takes some.
    expect(await quiet(() => feed.asked)).toBeLessThan(events / 2);
    client.socket.resume();
    for (let number = 0; number < events; number += 1) {
      expect(await client.next()).toMatchObject({ payload: { data: { ticks: { number } } } });
    }
  });

  it('and reads nothing is read no further', async () => {
    const server = await openServer();
    const client = await connectWebsocket(server.url);
    client.socket.pause();
    const pings = 400;
    const payload = { text: 'x'.repeat(90_000) };
    for (let i = 0; i < pings; i += 1) client.send({ type: 'ping', payload });
    expect(await quiet(() => client.socket.bufferedAmount)).toBeGreaterThan(10_000_000);
    client.socket.resume();
    for (let i = 0; i < pings; i += 1) expect((await client.next()).type).toBe('pong');
  });
});

describe('A server that closes', () => {
  it('says so on its WebSockets, ends their subscriptions and does not call them complete', async () => {
    const server = await openSubscriptionServer();
    const client = await connectWebsocket(server.url);
    client.send({ id: 'a', type: 'subscribe', payload: { query: TICKS } });
    const feed = await server.feed();
    await server.close();
    await feed.returned;
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    await expect(client.next()).rejects.toThrow('1001');
  }, 5_000);

  it('answers before what it has been asked, and nothing more', async () => {
    const gate = createDeferred();
    const asked = createDeferred();
    const orderBook = async () => {
      asked.resolve();
      await gate.promise;
      return { symbol: 'BTC-USD', time: 0, bids: [], asks: [] };
    };
    const server = await openSubscriptionServer({ market: { orderBook } });
    const client = await connectWebsocket(server.url);
    client.send({ id: 'a', type: 'subscribe', payload: { query: TICKS } });
    await server.feed();
    client.send({ id: 'b', type: 'subscribe', payload: { query: '{ orderBook(symbol: "BTC-USD") { symbol } }' } });
    await asked.promise;
    const closing = server.close();
    client.send({ id: 'c', type: 'subscribe', payload: { query: SOURCE } });
    await settle();
    gate.resolve();
    expect(await client.next()).toMatchObject({
      id: 'b',
      type: 'next',
      payload: { data: { orderBook: { symbol: 'BTC-USD' } } },
    });
    expect(await client.next()).toEqual({ id: 'b', type: 'complete' });
    expect((await client.closed).code).toBe(1001);
    await closing;
  });

  it('ends subscriptions at once, whether their client answers or not', async () => {
    const server = await openSubscriptionServer({ timeouts: { goodbye: 60_000 } });
    const client = await connectWebsocket(server.url);
    client.send({ id: 'a', type: 'subscribe', payload: { query: TICKS } });
    const feed = await server.feed();
    client.socket.pause();
    const closing = server.close();
    await feed.returned;
    client.socket.terminate();
    await closing;
  }, 5_000);

  it('does not wait for a client that does not answer', async () => {
    const server = await openServer({ timeouts: { goodbye: 20 } });
    const client = await connectWebsocket(server.url);
    client.socket.pause();
    await server.close();
  }, 5_000);

  it('cuts off a query that has not ended in time', async () => {
    const asked = createDeferred();
    const orderBook = () => {
      asked.resolve();
      return new Promise<never>(() => {});
    };
    const server = await openServer({ market: { orderBook } });
    const client = await connectWebsocket(server.url);
    client.send({ id: 'a', type: 'subscribe', payload: { query: '{ orderBook(symbol: "BTC-USD") { time } }' } });
    await asked.promise;
    await server.close(20);
    expect((await client.closed).code).toBe(1006);
  });

  it('closes what connects meanwhile', async () => {
    const server = await openServer();
    const connection = await openConnection(server.port);
    const request = handshake('/graphql');
    connection.write(request.slice(0, 30));
    await settle();
    const closing = server.close();
    connection.write(request.slice(30));
    // A frame of closing with the code 1001.
    expect((await connection.received(/Going away/)).slice(0, 12)).toBe('HTTP/1.1 101');
    connection.socket.destroy();
    await closing;
  });
});

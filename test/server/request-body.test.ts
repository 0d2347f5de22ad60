import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { GraphqlAnswer } from '../support/client.js';
import { settle } from '../support/turns.js';
import { exchange, openConnection } from './raw-connection.js';
import { openServer, type ServerWorld } from './server-world.js';

const QUERY = JSON.stringify({ query: '{ market { source } }' });
const DATA = { data: { market: { source: 'simulated' } } };

describe('The body of a POST', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/json ;charset=utf-8',
  ])('is read as %s', async (type) => {
    expect(await post(await openServer(), QUERY, { 'Content-Type': type })).toMatchObject({ status: 200, body: DATA });
  });

  it.each<[string, BodyInit, Record<string, string>]>([
    ['text/plain', QUERY, { 'Content-Type': 'text/plain' }],
    ['application/x-www-form-urlencoded', new URLSearchParams({ query: '{ market { source } }' }), {}],
    ['multipart/form-data', form(), {}],
    ['application/graphql', '{ market { source } }', { 'Content-Type': 'application/graphql' }],
    ['application/jsonp', QUERY, { 'Content-Type': 'application/jsonp' }],
    ['none', new Blob([QUERY]), {}],
  ])('is refused as %s', async (type, body, headers) => {
    const answer = await post(await openServer(), body, headers);
    expect(answer.status).toBe(415);
    expect(answer.body.errors).toMatchObject([
      {
        message: expect.stringContaining(`but got ${type}`) as unknown,
        extensions: { code: 'BAD_USER_INPUT', allowed: 'application/json' },
      },
    ]);
    expect(answer.body).not.toHaveProperty('data');
  });

  it('is refused where it is compressed', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const answer = await post(await openServer(), QUERY, headers);
    expect(answer).toMatchObject({
      status: 415,
      body: { errors: [{ message: expect.stringContaining('gzip') as unknown }] },
    });
  });

  it.each([
    ['', 'A body is JSON, but got none.'],
    ['{ "query":', 'A body is JSON, but got what is none: Unexpected end of JSON input.'],
    ['[{ "query": "{ market { source } }" }]', 'A body is one JSON object with a query, but got a list.'],
    ['"{ market { source } }"', 'A body is one JSON object with a query, but got a string.'],
    ['null', 'A body is one JSON object with a query, but got null.'],
    ['{}', 'A body has a query, a string, but got none.'],
    ['{ "query": null }', 'A body has a query, a string, but got null.'],
    ['{ "query": 1 }', 'A body has a query, a string, but got a number.'],
    ['{ "query": "{a}", "variables": [1] }', 'variables is an object, but got a list.'],
    ['{ "query": "{a}", "operationName": {} }', 'operationName is a string, but got an object.'],
    ['{ "query": "{a}", "extensions": "a" }', 'extensions is an object, but got a string.'],
    ['{ "query": "{a}", "id": 1 }', 'Unexpected parameter "id" in the request body.'],
  ])('is refused with 400 as %s', async (body, message) => {
    const answer = await post(await openServer(), body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(answer.body).not.toHaveProperty('data');
  });

  it('survives lists within lists as deep as a body can hold', async () => {
    const server = await openServer();
    const query = 'query ($symbols: [String!]!) { analyses(symbols: $symbols) { symbol } }';
    const deep = '['.repeat(45_000) + ']'.repeat(45_000);
    const answer = await post(server, `{ "query": "${query}", "variables": { "symbols": ${deep} } }`);
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: 'symbols[0]' } }] });
    expect((await post(server, QUERY)).body).toEqual(DATA);
  });
});

describe('A body of more than 100,000 bytes', () => {
  it('is what starts at one byte more', async () => {
    const server = await openServer();
    expect(await post(server, QUERY.padEnd(100_000))).toMatchObject({ status: 200, body: DATA });
    const answer = await post(server, QUERY.padEnd(100_001));
    expect(answer.status).toBe(413);
    expect(answer.headers.get('connection')).toBe('close');
    expect(answer.body.errors).toMatchObject([
      {
        message: 'A body has at most 100000 bytes, but got 100001.',
        extensions: { code: 'BAD_USER_INPUT', received: '100001', allowed: 100_000 },
      },
    ]);
  });

  it('is counted in bytes, not in characters', async () => {
    const server = await openServer();
    const body = JSON.stringify({ query: '{ market { source } }', operationName: 'ü'.repeat(50_000) });
    expect((await post(server, body)).status).toBe(413);
  });

  it('is refused while it is read, where it does not say its length', async () => {
    const server = await openServer();
    const answer = await post(server, stream(20, 10_000));
    expect(answer.status).toBe(413);
    expect(answer.body.errors).toMatchObject([{ message: 'A body has at most 100000 bytes, but got more.' }]);
  });

  it.each<[string, (bytes: number) => string | ReadableStream]>([
    ['with its length', (bytes) => QUERY.padEnd(bytes)],
    ['in chunks', (bytes) => stream(bytes / 50_000, 50_000)],
  ])('is not read to its end, and the client reads the answer (%s)', async (_, bodyOf) => {
    const server = await openServer();
    const closed: Promise<number>[] = [];
    server.server.on('connection', (socket: Socket) => {
      closed.push(new Promise((resolve) => socket.once('close', () => resolve(socket.bytesRead))));
    });
    const answers = await Promise.all([1, 2, 3].map(() => post(server, bodyOf(5_000_000))));
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413]);
    for (const bytesRead of await Promise.all(closed)) expect(bytesRead).toBeLessThan(900_000);
  });

  it('is answered to a client that looks only when it has sent all', async () => {
    const { port, server } = await openServer();
    const requested = new Promise((resolve) => server.once('request', resolve));
    const connection = await openConnection(port);
    connection.socket.pause();
    const head =
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 400000\r\n\r\n';
    connection.write(head + ' '.repeat(200_000));
    await requested;
    // Time enough to answer and to close, which a client that still writes would be told by a reset.
    await settle();
    connection.write(' '.repeat(200_000));
    await settle();
    connection.socket.resume();
    const { text, error } = await connection.ended;
    expect(error).toBeUndefined();
    expect(text).toContain('413 Payload Too Large');
    expect(text).toContain('A body has at most 100000 bytes, but got 400000.');
  });

  it('is not asked for, where a client asks before it sends it', async () => {
    const { port } = await openServer();
    const ask = (bytes: number) =>
      `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\nExpect: 100-continue\r\n\r\n`;
    const large = await openConnection(port);
    large.write(ask(100_001));
    expect(await large.received(/\}$/)).toMatch(/^HTTP\/1\.1 413 /);
    large.socket.destroy();
    const small = await openConnection(port);
    small.write(ask(QUERY.length));
    await small.received(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    small.write(QUERY);
    expect(await small.received(/\}$/)).toContain(JSON.stringify(DATA));
    small.socket.destroy();
  });

  it('is not read for a path, a method or a type that takes none either', async () => {
    const { port } = await openServer();
    const refused: [head: string, status: number][] = [
      ['POST /nowhere HTTP/1.1', 404],
      ['POST /health HTTP/1.1', 405],
      ['PUT /graphql HTTP/1.1', 405],
      ['POST /graphql HTTP/1.1\r\nContent-Type: text/plain', 415],
    ];
    const rest = `Host: a\r\nContent-Length: 9000000\r\n\r\n${' '.repeat(600_000)}`;
    const answers = await Promise.all(refused.map(([head]) => exchange(port, `${head}\r\n${rest}`)));
    for (const [i, [, status]] of refused.entries()) {
      expect(answers[i]).toContain(`HTTP/1.1 ${status} `);
      expect(answers[i]).toContain('Connection: close');
    }
  });
});

describe('A refused request with a small body', () => {
  it('leaves its connection open for the next one', async () => {
    const { port } = await openServer();
    const refused = 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello';
    const answer = await exchange(port, `${refused}GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 415', 'HTTP/1.1 200']);
  });
});

describe('A client that goes away', () => {
  it('while it sends its body, is no failure of ours', async () => {
    const { port, logged, server, ...world } = await openServer();
    const connection = await openConnection(port);
    const requested = new Promise((resolve) => server.once('request', resolve));
    connection.write(
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
    );
    await requested;
    connection.socket.resetAndDestroy();
    expect((await world.query('{ market { source } }')).body).toEqual(DATA);
    expect(logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});

/** Private */
async function post(
  server: ServerWorld,
  body: BodyInit,
  headers: Readonly<Record<string, string>> = { 'Content-Type': 'application/json' },
) {
  const answer = await server.send('/graphql', { method: 'POST', body, headers, ...streaming(body) });
  return { ...answer, body: answer.body as GraphqlAnswer };
}

/** Private: fetch takes a stream only where it is told that the answer may come before its end. */
function streaming(body: BodyInit): object {
  return body instanceof ReadableStream ? { duplex: 'half' } : {};
}

/** Private */
function stream(chunks: number, bytes: number): ReadableStream {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent++ < chunks) controller.enqueue(new TextEncoder().encode(' '.repeat(bytes)));
      else controller.close();
    },
  });
}

/** Private */
function form(): FormData {
  const data = new FormData();
  data.set('operations', QUERY);
  return data;
}

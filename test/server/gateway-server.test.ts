import { describe, expect, it } from 'vitest';
import { openConnection } from './raw-connection.js';
import { openServer } from './server-world.js';

const TIMEOUTS = { headers: 100, body: 200, check: 20 };
const POST = 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const QUERY = JSON.stringify({ query: '{ market { source } }' });

describe('A slow client', () => {
  it('that does not end its headers is told so and left', async () => {
    const { port } = await openServer({ timeouts: TIMEOUTS });
    const connection = await openConnection(port);
    connection.write('POST /graphql HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    expect((await connection.ended).text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('that does not end its body is told so and left', async () => {
    const { port, logged } = await openServer({ timeouts: TIMEOUTS });
    const connection = await openConnection(port);
    connection.write(`${POST}Content-Length: ${QUERY.length}\r\n\r\n${QUERY.slice(0, -1)}`);
    expect((await connection.ended).text).toMatch(/^HTTP\/1\.1 408 /);
    expect(logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });

  it('that sends its body byte by byte, but in time, is answered', async () => {
    const { port } = await openServer();
    const connection = await openConnection(port);
    connection.socket.setNoDelay(true);
    connection.write(`${POST}Content-Length: ${QUERY.length}\r\n\r\n`);
    for (const byte of QUERY) {
      connection.write(byte);
      await new Promise(setImmediate);
    }
    expect(await connection.received(/\}$/)).toContain('{"data":{"market":{"source":"simulated"}}}');
    connection.socket.destroy();
  });

  it('does not keep the others waiting', async () => {
    const server = await openServer();
    const slow = await Promise.all(Array.from({ length: 50 }, () => openConnection(server.port)));
    for (const connection of slow) connection.write(`${POST}Content-Length: ${QUERY.length}\r\n\r\n{`);
    expect((await server.query('{ market { source } }')).status).toBe(200);
    for (const { socket } of slow) socket.destroy();
  });
});

describe('What is no HTTP', () => {
  it.each(['hello\r\n\r\n', 'GET /ready HTTP/1.1\r\n\r\n', 'GET /ready HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n'])(
    'is refused with 400: %j',
    async (bytes) => {
      const server = await openServer();
      const connection = await openConnection(server.port);
      connection.write(bytes);
      expect((await connection.ended).text).toMatch(/^HTTP\/1\.1 400 /);
      expect((await server.get('/ready')).status).toBe(200);
    },
  );

  it('is headers of more than 16 kB', async () => {
    const { port } = await openServer();
    const connection = await openConnection(port);
    connection.write(`GET /ready HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect((await connection.ended).text).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('Requests at once', () => {
  it('are answered each with its own', async () => {
    const server = await openServer();
    const fields = Array.from({ length: 100 }, (_, i) => `a${i}`);
    const answers = await Promise.all(fields.map((field) => server.query(`{ ${field}: __typename }`)));
    expect(answers.map(({ body }) => Object.keys(body.data ?? {}))).toEqual(fields.map((field) => [field]));
  });

  it('on one connection are answered in their order', async () => {
    const { port } = await openServer();
    const connection = await openConnection(port);
    const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
    connection.write(get('/ready') + get('/nowhere') + get('/health', 'Connection: close\r\n'));
    expect((await connection.ended).text.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 404',
      'HTTP/1.1 200',
    ]);
  });
});

import { request as httpRequest, Agent } from 'node:http';
import { describe, expect, it } from 'vitest';
import { settle } from '../support/turns.js';
import { openConnection } from './raw-connection.js';
import { openServer } from './server-world.js';

const BOOK = '{ orderBook(symbol: "BTC-USD") { symbol } }';
const BOOK_REQUEST = `GET /graphql?query=${encodeURIComponent(BOOK)} HTTP/1.1\r\nHost: a\r\n\r\n`;
const NOBODY = { symbol: 'BTC-USD', time: 0, bids: [], asks: [] };

/** A server whose order books wait to be let go. */
async function openGated() {
  let asked = 0;
  let letGo: () => void = () => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let onAsked: () => void = () => {};
  const running = new Promise<void>((resolve) => (onAsked = resolve));
  const orderBook = async () => {
    asked++;
    onAsked();
    await gate;
    return NOBODY;
  };
  const world = await openServer({ market: { orderBook } });
  return { ...world, letGo, running, asked: () => asked };
}

describe('A server that closes', () => {
  it('finishes what runs, and tells the client to send no more', async () => {
    const server = await openGated();
    const answer = server.query(BOOK);
    await server.running;
    const closed = server.close();
    server.letGo();
    const { status, headers, body } = await answer;
    expect([status, body.data]).toEqual([200, { orderBook: { symbol: 'BTC-USD' } }]);
    expect(headers.get('connection')).toBe('close');
    await closed;
  });

  it('refuses new connections while something still runs', async () => {
    const server = await openGated();
    const answer = server.query(BOOK);
    await server.running;
    const closed = server.close();
    await expect(fetch(`${server.url}/ready`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    server.letGo();
    expect((await answer).status).toBe(200);
    await closed;
  });

  it('ends the connection that it finished on, instead of waiting for the next request', async () => {
    const server = await openGated();
    const connection = await openConnection(server.port);
    connection.write(BOOK_REQUEST);
    await server.running;
    const closed = server.close();
    server.letGo();
    const { text, error } = await connection.ended;
    expect(error).toBeUndefined();
    expect(text).toContain('Connection: close');
    await closed;
  });

  it('does not wait for connections that ask for nothing', async () => {
    const server = await openServer();
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve, reject) => {
      httpRequest(`${server.url}/ready`, { agent }, (response) => response.resume().once('end', resolve))
        .once('error', reject)
        .end();
    });
    const silent = await openConnection(server.port);
    await settle();
    // Would be cut off after ten seconds, the test after five.
    await server.close();
    await silent.ended;
    agent.destroy();
  }, 5_000);

  it('cuts off what has not ended in time', async () => {
    const server = await openGated();
    const connection = await openConnection(server.port);
    connection.write(BOOK_REQUEST);
    await server.running;
    await server.close(20);
    expect((await connection.ended).text).toBe('');
    server.letGo();
  });

  it('has nothing to do twice', async () => {
    const server = await openServer();
    await server.close();
    await server.close();
    expect(server.server.listening).toBe(false);
  });
});

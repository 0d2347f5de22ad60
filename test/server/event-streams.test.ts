import { GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { openEventStream, type EventStream } from '../support/event-stream.js';
import { quiet } from '../support/turns.js';
import { openConnection } from './raw-connection.js';
import { openServer, SCHEMA, type ServerWorld } from './server-world.js';
import { openSubscriptionServer } from './subscription-world.js';

const TICKS = 'subscription { ticks { number } }';
const address = (server: ServerWorld, query: string) => `${server.url}/graphql?query=${encodeURIComponent(query)}`;

/** The next event that is no comment. */
async function nextEvent(stream: EventStream) {
  for (;;) {
    const event = await stream.next();
    if (event?.name !== undefined || event === undefined) return event;
  }
}

describe('An event stream', () => {
  it('comes by GET, with headers that keep it from being stored or held back', async () => {
    const server = await openSubscriptionServer();
    const stream = await openEventStream(address(server, TICKS), { headers: { Origin: 'https://app.example.com' } });
    const { status, headers } = stream.response;
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
    });
    expect(headers.get('content-encoding')).toBeNull();
    const feed = await server.feed();
    feed.send(1);
    expect(await nextEvent(stream)).toEqual({ name: 'next', data: '{"data":{"ticks":{"number":1}}}' });
    feed.end();
    expect(await nextEvent(stream)).toEqual({ name: 'complete', data: '' });
    expect(await stream.next()).toBeUndefined();
  });

  it('ends its source where a client by GET leaves', async () => {
    const server = await openSubscriptionServer();
    const stream = await openEventStream(address(server, TICKS));
    const feed = await server.feed();
    stream.abort();
    await feed.returned;
  });

  it('has a comment now and then, so that nothing between takes it for dead, and is not cut off for its silence', async () => {
    const server = await openSubscriptionServer({ stalledMs: 500 });
    const stream = await openEventStream(address(server, TICKS));
    const feed = await server.feed();
    feed.send(1);
    expect(await nextEvent(stream)).toMatchObject({ name: 'next' });
    for (let comments = 0; comments < 4; comments += 1) {
      expect(await stream.next()).toEqual({ name: undefined, data: '' });
    }
    feed.send(2);
    expect(await nextEvent(stream)).toMatchObject({ name: 'next' });
    stream.abort();
  });

  it('answers a query too, with what a POST is answered', async () => {
    const server = await openServer();
    const query = '{ market { source } price(symbol: "NO-SUCH") { price } }';
    const stream = await openEventStream(address(server, query));
    const event = await nextEvent(stream);
    expect(event?.name).toBe('next');
    expect(JSON.parse(event?.data ?? '')).toEqual((await server.query(query)).body);
    expect(await nextEvent(stream)).toEqual({ name: 'complete', data: '' });
    expect(stream.response.headers.get('cache-control')).toBe('no-store');
  });

  it.each(['text/event-stream', '*/*', 'application/json, text/event-stream', 'Text/Event-Stream;charset=UTF-8'])(
    'is what a subscription is answered for Accept: %s',
    async (accept) => {
      const server = await openSubscriptionServer();
      const stream = await openEventStream(address(server, TICKS), { headers: { Accept: accept } });
      expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
      stream.abort();
      await (
        await server.feed()
      ).returned;
    },
  );

  it.each([
    'application/json',
    'application/graphql-response+json',
    'multipart/mixed',
    'text/event-stream;charset=latin1, application/json',
  ])('is what a subscription needs, and is told so for Accept: %s', async (accept) => {
    const server = await openSubscriptionServer();
    const { status, body } = await server.query(TICKS, {}, { Accept: accept });
    expect([status, body.data]).toEqual([406, undefined]);
    const extensions = { code: 'BAD_USER_INPUT', argument: 'Accept', received: accept, allowed: 'text/event-stream' };
    expect(body.errors).toMatchObject([{ extensions }]);
    expect(body.errors?.[0]?.message).toMatch(/Accept: text\/event-stream.*WebSocket.*graphql-transport-ws/);
    expect(server.feeds).toEqual([]);
  });

  it('is refused with 401 where the token is wrong', async () => {
    const server = await openSubscriptionServer();
    const headers = { Authorization: 'Basic wrong' };
    const { response } = await openEventStream(address(server, TICKS), { headers });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
    expect(await response.text()).toContain('"code":"UNAUTHENTICATED"');
    expect(server.feeds).toEqual([]);
  });

  it('is refused where there are no subscriptions at all', async () => {
    const schema = new GraphQLSchema({ ...SCHEMA.toConfig(), subscription: null });
    const server = await openServer({ schema });
    const { body } = await server.query(TICKS);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('A client of an event stream that reads nothing', () => {
  const TEXTS = encodeURIComponent('subscription { ticks { number text } }');
  const REQUEST = `GET /graphql?query=${TEXTS} HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n`;

  it('is sent no more than its connection holds, and is cut off in the end', async () => {
    const server = await openSubscriptionServer({ stalledMs: 200 });
    const connection = await openConnection(server.port);
    connection.write(REQUEST);
    await connection.received(/text\/event-stream/);
    connection.socket.pause();
    const feed = await server.feed();
    for (let event = 0; event < 60; event += 1) feed.send(event);
    expect(await quiet(() => feed.asked)).toBeLessThan(30);
    await feed.returned;
    connection.socket.resume();
    expect((await connection.ended).text).not.toContain('"number":59');
  });
});

describe('A server that closes', () => {
  const REQUEST = `GET /graphql?query=${encodeURIComponent(TICKS)} HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n`;

  // A connection that stays open for another request would do so for five seconds.
  it('completes its event streams, and ends their connections', async () => {
    const server = await openSubscriptionServer();
    const connection = await openConnection(server.port);
    connection.write(REQUEST);
    const feed = await server.feed();
    feed.send(1);
    await connection.received(/event: next/);
    const closing = server.close();
    const { text, error } = await connection.ended;
    expect(text).toMatch(/event: complete\n[^]*\r\n0\r\n\r\n$/);
    expect(error).toBeUndefined();
    await feed.returned;
    await closing;
  }, 4_000);

  it('keeps no event stream that begins meanwhile', async () => {
    const server = await openSubscriptionServer();
    const connection = await openConnection(server.port);
    connection.write(REQUEST.slice(0, 20));
    await server.get('/ready');
    const closing = server.close();
    connection.write(REQUEST.slice(20));
    expect((await connection.ended).text).toMatch(/event: complete/);
    await (
      await server.feed()
    ).returned;
    await closing;
  }, 4_000);
});

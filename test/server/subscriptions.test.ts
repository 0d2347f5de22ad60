import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDemoAccounts } from '../../src/accounts/demo-accounts.js';
import type { Database } from '../../src/accounts/database/database.js';
import { openDatabase } from '../../src/accounts/database/open-database.js';
import { createRepositories } from '../../src/accounts/repositories.js';
import { systemClock, type Clock } from '../../src/support/clock.js';
import { createDeferred } from '../../src/support/deferred.js';
import { GatewayError } from '../../src/support/gateway-error.js';
import { settle } from '../support/turns.js';
import { openServer } from './server-world.js';
import {
  openSubscriptionServer,
  SECRET,
  subscribeByEventStream,
  subscribeByWebsocket,
  type Subscribe,
  type SubscriptionWorld,
  type SubscriptionWorldOptions,
} from './subscription-world.js';

const TRANSPORTS: readonly [string, Subscribe][] = [
  ['by a WebSocket', subscribeByWebsocket],
  ['by an event stream', subscribeByEventStream],
];
const TICKS = 'subscription { ticks { number } }';
const BATCH = `subscription {
  backtestBatchProgress(input: {
    strategy: { smaCross: { fast: 2, slow: 5 } }, symbols: ["BTC-USD", "ETH-USD"]
    from: "2025-10-01T00:00:00Z", to: "2025-11-20T00:00:00Z"
  }) { done total finished results { symbol stats { tradeCount } error { code } } }
}`;
const HUNDRED = JSON.stringify(Array(100).fill('BTC-USD'));
const COSTLY = Array.from({ length: 6 }, (_, i) => `a${i}: analyses(symbols: ${HUNDRED}) { symbol }`).join(' ');
const MASKED = { message: expect.stringContaining('Something went wrong on our side.') as unknown };

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ dataDir: 'memory', logger: pino({ level: 'silent' }) });
  await seedDemoAccounts(database.db, systemClock);
});
afterAll(() => database.close());

const withDatabase = (options: SubscriptionWorldOptions = {}) =>
  openSubscriptionServer({ ...options, database: async (clock: Clock) => createRepositories(database.db, clock) });

async function signIn(server: SubscriptionWorld): Promise<string> {
  const document = 'mutation { login(email: "trader@demo.local", password: "trader") { token } }';
  const { body } = await server.query<{ login: { token: string } }>(document);
  return `Bearer ${body.data?.login.token}`;
}

describe.each(TRANSPORTS)('A subscription %s', (_, subscribe) => {
  it('tells each event as it comes, and its end', async () => {
    const server = await openSubscriptionServer();
    const subscriber = await subscribe(server.url, TICKS);
    const feed = await server.feed();
    for (const number of [1, 2]) {
      feed.send(number);
      expect(await subscriber.next()).toEqual({ data: { ticks: { number } } });
    }
    feed.end();
    expect(await subscriber.next()).toBeUndefined();
  });

  it('tells how a batch of backtests goes on', async () => {
    const { url } = await openServer();
    const subscriber = await subscribe(url, BATCH);
    const events: unknown[] = [];
    for (let event = await subscriber.next(); event; event = await subscriber.next()) {
      expect(event.errors).toBeUndefined();
      events.push(event.data?.['backtestBatchProgress']);
    }
    expect(events[0]).toEqual({ done: 0, total: 2, finished: false, results: [] });
    expect(events.at(-1)).toMatchObject({ done: 2, total: 2, finished: true });
  });

  it('asks its source for an event only when the one before was told', async () => {
    const server = await openSubscriptionServer();
    const subscriber = await subscribe(server.url, TICKS);
    const feed = await server.feed();
    for (const number of [1, 2, 3]) feed.send(number);
    for (const number of [1, 2, 3]) expect(await subscriber.next()).toMatchObject({ data: { ticks: { number } } });
    await settle();
    expect(feed.asked).toBe(4);
  });

  describe('whose client leaves', () => {
    it('ends its source at once, though no event is due', async () => {
      const server = await openSubscriptionServer();
      const subscriber = await subscribe(server.url, TICKS);
      const feed = await server.feed();
      feed.send(1);
      await subscriber.next();
      subscriber.leave();
      await feed.returned;
    });

    it('ends a source that had not begun', async () => {
      const gate = createDeferred();
      const server = await openSubscriptionServer({ gate: gate.promise });
      const subscribing = subscribe(server.url, TICKS).then(
        (subscriber) => subscriber.leave(),
        () => undefined,
      );
      await settle();
      // An event stream is not answered before its source has begun: its connection is cut.
      if (subscribe === subscribeByEventStream) server.server.closeAllConnections();
      await subscribing;
      await settle();
      gate.resolve();
      await (
        await server.feed()
      ).returned;
    });
  });

  describe('that runs while something changes', () => {
    const PRICE = 'subscription { ticks { number query { price(symbol: "BTC-USD") { price cache { status } } } } }';

    it('reads anew for each event what was invalidated since the last one', async () => {
      let price = 0;
      const tickers = async (symbols: readonly string[]) =>
        symbols.map((symbol) => ({ symbol, price: ++price, change24hPercent: null, volume24h: null, time: 0 }));
      const server = await openSubscriptionServer({ market: { tickers } });
      const subscriber = await subscribe(server.url, PRICE);
      const feed = await server.feed();
      const next = async () => {
        feed.send(1);
        return (await subscriber.next())?.data?.['ticks'];
      };
      const told = (price: number, status: string) => ({ number: 1, query: { price: { price, cache: { status } } } });
      expect(await next()).toEqual(told(1, 'MISS'));
      expect(await next()).toEqual(told(1, 'HIT'));
      await server.cache.invalidate(['price:BTC-USD']);
      expect(await next()).toEqual(told(2, 'MISS'));
    });

    it('ends UNAUTHENTICATED with the event after its session, and tells nothing of it', async () => {
      const server = await withDatabase();
      const authorization = await signIn(server);
      const subscriber = await subscribe(
        server.url,
        'subscription { ticks { number query { viewer { email } } } }',
        authorization,
      );
      const feed = await server.feed();
      feed.send(1);
      const ticks = { number: 1, query: { viewer: { email: 'trader@demo.local' } } };
      expect(await subscriber.next()).toEqual({ data: { ticks } });
      await server.query('mutation { logout }', {}, { Authorization: authorization });
      feed.send(2);
      const last = await subscriber.next();
      expect(last).not.toHaveProperty('data');
      expect(last?.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
      expect(await subscriber.next()).toBeUndefined();
      await feed.returned;
    });
  });

  describe('in which something fails', () => {
    it('masks the failure of a field, and goes on', async () => {
      const server = await openSubscriptionServer();
      const subscriber = await subscribe(server.url, 'subscription { ticks { number failing } }');
      const feed = await server.feed();
      for (const number of [1, 2]) {
        feed.send(number);
        const result = await subscriber.next();
        expect(result?.data).toEqual({ ticks: { number, failing: null } });
        const [error] = result?.errors ?? [];
        expect(error).toMatchObject({ ...MASKED, path: ['ticks', 'failing'], extensions: { code: 'INTERNAL' } });
        const entry = server.logged.find(({ id }) => id === error?.extensions['id']);
        expect(entry).toMatchObject({ msg: 'a request failed', err: { message: SECRET } });
      }
    });

    it.each<[string, unknown]>([
      ['an error', new Error(SECRET)],
      ['a text', SECRET],
      ['nothing', undefined],
    ])('ends masked where its source throws %s', async (__, thrown) => {
      const server = await openSubscriptionServer();
      const subscriber = await subscribe(server.url, TICKS);
      const feed = await server.feed();
      feed.fail(thrown);
      const last = await subscriber.next();
      expect(last?.errors).toMatchObject([{ ...MASKED, extensions: { code: 'INTERNAL' } }]);
      expect(JSON.stringify(last)).not.toContain('hunter2');
      expect(await subscriber.next()).toBeUndefined();
      expect(server.logged.map(({ id }) => id)).toContain(last?.errors?.[0]?.extensions['id']);
      expect(feed.asked).toBe(1);
    });

    it('ends with what its source has to say to the client', async () => {
      const server = await openSubscriptionServer();
      const subscriber = await subscribe(server.url, TICKS);
      (await server.feed()).fail(new GatewayError('UPSTREAM_TIMEOUT', 'The exchange is late.', { symbol: 'A' }));
      const extensions = { code: 'UPSTREAM_TIMEOUT', symbol: 'A' };
      expect((await subscriber.next())?.errors).toMatchObject([{ message: 'The exchange is late.', extensions }]);
      expect(await subscriber.next()).toBeUndefined();
    });

    it('does not keep a source whose viewer cannot be looked up', async () => {
      let isAway = false;
      const repositories = await withDatabase();
      const authorization = await signIn(repositories);
      const server = await openSubscriptionServer({
        database: async (clock) => {
          if (isAway) throw new Error(SECRET);
          return createRepositories(database.db, clock);
        },
      });
      const subscriber = await subscribe(server.url, TICKS, authorization);
      const feed = await server.feed();
      isAway = true;
      feed.send(1);
      expect((await subscriber.next())?.errors).toMatchObject([{ ...MASKED, extensions: { code: 'INTERNAL' } }]);
      expect(await subscriber.next()).toBeUndefined();
      await feed.returned;
    });
  });

  it.each([
    ['it is no GraphQL', 'subscription { ticks { number }', { code: 'GRAPHQL_PARSE_FAILED' }],
    ['it asks for what there is not', 'subscription { ticks { colour } }', { code: 'GRAPHQL_VALIDATION_FAILED' }],
    ['it asks for two', 'subscription { ticks { number } refused { number } }', { code: 'GRAPHQL_VALIDATION_FAILED' }],
    [
      'it costs too much',
      `subscription { ticks { query { ${COSTLY} } } }`,
      { code: 'BAD_USER_INPUT', allowed: 25_000 },
    ],
    [
      'it has a wrong argument',
      'subscription ($n: Int = 1.5) { ticks(last: $n) { number } }',
      { code: 'GRAPHQL_VALIDATION_FAILED' },
    ],
    ['it is refused', 'subscription { refused { number } }', { code: 'NOT_FOUND', argument: 'symbol' }],
    ['it cannot begin', 'subscription { broken { number } }', { code: 'INTERNAL' }],
  ])('does not begin where %s', async (__, document, extensions) => {
    const server = await openSubscriptionServer();
    const subscriber = await subscribe(server.url, document);
    const refusal = await subscriber.next();
    expect(refusal).not.toHaveProperty('data');
    expect(refusal?.errors).toMatchObject([{ extensions }]);
    expect(refusal?.errors?.[0]?.extensions).not.toHaveProperty('http');
    expect(JSON.stringify(refusal)).not.toContain('hunter2');
    expect(await subscriber.next()).toBeUndefined();
    expect(server.feeds).toEqual([]);
  });
});

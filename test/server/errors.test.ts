import { getIntrospectionQuery, GraphQLError } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { OrderBook } from '../../src/market/instrument.js';
import { buildSchema } from '../../src/schema/index.js';
import { createMask } from '../../src/server/mask-error.js';
import { useMaskedFailures } from '../../src/server/masked-failures.js';
import { GatewayError, type ErrorCode } from '../../src/support/gateway-error.js';
import { exchange } from './raw-connection.js';
import { openServer, type ServerWorldOptions } from './server-world.js';

const GRAPHQL_JSON = { Accept: 'application/graphql-response+json' };
const SECRET = 'postgres://tidemark:hunter2@db.internal:5432/tidemark';

/** Fails as a library does, with what no client may see. */
const failing = async (): Promise<never> => {
  throw new Error(`connect ECONNREFUSED ${SECRET} Authorization: Bearer kite-key-123`);
};

/** The errors of a query that is answered as application/graphql-response+json, with its status. */
async function errorsOf(document: string, variables = {}, options: ServerWorldOptions = {}) {
  const { status, body } = await (await openServer(options)).query(document, variables, GRAPHQL_JSON);
  return { status, data: body.data, errors: body.errors ?? [] };
}

describe('An error of a document', () => {
  it.each([
    ['a syntax error', '{ market { source }', 'GRAPHQL_PARSE_FAILED', 'Syntax Error: Expected Name, found <EOF>.'],
    [
      'a field that there is not',
      '{ market { sourc } }',
      'GRAPHQL_VALIDATION_FAILED',
      'Cannot query field "sourc" on type "Market". Did you mean "source"?',
    ],
    [
      'a timeframe that there is not',
      '{ analysis(symbol: "BTC-USD", timeframe: M7) { id } }',
      'GRAPHQL_VALIDATION_FAILED',
      'Value "M7" does not exist in "Timeframe" enum. Did you mean the enum value "M1" or "M5"?',
    ],
    [
      'an argument that is missing',
      '{ price { price } }',
      'GRAPHQL_VALIDATION_FAILED',
      'Field "price" argument "symbol" of type "String!" is required, but it was not provided.',
    ],
    [
      'a number too large',
      '{ candles(symbol: "BTC-USD", timeframe: H1, limit: 9999999999) { time } }',
      'GRAPHQL_VALIDATION_FAILED',
      'Int cannot represent non 32-bit signed integer value: 9999999999',
    ],
  ])('has a code of graphql and the place: %s', async (_, document, code, message) => {
    const { status, data, errors } = await errorsOf(document);
    expect([status, data]).toEqual([400, undefined]);
    expect(errors).toMatchObject([{ message, extensions: { code }, locations: [{ line: 1 }] }]);
  });

  it('is BAD_USER_INPUT with the rule, where a scalar has one', async () => {
    const { errors } = await errorsOf('{ candles(symbol: "BTC-USD", timeframe: H1, from: "yesterday") { time } }');
    const extensions = {
      code: 'BAD_USER_INPUT',
      rule: expect.stringMatching(/^ISO 8601/) as unknown,
      received: 'yesterday',
    };
    expect(errors).toMatchObject([{ extensions }]);
  });

  it.each([
    ['an argument', '{ candles(timeframe: H1, symbol: "BTC-USD", from: "x") { time } }', 'from', 51],
    [
      'a field of an input',
      '{ backtest(input: { symbol: "A", strategy: { smaCross: { fast: 2 } }, timeframe: H4, from: "x" }) { cache { status } } }',
      'input.from',
      92,
    ],
    [
      'a number that is none',
      '{ backtest(input: { cash: "x", symbol: "A", timeframe: H4, strategy: { smaCross: {} } }) { cache { status } } }',
      'input.cash',
      27,
    ],
    [
      'the default of a variable',
      'query ($a: Int = 1, $from: DateTime = "x") { candles(symbol: "A", timeframe: H1, limit: $a, from: $from) { time } }',
      'from',
      39,
    ],
  ])('names place and argument of a scalar: %s', async (_, document, argument, column) => {
    const { errors } = await errorsOf(document);
    const extensions = { code: 'BAD_USER_INPUT', argument, received: 'x' };
    expect(errors).toMatchObject([{ extensions, locations: [{ line: 1, column }] }]);
  });

  it('comes with 200 to a client that takes application/json, and without data', async () => {
    const server = await openServer();
    for (const document of ['{', '{ nothing }', '{ candles(symbol: "a", timeframe: H1, from: "b") { time } }']) {
      const { status, body } = await server.query(document, {}, { Accept: 'application/json' });
      expect([status, body.errors?.length, 'data' in body]).toEqual([200, 1, false]);
    }
  });
});

describe('A variable', () => {
  const ANALYSIS = 'query ($timeframe: Timeframe!) { analysis(symbol: "BTC-USD", timeframe: $timeframe) { id } }';
  const PRICES = 'query ($symbols: [String!]!) { prices(symbols: $symbols) { symbol } }';
  const CANDLES = 'query ($from: DateTime) { candles(symbol: "BTC-USD", timeframe: H1, from: $from) { time } }';
  const TIMEFRAMES = ['M1', 'M5', 'M15', 'H1', 'H4', 'H6', 'D1', 'W1', 'MN1'];

  it.each([
    [
      'of no value of its enum',
      ANALYSIS,
      { timeframe: 'M7' },
      {
        argument: 'timeframe',
        rule: 'Value "M7" does not exist in "Timeframe" enum.',
        received: 'M7',
        allowed: TIMEFRAMES,
      },
    ],
    [
      'that is missing',
      ANALYSIS,
      {},
      { argument: 'timeframe', rule: 'has a value of the type Timeframe!', received: 'none' },
    ],
    ['that is null', ANALYSIS, { timeframe: null }, { argument: 'timeframe', received: null }],
    ['with an item of another type', PRICES, { symbols: ['a', 7] }, { argument: 'symbols[1]', received: 7 }],
    ['with a time that is none', CANDLES, { from: 'yesterday' }, { argument: 'from', received: 'yesterday' }],
    ['of another type', CANDLES, { from: { a: 1 } }, { argument: 'from', received: { a: 1 } }],
  ])('%s is BAD_USER_INPUT and says what it has to be', async (_, document, variables, details) => {
    const { status, data, errors } = await errorsOf(document, variables);
    expect([status, data]).toEqual([400, undefined]);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', ...details } }]);
    expect(errors[0]?.extensions).toHaveProperty('rule');
    expect(errors[0]?.message).toMatch(/^Variable "\$/);
  });

  it('with thousands of wrong items is answered with some of them, each with its code', async () => {
    const { errors } = await errorsOf(PRICES, { symbols: Array<number>(5_000).fill(1) });
    expect(errors.length).toBeLessThan(100);
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
  });

  it('is not repeated at length', async () => {
    const { errors } = await errorsOf(ANALYSIS, { timeframe: 'x'.repeat(10_000) });
    expect(String(errors[0]?.extensions['received'])).toHaveLength(80);
  });

  it('that may be null, for an argument that may not, is BAD_USER_INPUT', async () => {
    const document =
      'query ($t: Timeframe) { price(symbol: "BTC-USD") { price } analysis(symbol: "BTC-USD", timeframe: $t) { id } }';
    const { errors } = await errorsOf(document, { t: null });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'timeframe' } }]);
  });
});

describe('An error of a resolver', () => {
  it('has its path and its details, and leaves the other fields standing', async () => {
    const { status, data, errors } = await errorsOf(
      '{ market { source } candles(symbol: "BTC-USD", timeframe: H1, limit: 9000) { time } price(symbol: "NO-SUCH") { price } }',
    );
    expect([status, data]).toEqual([200, { market: { source: 'simulated' }, candles: null, price: null }]);
    expect(errors).toMatchObject([
      { path: ['candles'], extensions: { code: 'BAD_USER_INPUT', argument: 'limit', received: 9_000 } },
      { path: ['price'], extensions: { code: 'NOT_FOUND', symbol: 'NO-SUCH' } },
    ]);
  });

  it.each<ErrorCode>(['UPSTREAM_RATE_LIMITED', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT'])(
    'keeps the code %s and what a client may know',
    async (code) => {
      const cause = new Error(SECRET);
      const details = { symbol: 'BTC-USD', retryAfterSeconds: 7 };
      const orderBook = async () => {
        throw new GatewayError(code, 'The exchange does not answer.', details, { cause });
      };
      const { status, errors } = await errorsOf(
        '{ orderBook(symbol: "BTC-USD") { time } }',
        {},
        { market: { orderBook } },
      );
      expect(status).toBe(200);
      expect(errors).toMatchObject([
        { message: 'The exchange does not answer.', path: ['orderBook'], extensions: { code, ...details } },
      ]);
      expect(JSON.stringify(errors)).not.toContain('hunter2');
    },
  );

  it('that limits a client has HTTP 429 and Retry-After', async () => {
    const orderBook = async () => {
      throw new GatewayError('RATE_LIMITED', 'Too many requests.', { retryAfterSeconds: 12 });
    };
    const server = await openServer({ market: { orderBook } });
    const { status, headers, body } = await server.query('{ orderBook(symbol: "BTC-USD") { time } }');
    expect([status, headers.get('retry-after')]).toEqual([429, '12']);
    expect(body.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 12 } }]);
  });
});

describe('A failure of our own', () => {
  const market = { orderBook: failing, tickers: failing };

  it('is masked as INTERNAL, with an id under which the log has all of it', async () => {
    const server = await openServer({ market });
    const { status, body, text } = await server.query('{ market { source } orderBook(symbol: "BTC-USD") { time } }');
    expect([status, body.data]).toEqual([200, { market: { source: 'simulated' }, orderBook: null }]);
    const [error] = body.errors ?? [];
    const id = String(error?.extensions['id']);
    expect(error).toEqual({
      message: `Something went wrong on our side. If it persists, report the id ${id}.`,
      locations: [{ line: 1, column: 21 }],
      path: ['orderBook'],
      extensions: { code: 'INTERNAL', id },
    });
    expect(text).not.toMatch(/hunter2|kite-key|ECONNREFUSED| at |\.ts|node_modules/);
    const entry = server.logged.find((line) => line['id'] === id);
    expect(entry).toMatchObject({
      msg: 'a request failed',
      err: { message: expect.stringContaining(SECRET) as unknown },
    });
    expect(JSON.stringify(entry)).toContain('errors.test.ts');
  });

  it('of an item of a list is masked there', async () => {
    const server = await openServer({ market });
    const { body, text } = await server.query(
      '{ prices(symbols: ["BTC-USD"]) { price { price } error { code message } } }',
    );
    expect(body.errors).toBeUndefined();
    expect(body.data).toMatchObject({ prices: [{ price: null, error: { code: 'INTERNAL' } }] });
    expect(text).not.toMatch(/hunter2|ECONNREFUSED/);
    const id = /report the id ([0-9a-f-]{36})/.exec(text)?.[1];
    expect(server.logged.map((line) => line['id'])).toContain(id);
  });

  it('before the execution has HTTP 500', async () => {
    const server = await openServer();
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const headers = { Accept: accept, Authorization: `Bearer ${'t'.repeat(43)}` };
      const { status, body, text } = await server.query('{ market { source } }', {}, headers);
      expect([status, 'data' in body]).toEqual([500, false]);
      expect(body.errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
      expect(text).not.toMatch(/hunter2|ECONNREFUSED/);
    }
  });

  it.each<[string, unknown]>([
    ['a text', SECRET],
    ['an object', { message: SECRET, code: 'EVIL', stack: SECRET }],
    ['nothing', undefined],
    [
      'an error with codes of its own',
      Object.assign(new Error(SECRET), { extensions: { code: 'LEAK' }, code: 'EVIL' }),
    ],
    ['an error of GraphQL that no part of ours makes', new GraphQLError(SECRET, { extensions: { code: 'EVIL' } })],
    ['an error of GraphQL without a code', new GraphQLError(SECRET)],
  ])('is masked where what was thrown is %s', async (_, thrown) => {
    const orderBook = async (): Promise<never> => {
      throw thrown;
    };
    const server = await openServer({ market: { orderBook } });
    const { body, text } = await server.query('{ orderBook(symbol: "BTC-USD") { time } }');
    expect(body.errors).toMatchObject([{ path: ['orderBook'], extensions: { code: 'INTERNAL' } }]);
    expect(text).not.toMatch(/hunter2|LEAK|EVIL/);
  });

  it('is masked where a source answers what it must not', async () => {
    const orderBook = async () => JSON.parse('{ "symbol": null, "time": 0, "bids": [], "asks": [] }') as OrderBook;
    const server = await openServer({ market: { orderBook } });
    const { body, text } = await server.query('{ orderBook(symbol: "BTC-USD") { symbol } }');
    expect(body.data).toEqual({ orderBook: null });
    expect(body.errors).toMatchObject([{ path: ['orderBook', 'symbol'], extensions: { code: 'INTERNAL' } }]);
    expect(text).not.toContain('non-nullable');
    expect(JSON.stringify(server.logged)).toContain('Cannot return null for non-nullable field OrderBook.symbol.');
  });

  it.each(['[', 'a b', '%%%', 'a:99999999'])('is not made of the Host "%s"', async (host) => {
    const { port, logged } = await openServer();
    const request = `GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const answer = await exchange(port, request);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"BAD_USER_INPUT"');
    expect(answer).not.toMatch(/ at |node_modules/);
    expect(logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });

  it('of Yoga or of a plugin is masked, outside of any operation', async () => {
    const failures: unknown[] = [];
    const mask = createMask(
      pino({ level: 'error' }, { write: (line: string) => void failures.push(JSON.parse(line)) }),
    );
    const failingPlugin = {
      onResultProcess() {
        throw new Error(SECRET);
      },
    };
    const yoga = createYoga({
      schema: buildSchema(),
      plugins: [useMaskedFailures(mask), failingPlugin],
      logging: false,
    });
    const response = await yoga.fetch('http://gateway/graphql?query={__typename}');
    const text = await response.text();
    expect([response.status, JSON.parse(text)]).toMatchObject([
      500,
      { errors: [{ extensions: { code: 'INTERNAL' } }] },
    ]);
    expect(text).not.toMatch(/hunter2| at /);
    expect(failures).toMatchObject([{ err: { message: SECRET } }]);
  });

  it('of a page is masked too', async () => {
    const server = await openServer({ health: failing });
    const { status, body, text } = await server.get('/health');
    expect([status, body]).toMatchObject([500, { errors: [{ extensions: { code: 'INTERNAL' } }] }]);
    expect(text).not.toMatch(/hunter2/);
    expect((await server.get('/ready')).status).toBe(200);
  });
});

describe('In production', () => {
  const production = { production: true, introspection: false };

  it.each([
    ['{ market { sourc } }', {}],
    ['{ price(symbl: "BTC-USD") { price } }', {}],
    ['{ analysis(symbol: "BTC-USD", timeframe: M7) { id } }', {}],
    ['{ market { ... on Markets { source } } }', {}],
    ['query ($t: Timeframe!) { analysis(symbol: "BTC-USD", timeframe: $t) { id } }', { t: 'M7' }],
  ])('nothing is suggested for %s', async (document, variables) => {
    const hidden = await errorsOf(document, variables, production);
    expect(hidden.status).toBe(400);
    expect(JSON.stringify(hidden.errors)).not.toMatch(/did you mean/i);
    const shown = await errorsOf(document, variables);
    expect(JSON.stringify(shown.errors)).toMatch(/did you mean/i);
    expect(hidden.errors.map(({ extensions }) => extensions.code)).toEqual(
      shown.errors.map(({ extensions }) => extensions.code),
    );
  });

  it.each([
    ['the query of tools', getIntrospectionQuery()],
    ['a type', '{ __type(name: "Query") { name } }'],
    ['an alias', '{ market: __schema { queryType { name } } }'],
  ])('nobody sees the schema by %s, unless INTROSPECTION is on', async (_, document) => {
    const { status, data, errors } = await errorsOf(document, {}, production);
    expect([status, data]).toEqual([400, undefined]);
    expect(errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await errorsOf(document, {}, { production: true, introspection: true })).errors).toEqual([]);
  });

  it('__typename is answered all the same', async () => {
    expect(await errorsOf('{ __typename market { __typename } }', {}, production)).toMatchObject({
      status: 200,
      data: { __typename: 'Query', market: { __typename: 'Market' } },
    });
  });
});

import { assertObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/schema/index.js';
import { graphiqlTabs } from '../../src/server/graphiql-tabs.js';
import { answersIn } from '../support/event-stream.js';
import { openServer, OVERVIEW_SYMBOLS } from './server-world.js';

const LIMIT = 25_000;
const CACHE = 'cache { status layer ageSeconds ttlSeconds expiresAt tags computeMs }';
const DOW = `dow {
  trend confidence volumeConfirms degrees { degree trend }
  swings { time timestamp price kind label } events { time timestamp price kind }
}`;
const INDICATORS = `indicators {
  asOf sma20 sma50 sma200 ema20 rsi14 atr14 obv cmf20 mfi14 vwap adl
  macd { macd signal histogram } bollinger20 { upper middle lower } ${CACHE}
}`;
/** The whole of an overview, and then some. */
const OVERVIEW = `asOf timeframe breadth { up down sideways unknown failed } ${CACHE}
  pairs {
    symbol price change24hPercent volume24h sparkline error { code message }
    analysis { id asOf price ${DOW} ${INDICATORS} ${CACHE} }
  }`;

/** As many symbols as are asked for; that they are the same ones is no cheaper. */
const symbols = (count: number) => ({ symbols: Array<string>(count).fill('BTC-USD') });
const TABS = graphiqlTabs({ symbols: OVERVIEW_SYMBOLS, timeframe: 'H4', demo: undefined }).map(
  ({ query }) => [/(?:query|mutation) (\w+)/.exec(query)?.[1], query] as const,
);
const aliased = (count: number, field: string) => Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ');

const statistics = assertObjectType(buildSchema().getType('BacktestStats')).getFields();
/** All that a batch and its progress both have. */
const BATCH = `query ($input: BacktestBatchInput!) {
  backtestBatch(input: $input) {
    results { symbol stats { ${Object.keys(statistics).join(' ')} } error { code message } }
  }
}`;
const PREDICTIONS = `query ($symbols: [String!]!) {
  ${aliased(3, 'analyses(symbols: $symbols) { symbol }').replaceAll(/a(\d):/g, 'n$1:')}
  ${aliased(57, 'prediction(symbol: "BTC-USD", forceRefresh: $force) { symbol }')}
}`;
const batch = (timeframe: string) => ({ input: { ...symbols(500), timeframe, strategy: { smaCross: {} } } });

describe('What a request costs', () => {
  it.each<[string, string, object]>([
    [
      'an overview of 100 pairs, whole',
      `query ($symbols: [String!]!) { overview(symbols: $symbols) { ${OVERVIEW} } }`,
      symbols(100),
    ],
    [
      '100 analyses with swings and events',
      `query ($symbols: [String!]!) { analyses(symbols: $symbols) { symbol error { code } analysis { id price ${DOW} ${CACHE} } } }`,
      symbols(100),
    ],
    [
      '500 prices',
      `query ($symbols: [String!]!) {
        prices(symbols: $symbols) { symbol error { code message } price { symbol price change24hPercent volume24h time ${CACHE} } }
      }`,
      symbols(500),
    ],
    [
      '5,000 candles',
      '{ candles(symbol: "BTC-USD", timeframe: D1, limit: 5000) { time timestamp open high low close volume closed } }',
      {},
    ],
    [
      '500 levels',
      `{ orderBook(symbol: "BTC-USD", depth: 500) { time bids { price quantity orders } asks { price quantity } } }`,
      {},
    ],
    ['a batch of 500 backtests over all days, whole', BATCH, batch('D1')],
    ['57 predictions beside 300 analyses', PREDICTIONS.replaceAll('$force', 'false'), symbols(100)],
    [
      '500 instruments',
      '{ instruments(first: 500) { edges { cursor node { symbol name base quote timeframes } } } }',
      {},
    ],
  ])('is within the bound for %s', async (_, query, variables) => {
    const { body } = await (await openServer()).query(query, { ...variables });
    expect(body.errors).toBeUndefined();
  });

  it.each(TABS)('is within the bound for the tab %s of GraphiQL', async (_, query) => {
    const answers = answersIn(await (await openServer()).query(query));
    const refusals = answers
      .flatMap(({ errors = [] }) => errors)
      .filter(({ extensions }) => extensions['allowed'] === LIMIT);
    expect([answers.length > 0, refusals]).toEqual([true, []]);
  });

  it.each<[string, string, object]>([
    [
      '60 overviews of 100 pairs',
      `query ($symbols: [String!]!) { ${aliased(60, 'overview(symbols: $symbols) { breadth { up } }')} }`,
      symbols(100),
    ],
    [
      '5 overviews of 100 pairs',
      `query ($symbols: [String!]!) { ${aliased(5, 'overview(symbols: $symbols) { breadth { up } }')} }`,
      symbols(100),
    ],
    [
      '60 times 5,000 candles',
      `{ ${aliased(60, 'candles(symbol: "BTC-USD", timeframe: M1, limit: 5000) { close }')} }`,
      {},
    ],
    ['500 backtests over the most minutes', BATCH, batch('M1')],
    [
      'their progress',
      BATCH.replace('query', 'subscription').replace('backtestBatch(', 'backtestBatchProgress('),
      batch('M1'),
    ],
    ['57 trainings beside 300 analyses', PREDICTIONS.replaceAll('$force', 'true'), symbols(100)],
    [
      '60 times 500 prices',
      `query ($symbols: [String!]!) { ${aliased(60, 'prices(symbols: $symbols) { symbol }')} }`,
      symbols(500),
    ],
  ])('is past the bound for %s', async (_, query, variables) => {
    const server = await openServer({ market: forbidden });
    const { status, body } = await server.query(
      query,
      { ...variables },
      { Accept: 'application/graphql-response+json' },
    );
    const [error] = body.errors ?? [];
    expect([status, 'data' in body, body.errors?.length]).toEqual([400, false, 1]);
    expect(error?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', allowed: LIMIT });
    expect(error?.message).toMatch(/^A request costs at most 25000 \(.+\), but this one costs \d+\.$/);
    expect(Number(error?.extensions['received'])).toBeGreaterThan(LIMIT);
  });

  it('is told with 200 to a client that takes application/json', async () => {
    const query = `query ($symbols: [String!]!) { ${aliased(60, 'prices(symbols: $symbols) { symbol }')} }`;
    const { status, body } = await (await openServer()).query(query, symbols(500));
    expect([status, body.errors?.[0]?.extensions['allowed']]).toEqual([200, LIMIT]);
  });
});

describe('The bound on costs', () => {
  const refused = { extensions: { code: 'BAD_USER_INPUT', allowed: LIMIT } };
  const candles = aliased(60, 'candles(symbol: "BTC-USD", timeframe: M1, limit: $limit) { close }');

  it('counts the defaults of variables', async () => {
    const server = await openServer({ market: forbidden });
    const { body } = await server.query(`query ($limit: Int! = 5000) { ${candles} }`);
    expect(body.errors).toMatchObject([refused]);
  });

  it('looks at the operation that is run, not at the first', async () => {
    const server = await openServer({ market: forbidden });
    const query = `query Cheap { __typename } query Costly { ${candles.replaceAll('$limit', '5000')} }`;
    const run = async (operationName: string) => {
      const body = JSON.stringify({ query, operationName });
      const headers = { 'Content-Type': 'application/json' };
      return (await server.send('/graphql', { method: 'POST', headers, body })).body;
    };
    expect(await run('Costly')).toMatchObject({ errors: [refused] });
    expect(await run('Cheap')).toEqual({ data: { __typename: 'Query' } });
  });

  it('is not lowered by arguments below zero, or by lists without items', async () => {
    const server = await openServer({ market: forbidden });
    const negative = aliased(20, 'instruments(first: -1000000) { totalCount }').replaceAll(/a(\d+):/g, 'n$1:');
    const costly = aliased(40, 'candles(symbol: "BTC-USD", timeframe: M1, limit: 5000) { close }');
    expect((await server.query(`{ ${negative} ${costly} }`)).body.errors).toMatchObject([refused]);
    const empty = `query ($none: [String!]!) { prices(symbols: $none) { symbol } ${costly} }`;
    expect((await server.query(empty, { none: [] })).body.errors).toMatchObject([refused]);
  });

  it('is not lifted by an argument that fails', async () => {
    const server = await openServer({ market: forbidden });
    const query = `query ($timeframe: Timeframe) {
      analyses(symbols: ["BTC-USD"], timeframe: $timeframe) { symbol } ${candles.replaceAll('$limit', '5000')}
    }`;
    const { body } = await server.query(query, { timeframe: null });
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(body).not.toHaveProperty('data');
  });

  it('is met by fragments that spread each other a thousand million times, before they are', async () => {
    const fragments = Array.from({ length: 100 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    const query = `{ ...F0 } ${fragments.join(' ')} fragment F100 on Query { __typename }`;
    const { body } = await (await openServer()).query(query);
    expect(body.errors).toMatchObject([refused]);
  });

  it('takes variables of every type as execution does', async () => {
    const query = `query ($from: DateTime, $timeframe: Timeframe!) {
      candles(symbol: "BTC-USD", timeframe: $timeframe, from: $from, limit: 2) { time }
    }`;
    const { body } = await (await openServer()).query(query, { from: '2025-06-01T00:00:00Z', timeframe: 'H1' });
    expect(body.data).toEqual({
      candles: [{ time: '2025-06-01T00:00:00.000Z' }, { time: '2025-06-01T01:00:00.000Z' }],
    });
  });
});

/** A market that must not be asked. */
const forbidden = { instruments: asked, candles: asked, tickers: asked, orderBook: asked };

/** Private */
async function asked(): Promise<never> {
  throw new Error('The market was asked by a request that costs too much.');
}

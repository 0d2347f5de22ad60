import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCoinbaseServer, type CoinbaseServer } from '../support/coinbase-server.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const OVERVIEW = `query ($timeframe: Timeframe!) {
  overview(timeframe: $timeframe) { pairs { symbol price error { code } } breadth { failed } cache { status ttlSeconds } }
}`;

interface OverviewData {
  readonly overview: {
    readonly pairs: readonly {
      readonly symbol: string;
      readonly price: number | null;
      readonly error: { readonly code: string } | null;
    }[];
    readonly breadth: { readonly failed: number };
    readonly cache: { readonly status: string; readonly ttlSeconds: number };
  };
}

describe('A gateway on Coinbase', () => {
  let coinbase: CoinbaseServer;
  let gateway: TestGateway;

  beforeAll(async () => {
    coinbase = await startCoinbaseServer();
    gateway = await startGateway({ MARKET_SOURCE: 'coinbase', COINBASE_URL: coinbase.url });
  });

  afterAll(async () => {
    await gateway.close();
    await coinbase.close();
  });

  const candleCalls = () => coinbase.requests.filter(({ pathname }) => pathname.endsWith('/candles')).length;
  const overview = async (timeframe: string) => {
    const { body } = await gateway.query<OverviewData>(OVERVIEW, { timeframe });
    if (!body.data) throw new Error(JSON.stringify(body.errors));
    return body.data.overview;
  };

  it('asks for the candles of 15 pairs once each, and then for none', async () => {
    const cold = await overview('H1');
    expect(cold.pairs.every(({ price, error }) => price !== null && error === null)).toBe(true);
    expect(candleCalls()).toBe(15);
    const warm = await overview('H1');
    expect(warm.cache.status).toBe('HIT');
    expect(candleCalls()).toBe(15);
  });

  it('fails a pair alone, says why as data, and keeps the whole for ten seconds at most', async () => {
    coinbase.failNext({ path: '/products/ETH-USD/candles', status: 404, body: '{"message":"NotFound"}' });
    const { pairs, breadth, cache } = await overview('D1');
    expect(pairs.filter(({ error }) => error).map(({ symbol, error }) => [symbol, error?.code])).toEqual([
      ['ETH-USD', 'NOT_FOUND'],
    ]);
    expect(breadth.failed).toBe(1);
    expect(cache.ttlSeconds).toBeLessThanOrEqual(10);
    const prices = await gateway.query(
      '{ prices(symbols: ["BTC-USD", "NO-SUCH"]) { symbol price { price } error { code } } }',
    );
    expect(prices.body.data).toMatchObject({
      prices: [{ error: null }, { symbol: 'NO-SUCH', price: null, error: { code: 'NOT_FOUND' } }],
    });
  });

  it('tells an upstream that fails in words and by its code, and is degraded until it answers again', async () => {
    coinbase.failNext({ path: '/book', status: 503, times: 3 });
    const { body } = await gateway.query('{ orderBook(symbol: "BTC-USD") { symbol } market { source } }');
    expect(body).toMatchObject({
      data: { orderBook: null, market: { source: 'coinbase' } },
      errors: [{ path: ['orderBook'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
    });
    expect((await gateway.get('/health')).body).toMatchObject({ checks: { market: { status: 'degraded' } } });
    await gateway.query('{ orderBook(symbol: "BTC-USD") { symbol } }');
    expect((await gateway.get('/health')).body).toMatchObject({ checks: { market: { status: 'healthy' } } });
  });

  it('builds from days the weeks that Coinbase has not', async () => {
    const { body } = await gateway.query('{ candles(symbol: "BTC-USD", timeframe: W1, limit: 3) { time closed } }');
    expect(body.data).toMatchObject({ candles: [{ closed: true }, { closed: true }, { closed: false }] });
  });
});

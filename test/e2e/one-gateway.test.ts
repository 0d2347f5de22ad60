import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { until } from '../support/turns.js';

const FOLDER = '../shared/data/binance_1h_2023';
const PRESENT = existsSync(FOLDER);
if (!PRESENT) console.warn(`The gateway is tried on simulated candles alone: ${FOLDER} is not here.`);

interface MarketUnderTest {
  readonly candles: string;
  readonly env: Readonly<Record<string, string>>;
  readonly btc: string;
  readonly eth: string;
}

const SIMULATED: MarketUnderTest = { candles: 'simulated candles', env: {}, btc: 'BTC-USD', eth: 'ETH-USD' };
const REAL: MarketUnderTest = {
  candles: 'real candles',
  env: { MARKET_SOURCE: `csv:${FOLDER}` },
  btc: 'BTCUSDT',
  eth: 'ETHUSDT',
};
const MARKETS = PRESENT ? [SIMULATED, REAL] : [SIMULATED];

interface CacheOf {
  readonly cache: { readonly status: string; readonly tags: readonly string[] };
}

const OVERVIEW = `query ($force: Boolean! = false) {
  overview(timeframe: H4, forceRefresh: $force) {
    breadth { up down sideways unknown failed }
    pairs { symbol price change24hPercent sparkline(points: 3) analysis { dow { trend } cache { status tags } } error { code } }
    cache { status tags }
  }
}`;
const ANALYSIS = `query ($symbol: String!, $force: Boolean! = false) {
  analysis(symbol: $symbol, timeframe: H4, forceRefresh: $force) { id symbol asOf price dow { trend } cache { status tags } }
}`;

describe.each(MARKETS)('A gateway on $candles and a real Redis', ({ env, btc, eth }) => {
  let redis: RedisServer;
  let gateway: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    gateway = await startGateway({ ...env, REDIS_URL: redis.url });
    await until(
      async () =>
        ((await gateway.get('/health')).body as { checks: { cache: { status: string } } }).checks.cache.status ===
        'healthy',
    );
  });

  afterAll(async () => {
    await gateway.close();
    await redis.stop();
  });

  const overview = async (force = false) => {
    const { body } = await gateway.query<{ overview: CacheOf & { breadth: Record<string, number>; pairs: Pair[] } }>(
      OVERVIEW,
      { force },
    );
    if (!body.data) throw new Error(JSON.stringify(body.errors));
    return body.data.overview;
  };
  const analysis = async (symbol: string, force = false) => {
    const { body } = await gateway.query<{ analysis: CacheOf & { asOf: string } }>(ANALYSIS, { symbol, force });
    if (!body.data) throw new Error(JSON.stringify(body.errors));
    return body.data.analysis;
  };
  interface Pair {
    readonly symbol: string;
    readonly price: number | null;
    readonly sparkline: number[] | null;
    readonly analysis: CacheOf | null;
    readonly error: { readonly code: string } | null;
  }

  it('computes the overview of 15 pairs from one call for candles, and then serves it in two round trips', async () => {
    const candles = vi.spyOn(gateway.market, 'candles');
    const cold = await overview();
    expect(cold.cache.status).toBe('MISS');
    expect(cold.pairs).toHaveLength(15);
    expect(
      cold.pairs.every(({ price, sparkline, error }) => price !== null && sparkline?.length === 3 && error === null),
    ).toBe(true);
    expect(Object.values(cold.breadth).reduce((sum, count) => sum + count, 0)).toBe(15);
    expect(candles.mock.calls.map(([requests]) => requests.length)).toEqual([15]);
    const before = await roundTrips();
    const warm = await overview();
    expect(warm.cache.status).toBe('HIT');
    expect(warm.pairs.map((pair) => pair.analysis?.cache.status)).toEqual(Array(15).fill('HIT'));
    expect((await roundTrips()) - before).toBeLessThanOrEqual(2);
    expect(candles).toHaveBeenCalledTimes(1);
  });

  it('refreshes by force, with all that it is made of, and for everyone', async () => {
    await overview();
    const forced = await overview(true);
    expect(forced.cache.status).toBe('REFRESHED');
    expect((await overview()).cache.status).toBe('HIT');
    expect((await analysis(btc.toLowerCase())).cache.status).toBe('HIT');
    expect((await analysis(btc.toLowerCase(), true)).cache.status).toBe('REFRESHED');
    expect((await analysis(btc)).cache.status).toBe('HIT');
    // The overview was made of the analysis that has just been replaced.
    expect((await overview()).cache.status).toBe('MISS');
  });

  it('ends by a tag what carries it, and nothing else', async () => {
    await overview();
    const admin = { Authorization: `Bearer ${await gateway.signIn('admin@demo.local', 'admin')}` };
    const clearing = await gateway.query(
      `mutation { clearCacheTags(tags: ["analysis:${btc}"]) { tags status clock } }`,
      {},
      admin,
    );
    expect(clearing.body.data).toMatchObject({ clearCacheTags: { tags: [`analysis:${btc}`], status: 'DONE' } });
    const after = await overview();
    expect(after.cache.status).toBe('MISS');
    const statuses = Object.fromEntries(after.pairs.map((pair) => [pair.symbol, pair.analysis?.cache.status]));
    const { [btc]: cleared, ...others } = statuses;
    expect(cleared).toBe('MISS');
    expect(new Set(Object.values(others))).toEqual(new Set(['HIT']));
  });

  it('ends everything by clearing the cache', async () => {
    await overview();
    const admin = { Authorization: `Bearer ${await gateway.signIn('admin@demo.local', 'admin')}` };
    const cleared = await gateway.query('mutation { clearCache { status } }', {}, admin);
    expect(cleared.body.data).toEqual({ clearCache: { status: 'DONE' } });
    const after = await overview();
    expect([after.cache.status, ...after.pairs.map((pair) => pair.analysis?.cache.status)]).toEqual(
      Array(16).fill('MISS'),
    );
  });

  it('rests on closed candles and spells symbols as the source does', async () => {
    const { market } = (await gateway.query<{ market: { now: string } }>('{ market { now } }')).body.data ?? {
      market: { now: '' },
    };
    const { asOf, ...rest } = await analysis(eth.toLowerCase());
    expect(rest).toMatchObject({ id: `${eth}:H4`, symbol: eth });
    expect(Date.parse(asOf)).toBeLessThanOrEqual(Date.parse(market.now));
    if ('MARKET_SOURCE' in env)
      expect([asOf, market.now]).toEqual(['2023-12-30T00:00:00.000Z', '2023-12-30T00:00:00.000Z']);
  });

  it('fails no request while its Redis is killed under it, and uses it again when it is back', async () => {
    let asking = true;
    const failures: unknown[] = [];
    const statuses = new Set<string>();
    const stream = Promise.all(
      [1, 2, 3, 4].map(async () => {
        while (asking) {
          const { status, body } = await gateway.query<{ analysis: CacheOf }>(ANALYSIS, { symbol: btc });
          if (status !== 200 || !body.data || body.errors) failures.push(body);
          else statuses.add(body.data.analysis.cache.status);
        }
      }),
    );
    await redis.kill('SIGKILL');
    const health = async () => (await gateway.get('/health')).body;
    await vi.waitFor(async () => expect(await health()).toMatchObject({ status: 'degraded' }), { timeout: 5_000 });
    await redis.restart();
    statuses.clear();
    await vi.waitFor(() => expect(statuses).toContain('HIT'), { timeout: 5_000 });
    asking = false;
    await stream;
    expect(failures).toEqual([]);
  });

  /** Each round trip of reads asks the tide once, and so does each hold, which is a script of its own. */
  async function roundTrips(): Promise<number> {
    const client = new Redis(redis.url);
    const stats = await client.info('commandstats');
    client.disconnect();
    const calls = (command: string) => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    return calls('hmget') - calls('time');
  }
});

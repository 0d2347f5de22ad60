import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/support/gateway-error.js';
import { createLoaderWorld } from './loader-world.js';

const H = 3_600_000;
const NOON = Date.UTC(2026, 0, 15, 12);

describe('loaders', () => {
  it('ask the source once for all analyses of a request, and share them with the overview', async () => {
    const { request, calls, provenance } = createLoaderWorld();
    const symbols = ['BTC-USD', 'ETH-USD', 'SOL-USD'];
    const loaders = request();
    const [overview, analyses] = await Promise.all([
      loaders.overviews.load({ symbols, timeframe: 'H1' }),
      loaders.analyses.loadMany(symbols.map((symbol) => ({ symbol, timeframe: 'H1' as const }))),
    ]);
    expect(calls.map((requests) => requests.map(({ symbol }) => symbol))).toEqual([symbols]);
    expect(analyses.map((each) => provenance.of(each)?.status)).toEqual(['MISS', 'MISS', 'MISS']);
    expect(Object.values(overview.breadth).reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(overview.asOf).toBe(NOON);
  });

  it('never keep an analysis past the close of the next candle', async () => {
    const { request, clock, provenance } = createLoaderWorld();
    const load = async () => {
      const analysis = await request().analyses.load({ symbol: 'BTC-USD', timeframe: 'H1' });
      return { asOf: analysis.asOf, status: provenance.of(analysis)?.status };
    };
    expect(await load()).toEqual({ asOf: NOON, status: 'MISS' });
    clock.advance(20 * 60_000);
    expect(await load()).toEqual({ asOf: NOON, status: 'HIT' });
    clock.advance(40 * 60_000);
    // Past its 30 minutes and past the close: computed on the candle that has just closed.
    expect(await load()).toEqual({ asOf: NOON + H, status: 'MISS' });
  });

  it('compute an analysis by force from candles that are fetched by force', async () => {
    const { request, calls } = createLoaderWorld();
    await request().analyses.load({ symbol: 'BTC-USD', timeframe: 'H1' });
    await request().analyses.load({ symbol: 'BTC-USD', timeframe: 'H1' }, { force: true });
    expect(calls).toHaveLength(2);
  });

  it('end an overview by the tag of one of its analyses', async () => {
    const { request, cache, provenance } = createLoaderWorld();
    const load = async () => {
      const overview = await request().overviews.load({ symbols: ['BTC-USD', 'ETH-USD'], timeframe: 'H1' });
      return provenance.of(overview)?.status;
    };
    expect([await load(), await load()]).toEqual(['MISS', 'HIT']);
    await cache.invalidate(['analysis:ETH-USD']);
    expect([await load(), await load()]).toEqual(['MISS', 'HIT']);
  });

  it('count a pair that failed, and keep that overview for ten seconds', async () => {
    const { request, provenance } = createLoaderWorld();
    const overview = await request().overviews.load({ symbols: ['BTC-USD', 'NOPE'], timeframe: 'H1' });
    expect(overview.breadth.failed).toBe(1);
    expect(overview.pairs.map(({ symbol, closes }) => [symbol, closes?.length ?? null])).toEqual([
      ['BTC-USD', 120],
      ['NOPE', null],
    ]);
    expect(provenance.of(overview)?.ttlMs).toBe(10_000);
  });

  it('keep no overview without its closes for longer, where the candles alone failed', async () => {
    let isDown = false;
    const { request, clock, provenance } = createLoaderWorld((market) => ({
      candles: async (requests) =>
        isDown ? requests.map(() => new GatewayError('UPSTREAM_UNAVAILABLE', 'down')) : market.candles(requests),
    }));
    await request().analyses.load({ symbol: 'BTC-USD', timeframe: 'H1' });
    clock.advance(61_000);
    isDown = true;
    const overview = await request().overviews.load({ symbols: ['BTC-USD'], timeframe: 'H1' });
    expect(overview).toMatchObject({ breadth: { failed: 0 }, pairs: [{ closes: null }] });
    expect(provenance.of(overview)?.ttlMs).toBe(10_000);
  });

  it('count what was fetched before a close as fresh to that close alone', async () => {
    const fetching = { ms: 0 };
    const world = createLoaderWorld((market) => ({
      candles: async (requests) => {
        const candles = await market.candles(requests);
        world.clock.advance(fetching.ms);
        return candles;
      },
    }));
    world.clock.advance(4 * 60_000 + 29_500);
    fetching.ms = 1_000;
    const early = await world.request().indicators.load({ symbol: 'BTC-USD', timeframe: 'M5' });
    fetching.ms = 0;
    const later = await world.request().indicators.load({ symbol: 'BTC-USD', timeframe: 'M5' });
    expect([early.asOf, later.asOf]).toEqual([NOON, NOON + 5 * 60_000]);
  });

  it('keep a closed range of candles for a day, and one that touches the present to the next close', async () => {
    const { request, provenance, clock, market } = createLoaderWorld();
    const load = async (from: number | undefined, to: number | undefined, limit = 10) => {
      const range = await request().candles.load({ symbol: 'BTC-USD', timeframe: 'H1', from, to, limit });
      return { ttlMs: provenance.of(range)?.ttlMs, range };
    };
    const closed = await load(NOON - 10 * H, NOON);
    expect(closed.ttlMs).toBe(86_400_000);
    const [expected] = await market.candles([
      { symbol: 'BTC-USD', timeframe: 'H1', from: NOON - 10 * H, to: NOON, limit: 10 },
    ]);
    expect(closed.range.candles).toEqual(expected);
    expect((await load(NOON - 10 * H, undefined)).ttlMs).toBe(86_400_000);
    expect((await load(NOON - 5 * H, undefined)).ttlMs).toBe(60_000);
    expect((await load(undefined, NOON + H)).ttlMs).toBe(60_000);
    expect((await load(undefined, undefined)).ttlMs).toBe(60_000);
    clock.advance(30_000);
    expect((await load(undefined, undefined, 5)).range.candles).toHaveLength(5);
  });

  it('tell what is listed, and nothing of what is not', async () => {
    const { request, provenance } = createLoaderWorld();
    const [known, unknown] = await request().instrument.loadMany([{ symbol: 'BTC-USD' }, { symbol: 'NOPE' }]);
    expect(known).toMatchObject({ symbol: 'BTC-USD', base: 'BTC' });
    expect(unknown).toBeNull();
    expect(provenance.of(known)?.ttlMs).toBe(86_400_000);
  });

  it('forget what the request has loaded when they are told to', async () => {
    const { request, cache, provenance } = createLoaderWorld();
    const loaders = request();
    const status = async () => provenance.of(await loaders.prices.load({ symbol: 'BTC-USD' }))?.status;
    expect([await status(), await status()]).toEqual(['MISS', 'MISS']);
    await cache.invalidate(['price']);
    loaders.clear();
    expect(await status()).toBe('MISS');
    loaders.clear();
    expect(await status()).toBe('HIT');
  });
});

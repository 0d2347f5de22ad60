import { describe, expect, it } from 'vitest';
import { openServer, type ServerWorld } from './server-world.js';

const TRACE = { 'X-Cache-Trace': '1' };

async function traceOf(server: ServerWorld, document: string, headers: Record<string, string> = TRACE) {
  return (await server.query(document, {}, headers)).body.extensions;
}

describe('extensions.cache', () => {
  it('says what the cache did for each cached field: path, status, layer, age, freshness left, tags', async () => {
    const server = await openServer();
    const document = '{ market { source } first: price(symbol: "btc-usd") { price } }';
    const field = { path: ['first'], tags: ['price:BTC-USD'] };
    expect(await traceOf(server, document)).toEqual({
      cache: { fields: [{ ...field, status: 'MISS', layer: null, ageSeconds: 0, ttlSeconds: 5 }] },
    });
    server.clock.advance(1_500);
    expect(await traceOf(server, document)).toEqual({
      cache: { fields: [{ ...field, status: 'HIT', layer: 'MEMORY', ageSeconds: 1.5, ttlSeconds: 3.5 }] },
    });
    server.clock.advance(3_500);
    expect(await traceOf(server, document)).toMatchObject({ cache: { fields: [{ status: 'MISS', ageSeconds: 0 }] } });
  });

  it('names the items of lists by their places', async () => {
    const document = '{ prices(symbols: ["BTC-USD", "NO-SUCH"]) { price { price } } }';
    const extensions = await traceOf(await openServer(), document);
    expect(extensions).toMatchObject({
      cache: { fields: [{ path: ['prices', 0, 'price'], tags: ['price:BTC-USD'] }] },
    });
  });

  it('tells of numbers too how they came', async () => {
    const server = await openServer();
    const document = '{ overview(symbols: ["BTC-USD"], timeframe: H4) { pairs { price volume24h } } }';
    const tags = ['price:BTC-USD'];
    for (const status of ['MISS', 'HIT']) {
      const { cache } = (await traceOf(server, document)) as { cache: { fields: readonly object[] } };
      expect(cache.fields).toEqual([
        expect.objectContaining({ path: ['overview'], status }),
        expect.objectContaining({ path: ['overview', 'pairs', 0, 'price'], status, tags }),
        expect.objectContaining({ path: ['overview', 'pairs', 0, 'volume24h'], status, tags }),
      ]);
    }
  });

  it('has no fields where none is cached', async () => {
    expect(await traceOf(await openServer(), '{ market { source } }')).toEqual({ cache: { fields: [] } });
  });

  it.each<Record<string, string>>([{}, { 'X-Cache-Trace': '0' }, { 'X-Cache-Trace': 'true' }])(
    'is not there for %j',
    async (headers) => {
      expect(await traceOf(await openServer(), '{ price(symbol: "BTC-USD") { price } }', headers)).toBeUndefined();
    },
  );

  it('is not there for an anonymous caller in production', async () => {
    const server = await openServer({ production: true });
    expect(await traceOf(server, '{ price(symbol: "BTC-USD") { price } }')).toBeUndefined();
  });
});

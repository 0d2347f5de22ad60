import { afterEach, describe, expect, it } from 'vitest';
import {
  coinbaseRow,
  startCoinbaseServer,
  type CoinbaseServer,
  type CoinbaseServerOptions,
} from '../../support/coinbase-server.js';

const NOW = Date.UTC(2024, 2, 13, 11, 0, 30);

let server: CoinbaseServer | undefined;
afterEach(() => server?.close());

async function start(options: CoinbaseServerOptions = {}) {
  server = await startCoinbaseServer({ now: () => NOW, ...options });
  const { url } = server;
  return async (path: string) => {
    const response = await fetch(url + path);
    const body: unknown = await response.json();
    return { status: response.status, body };
  };
}

const minutes = (from: string, to: string) =>
  `/products/BTC-USD/candles?granularity=60&start=2024-03-13T${from}:00Z&end=2024-03-13T${to}:00Z`;

describe('startCoinbaseServer', () => {
  it('answers 300 rows, both ends counted, newest first, and refuses 301', async () => {
    const get = await start();
    const { body } = await get(minutes('05:00', '09:59'));
    expect(body).toHaveLength(300);
    expect(body).toHaveProperty('0', coinbaseRow('BTC-USD', Date.UTC(2024, 2, 13, 9, 59) / 1_000, 60));
    expect(body).toHaveProperty('299.0', Date.UTC(2024, 2, 13, 5) / 1_000);
    expect(await get(minutes('05:00', '10:00'))).toEqual({
      status: 400,
      body: {
        message: 'granularity too small for the requested time range. Count of aggregations requested exceeds 300',
      },
    });
  });

  it('ignores a lone start: the window ends now', async () => {
    const get = await start();
    const { body } = await get('/products/BTC-USD/candles?granularity=60&start=2020-01-01T00:00:00Z');
    expect(body).toHaveLength(300);
    expect(body).toHaveProperty('0.0', Date.UTC(2024, 2, 13, 11) / 1_000);
  });

  it('has no rows for silent buckets, and rows from before start where it is told so', async () => {
    const silences = [{ from: Date.UTC(2024, 2, 13, 9, 2), to: Date.UTC(2024, 2, 13, 9, 4) }];
    const get = await start({ silences, rowsBeforeStart: 1 });
    const { body } = await get(minutes('09:00', '09:05'));
    const times = Array.isArray(body) ? body.map((row: unknown[]) => (Number(row[0]) / 60) % 60) : [];
    expect(times).toEqual([5, 4, 1, 0, 59]);
  });

  it('refuses other granularities, unknown products and unknown paths', async () => {
    const get = await start();
    expect(await get('/products/BTC-USD/candles?granularity=1800')).toMatchObject({ status: 400 });
    expect(await get('/products/NOPE-USD/ticker')).toEqual({ status: 404, body: { message: 'NotFound' } });
    expect(await get('/products/BTC-USD/nothing')).toMatchObject({ status: 404 });
  });

  it('admits a burst of 15 and answers 429 to the sixteenth where it limits', async () => {
    const get = await start({ rateLimit: true });
    for (let i = 0; i < 15; i++) expect(await get('/products')).toMatchObject({ status: 200 });
    expect(await get('/products')).toEqual({ status: 429, body: { message: 'Public rate limit exceeded' } });
    expect(server?.calls.get('/products')).toBe(16);
  });

  it('fails as often as it is told, where it is told', async () => {
    const get = await start();
    server?.failNext({ status: 503, times: 2, path: '/ticker' });
    expect(await get('/products')).toMatchObject({ status: 200 });
    expect(await get('/products/BTC-USD/ticker')).toMatchObject({ status: 503 });
    expect(await get('/products/ETH-USD/ticker')).toMatchObject({ status: 503 });
    expect(await get('/products/BTC-USD/ticker')).toMatchObject({ status: 200 });
  });
});

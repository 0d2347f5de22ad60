import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { BookLevel } from '../../../src/market/instrument.js';
import { systemClock } from '../../../src/support/clock.js';
import { createCoinbaseMarket } from '../../../src/upstream/coinbase/coinbase-market.js';
import { COINBASE_URL } from '../../../src/upstream/coinbase/coinbase-url.js';
import { coinbaseProduct, coinbaseRow } from '../../support/coinbase-server.js';
import { NOW, openCoinbase } from './coinbase-world.js';

const BTC = 'BTC-USD';

describe('createCoinbaseMarket', () => {
  it('is a live source with every timeframe', async () => {
    const { market, time } = await openCoinbase();
    expect(market).toMatchObject({ source: 'coinbase', frozen: false, closeDelayMs: 5_000 });
    expect(market).toMatchObject({ candlesPerCall: 300, requestsPerCall: 1 });
    expect(market.timeframes).toEqual(['M1', 'M5', 'M15', 'H1', 'H4', 'H6', 'D1', 'W1', 'MN1']);
    await time.advance(1_000);
    expect(market.now()).toBe(NOW + 1_000);
  });

  it('has the fingerprint of the public market, or of its URL where it is another', () => {
    const fingerprint = (url?: string) =>
      createCoinbaseMarket({ clock: systemClock, ...(url === undefined ? {} : { url }) }).fingerprint;
    expect(fingerprint()).toBe('coinbase');
    expect(fingerprint(COINBASE_URL)).toBe('coinbase');
    expect(fingerprint(`${COINBASE_URL}/`)).toBe('coinbase');
    expect(fingerprint('http://127.0.0.1:1')).toMatch(/^coinbase:[\w-]{22}$/);
    expect(fingerprint('http://127.0.0.1:1')).not.toBe(fingerprint('http://127.0.0.1:2'));
  });
});

describe('instruments', () => {
  it('are the products, in Coinbase spelling, online where they trade', async () => {
    const { market } = await openCoinbase({
      products: [
        coinbaseProduct(BTC),
        coinbaseProduct('OLD-EUR', { status: 'delisted' }),
        coinbaseProduct('HALT-USD', { trading_disabled: true }),
      ],
    });
    const instruments = await market.instruments();
    expect(instruments[0]).toEqual({
      symbol: 'BTC-USD',
      name: 'BTC/USD',
      base: 'BTC',
      quote: 'USD',
      exchange: 'Coinbase',
      status: 'ONLINE',
      priceIncrement: '0.01',
      quantityIncrement: '0.00000001',
      timeframes: market.timeframes,
    });
    expect(instruments.map(({ symbol, status }) => `${symbol} ${status}`)).toEqual([
      'BTC-USD ONLINE',
      'OLD-EUR OFFLINE',
      'HALT-USD OFFLINE',
    ]);
  });
});

describe('tickers', () => {
  it('give the price, and last against open and the volume of 24 h', async () => {
    const { market, server } = await openCoinbase();
    const [, , , open, last, volume] = coinbaseRow(BTC, NOW / 1_000 - 86_400, 86_400);
    const [ticker] = await market.tickers([BTC]);
    expect(ticker).toEqual({
      symbol: BTC,
      price: last,
      change24hPercent: (last / open - 1) * 100,
      volume24h: volume,
      time: NOW,
    });
    expect(Object.fromEntries(server.calls)).toEqual({ '/products/BTC-USD/ticker': 1, '/products/BTC-USD/stats': 1 });
  });

  it('have no change where nothing traded a day ago', async () => {
    const { market, server } = await openCoinbase();
    server.failNext({ path: '/stats', body: '{"open":"0","high":"0","low":"0","last":"5","volume":"0"}' });
    expect(await market.tickers([BTC])).toMatchObject([{ change24hPercent: null, volume24h: 0 }]);
    server.failNext({ path: '/stats', body: '{"open":null,"last":null,"volume":null}' });
    expect(await market.tickers([BTC])).toMatchObject([{ change24hPercent: null, volume24h: null }]);
  });

  it.each(['"18502105"', '18502105'])('take a trade_id of %s', async (tradeId) => {
    const { market, server } = await openCoinbase();
    server.failNext({
      path: '/ticker',
      body: `{"trade_id":${tradeId},"price":"73367.8","size":"1","time":"2024-03-13T11:10:41.270099Z","bid":"1","ask":"2","volume":"3"}`,
    });
    expect(await market.tickers([BTC])).toMatchObject([
      { price: 73367.8, time: Date.UTC(2024, 2, 13, 11, 10, 41, 270) },
    ]);
  });

  it('answer in order, each failure in its place', async () => {
    const { market } = await openCoinbase();
    expect(await market.tickers(['ETH-USD', 'NOPE-USD', BTC])).toMatchObject([
      { symbol: 'ETH-USD' },
      { code: 'NOT_FOUND', details: { symbol: 'NOPE-USD' } },
      { symbol: BTC },
    ]);
  });
});

describe('orderBook', () => {
  it('gives the best levels of both sides', async () => {
    const { market, server } = await openCoinbase();
    const [, , , , price] = coinbaseRow(BTC, NOW / 1_000 - 60, 60);
    const cents = (levels: readonly BookLevel[]) => levels.map((level) => Math.round((level.price - price) * 100));
    const book = await market.orderBook(BTC, 2);
    expect(book).toMatchObject({ symbol: BTC, time: NOW });
    expect([cents(book.bids), cents(book.asks)]).toEqual([
      [-1, -2],
      [1, 2],
    ]);
    expect(book.bids).toMatchObject([
      { quantity: 0.5, orders: 1 },
      { quantity: 0.75, orders: 2 },
    ]);
    expect(server.requests[0]?.search).toBe('?level=2');
    expect((await market.orderBook(BTC, 500)).bids).toHaveLength(500);
  });

  it('has bids descending and asks ascending whatever comes, and our time where none does', async () => {
    const { market, server } = await openCoinbase();
    const side = '[["9","1",1],["11","1",1],["10","1",1]]';
    server.failNext({ body: `{"sequence":1,"bids":${side},"asks":${side}}` });
    const book = await market.orderBook(BTC, 2);
    expect(book.time).toBe(NOW);
    expect(book.bids.map((level) => level.price)).toEqual([11, 10]);
    expect(book.asks.map((level) => level.price)).toEqual([9, 10]);
  });

  it('of an unknown product is NOT_FOUND', async () => {
    const { market } = await openCoinbase();
    await expect(market.orderBook('NOPE-USD', 5)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

const recorded = new URL('../../../../shared/data/ccxt/coinbaseexchange.response.json', import.meta.url);

describe('bodies as Coinbase sends them', () => {
  it('are read: candles and a ticker as of March 2024', async () => {
    const { market, server } = await openCoinbase();
    server.failNext({ path: '/candles', body: '[[1710324000, 73000.5, 73500, 73100.25, 73400, 12.5]]' });
    server.failNext({
      path: '/ticker',
      body: '{"trade_id":"1","price":"73360.1","time":"2024-03-13T11:00:00.000001Z"}',
    });
    const time = 1_710_324_000_000;
    expect(await market.candles([{ symbol: BTC, timeframe: 'H1', from: time, limit: 1 }])).toEqual([
      [{ time, open: 73100.25, high: 73500, low: 73000.5, close: 73400, volume: 12.5, closed: true }],
    ]);
    expect(await market.tickers([BTC])).toMatchObject([{ price: 73360.1, time: Date.UTC(2024, 2, 13, 11) }]);
  });
});

describe.skipIf(!existsSync(recorded))('bodies recorded by ccxt (needs ../shared/data/ccxt)', () => {
  const one = z.tuple([z.object({ httpResponse: z.unknown(), parsedResponse: z.unknown() })]);
  const file = z.object({ methods: z.object({ fetchTicker: one, fetchOHLCV: one }) });
  const { fetchTicker, fetchOHLCV } = existsSync(recorded)
    ? file.parse(JSON.parse(readFileSync(recorded, 'utf8'))).methods
    : { fetchTicker: [], fetchOHLCV: [] };

  it('give the candle that ccxt reads', async () => {
    const { market, server, time } = await openCoinbase();
    const [recording] = fetchOHLCV;
    server.failNext({ body: JSON.stringify(recording?.httpResponse) });
    const from = 1_710_327_600_000;
    await time.advance(3_600_000);
    const answer = await market.candles([{ symbol: BTC, timeframe: 'H1', from, to: from + 1, limit: 1 }]);
    const [parsed] = z.array(z.array(z.number())).parse(recording?.parsedResponse);
    const [openTime, open, high, low, close, volume] = parsed ?? [];
    expect(answer).toEqual([[{ time: openTime, open, high, low, close, volume, closed: true }]]);
  });

  it('give the ticker that ccxt reads', async () => {
    const { market, server } = await openCoinbase();
    const [recording] = fetchTicker;
    server.failNext({ path: '/ticker', body: JSON.stringify(recording?.httpResponse) });
    const parsed = z.object({ last: z.number(), timestamp: z.number() }).parse(recording?.parsedResponse);
    expect(await market.tickers([BTC])).toMatchObject([{ price: parsed.last, time: parsed.timestamp }]);
  });
});

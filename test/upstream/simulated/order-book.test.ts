import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BookLevel, Ticker } from '../../../src/market/instrument.js';
import { CATALOG } from '../../../src/upstream/simulated/catalog.js';
import { simulatedOrderBook } from '../../../src/upstream/simulated/order-book.js';
import { drivenMarket, NOON } from './driven-market.js';

const prices = (side: readonly BookLevel[]) => side.map(({ price }) => price);

describe('the order book of the simulated market', () => {
  it('has its bids below the last price, descending, and its asks above, ascending, on the steps of its pair', async () => {
    const anyListing = fc.constantFrom(...CATALOG);
    await fc.assert(
      fc.asyncProperty(anyListing, fc.integer({ min: 1, max: 500 }), fc.nat(1e9), async (listing, depth, second) => {
        const { market } = drivenMarket({ now: NOON + second * 1_000 });
        const { bids, asks, time } = await market.orderBook(listing.symbol, depth);
        const [ticker] = (await market.tickers([listing.symbol])) as [Ticker];
        expect(time).toBe(NOON + second * 1_000);
        expect(asks).toHaveLength(depth);
        expect(bids.length).toBeGreaterThan(0);
        const ascending = [...prices(bids).reverse(), ticker.price, ...prices(asks)];
        expect(ascending).toEqual([...new Set(ascending)].sort((a, b) => a - b));
        for (const { price, quantity, orders } of [...bids, ...asks]) {
          expect(Number(price.toFixed(listing.priceDecimals))).toBe(price);
          expect(Number(quantity.toFixed(listing.quantityDecimals))).toBe(quantity);
          expect(quantity).toBeGreaterThan(0);
          expect(orders).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('begins as a shallow one of the same second does', async () => {
    const { market } = drivenMarket();
    const deep = await market.orderBook('BTC-USD', 500);
    const shallow = await market.orderBook('BTC-USD', 20);
    expect(shallow).toEqual({ ...deep, bids: deep.bids.slice(0, 20), asks: deep.asks.slice(0, 20) });
  });

  it('is at most 500 deep', async () => {
    const { bids, asks } = await drivenMarket().market.orderBook('BTC-USD', 9_999);
    expect([bids.length, asks.length]).toEqual([500, 500]);
  });

  it('is another one every second, and from another seed', async () => {
    const { market, clock } = drivenMarket();
    const first = await market.orderBook('BTC-USD', 5);
    expect((await drivenMarket({ seed: 2 }).market.orderBook('BTC-USD', 5)).bids).not.toEqual(first.bids);
    expect(await market.orderBook('BTC-USD', 5)).toEqual(first);
    clock.present += 1_000;
    expect((await market.orderBook('BTC-USD', 5)).bids).not.toEqual(first.bids);
  });

  it('ends early rather than bid nothing for something', () => {
    const listing = { ...CATALOG[0]!, priceDecimals: 0 };
    const { bids, asks } = simulatedOrderBook({ listing, seed: 1, price: 3, now: NOON }, 10);
    expect(prices(bids)).toEqual([2, 1]);
    expect(asks).toHaveLength(10);
  });
});

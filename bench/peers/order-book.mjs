/** What every peer serves: one field, computed by one call to the upstream. */
export const typeDefs = /* GraphQL */ `
  type Query {
    orderBook(symbol: String!): OrderBook
  }
  type OrderBook {
    symbol: String!
    bids: [Level!]!
    asks: [Level!]!
  }
  type Level {
    price: Float!
    quantity: Float!
  }
`;

/** As long as Tidemark keeps an order book. */
export const TTL_SECONDS = 10;

/** The computation that the bench counts. */
export async function fetchOrderBook(symbol) {
  const response = await globalThis.fetch(`${process.env.UPSTREAM_URL}/products/${symbol}/book?level=2`, {
    headers: { 'user-agent': 'tidemark-bench' },
  });
  const { bids, asks } = await response.json();
  const toLevel = ([price, quantity]) => ({ price: Number(price), quantity: Number(quantity) });
  return { symbol, bids: bids.map(toLevel), asks: asks.map(toLevel) };
}

/** Tells the bench where the peer listens. */
export function announce(port) {
  console.log(`listening at http://127.0.0.1:${port}`);
}

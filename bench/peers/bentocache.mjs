/** Bentocache with memory over Redis and its Redis bus, called from a resolver of GraphQL Yoga: getOrSet with one tag, no grace. */
import { createServer } from 'node:http';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { createSchema, createYoga } from 'graphql-yoga';
import { announce, fetchOrderBook, TTL_SECONDS, typeDefs } from './order-book.mjs';

const { hostname: host, port } = new URL(process.env.REDIS_URL);
const connection = { host, port: Number(port) };
const bento = new BentoCache({
  default: 'tiers',
  stores: {
    tiers: bentostore()
      .useL1Layer(memoryDriver({ maxSize: '64mb' }))
      .useL2Layer(redisDriver({ connection }))
      .useBus(redisBusDriver({ connection })),
  },
});
const orderBook = (_, { symbol }) =>
  bento.getOrSet({
    key: `book:${symbol}`,
    factory: () => fetchOrderBook(symbol),
    ttl: TTL_SECONDS * 1_000,
    tags: [`book:${symbol}`],
  });
const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: { Query: { orderBook } } }),
  logging: false,
  graphiql: false,
});
const server = createServer(yoga).listen(0, '127.0.0.1', () => announce(server.address().port));

/**
 * GraphQL Yoga with its response cache. STORE is `memory`, the plugin's own default, or `redis`: createRedisCache as its documentation
 * shows it, on an ioredis connection with defaults. No session: one response for everybody.
 */
import { createServer } from 'node:http';
import { createRedisCache } from '@envelop/response-cache-redis';
import { useResponseCache } from '@graphql-yoga/plugin-response-cache';
import { createSchema, createYoga } from 'graphql-yoga';
import { Redis } from 'ioredis';
import { announce, fetchOrderBook, TTL_SECONDS, typeDefs } from './order-book.mjs';

const cache =
  process.env.STORE === 'redis' ? { cache: createRedisCache({ redis: new Redis(process.env.REDIS_URL) }) } : {};
const yoga = createYoga({
  schema: createSchema({
    typeDefs,
    resolvers: { Query: { orderBook: (_, { symbol }) => fetchOrderBook(symbol) } },
  }),
  plugins: [useResponseCache({ session: () => null, ttl: TTL_SECONDS * 1_000, ...cache })],
  logging: false,
  graphiql: false,
});
const server = createServer(yoga).listen(0, '127.0.0.1', () => announce(server.address().port));

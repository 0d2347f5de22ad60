/** Mercurius with mercurius-cache on its Redis storage, invalidation on, the field under a policy. Its JIT is on, as it recommends. */
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import mercurius from 'mercurius';
import mercuriusCache from 'mercurius-cache';
import { announce, fetchOrderBook, TTL_SECONDS, typeDefs } from './order-book.mjs';

const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers: { Query: { orderBook: (_, { symbol }) => fetchOrderBook(symbol) } },
  jit: 1,
});
app.register(mercuriusCache, {
  ttl: TTL_SECONDS,
  storage: {
    type: 'redis',
    options: { client: new Redis(process.env.REDIS_URL), invalidation: { referencesTTL: TTL_SECONDS + 1 } },
  },
  policy: { Query: { orderBook: { references: ({ arg }) => [`book:${arg.symbol}`] } } },
});
await app.listen({ port: 0, host: '127.0.0.1' });
announce(app.server.address().port);

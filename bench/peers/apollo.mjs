/** Apollo Server with its response cache plugin, kept in Redis by Keyv as its documentation shows it; the field says maxAge by hint. */
import { ApolloServer } from '@apollo/server';
import responseCachePlugin from '@apollo/server-plugin-response-cache';
import { startStandaloneServer } from '@apollo/server/standalone';
import { KeyvAdapter } from '@apollo/utils.keyvadapter';
import KeyvRedis from '@keyv/redis';
import Keyv from 'keyv';
import { announce, fetchOrderBook, TTL_SECONDS, typeDefs } from './order-book.mjs';

const server = new ApolloServer({
  typeDefs,
  resolvers: {
    Query: {
      orderBook: (_, { symbol }, __, info) => {
        info.cacheControl.setCacheHint({ maxAge: TTL_SECONDS, scope: 'PUBLIC' });
        return fetchOrderBook(symbol);
      },
    },
    // Fields of objects count as maxAge 0 unless they say otherwise.
    OrderBook: {
      bids: ({ bids }, _, __, info) => (info.cacheControl.setCacheHint({ maxAge: TTL_SECONDS }), bids),
      asks: ({ asks }, _, __, info) => (info.cacheControl.setCacheHint({ maxAge: TTL_SECONDS }), asks),
    },
  },
  cache: new KeyvAdapter(new Keyv({ store: new KeyvRedis(process.env.REDIS_URL) })),
  plugins: [responseCachePlugin()],
});
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
announce(new URL(url).port);

import { isForced } from '../field-cache/index.js';
import { orderBookPolicy } from '../loaders/order-books.js';
import type { BookLevel, OrderBook } from '../market/instrument.js';
import { countArgument, symbolArgument } from './arguments.js';
import { builder } from './builder.js';
import { cacheField } from './cache-info.js';
import { COUNTED_BY_PARENT, rowsCost } from './cost.js';

/** Levels of each side. */
const MAX_DEPTH = 500;

const BookLevelType = builder.objectRef<BookLevel>('BookLevel').implement({
  description: 'A price and what rests there.',
  fields: (t) => ({
    price: t.exposeFloat('price', { description: 'Quote units for one base unit.' }),
    quantity: t.exposeFloat('quantity', { description: 'Base units.' }),
    orders: t.exposeInt('orders', {
      nullable: true,
      description: 'How many orders; null where the source does not say.',
    }),
  }),
});

const OrderBookType = builder.objectRef<OrderBook>('OrderBook').implement({
  description: 'What rests at the market.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "In the source's spelling." }),
    time: t.field({ type: 'DateTime', description: 'When it was so, by the source.', resolve: ({ time }) => time }),
    timestamp: t.int({ description: 'time as Unix seconds.', resolve: ({ time }) => Math.floor(time / 1_000) }),
    bids: t.field({
      type: [BookLevelType],
      complexity: COUNTED_BY_PARENT,
      description: 'Buyers, best price first.',
      resolve: ({ bids }) => [...bids],
    }),
    asks: t.field({
      type: [BookLevelType],
      complexity: COUNTED_BY_PARENT,
      description: 'Sellers, best price first.',
      resolve: ({ asks }) => [...asks],
    }),
    cache: t.field(cacheField),
  }),
});

builder.queryField('orderBook', (t) =>
  t.field({
    type: OrderBookType,
    nullable: true,
    cachedBy: orderBookPolicy,
    complexity: ({ depth }) => rowsCost(depth, MAX_DEPTH),
    description: 'What rests at the market of one instrument.',
    args: {
      symbol: t.arg.string({ required: true, description: 'Such as BTC-USD, in any case.' }),
      depth: t.arg.int({ required: true, defaultValue: 20, description: 'Levels of each side, 1 to 500.' }),
    },
    resolve: async (_, args, { loaders }) =>
      loaders.orderBooks.load(
        { symbol: symbolArgument(args.symbol), depth: countArgument('depth', args.depth, 1, MAX_DEPTH) },
        { force: isForced(args) },
      ),
  }),
);

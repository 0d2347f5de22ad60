import { isForced } from '../field-cache/index.js';
import { pricePolicy } from '../loaders/prices.js';
import type { Ticker } from '../market/instrument.js';
import { MAX_SYMBOLS, symbolArgument, symbolsArgument } from './arguments.js';
import { builder } from './builder.js';
import { cacheField } from './cache-info.js';
import { itemsCost } from './cost.js';
import { itemFailure, ItemErrorType, orNull, type ItemFailure } from './item-error.js';

export const PriceType = builder.objectRef<Ticker>('Price').implement({
  description: 'What an instrument last traded at.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "In the source's spelling." }),
    price: t.exposeFloat('price', { description: 'Quote units for one base unit.' }),
    change24hPercent: t.exposeFloat('change24hPercent', {
      nullable: true,
      description: 'Percent, against the price 24 h ago; null with less history.',
    }),
    volume24h: t.exposeFloat('volume24h', { nullable: true, description: 'Base units traded in the last 24 h.' }),
    time: t.field({ type: 'DateTime', description: 'When it traded, by the source.', resolve: ({ time }) => time }),
    timestamp: t.int({ description: 'time as Unix seconds.', resolve: ({ time }) => Math.floor(time / 1_000) }),
    cache: t.field(cacheField),
  }),
});

interface PriceResult {
  readonly symbol: string;
  readonly price: Ticker | null;
  readonly error: ItemFailure | null;
}

const PriceResultType = builder.objectRef<PriceResult>('PriceResult').implement({
  description: 'A price of a list, or why there is none.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "In the source's spelling; as asked for where it failed." }),
    price: t.field({
      type: PriceType,
      nullable: true,
      cachedBy: { policy: pricePolicy, names: { symbol: '$parent.symbol' } },
      description: 'Null where it failed: see error.',
      resolve: ({ price }) => price,
    }),
    error: t.field({
      type: ItemErrorType,
      nullable: true,
      description: 'Why there is no price.',
      resolve: ({ error }) => error,
    }),
  }),
});

builder.queryField('price', (t) =>
  t.field({
    type: PriceType,
    nullable: true,
    cachedBy: pricePolicy,
    description: 'What one instrument last traded at.',
    args: { symbol: t.arg.string({ required: true, description: 'Such as BTC-USD, in any case.' }) },
    resolve: async (_, args, { loaders }) =>
      loaders.prices.load({ symbol: symbolArgument(args.symbol) }, { force: isForced(args) }),
  }),
);

builder.queryField('prices', (t) =>
  t.field({
    type: [PriceResultType],
    nullable: true,
    cachedBy: { policy: pricePolicy, names: { symbol: '$args.symbols' } },
    complexity: ({ symbols }) => itemsCost(symbols.length, MAX_SYMBOLS.prices),
    description: 'Prices in the order and length of symbols; one that fails leaves the others standing.',
    args: { symbols: t.arg.stringList({ required: true, description: '1 to 500 symbols.' }) },
    resolve: async (_, args, context) => {
      const keys = symbolsArgument(args.symbols, MAX_SYMBOLS.prices).map((symbol) => ({ symbol }));
      const prices = await context.loaders.prices.loadMany(keys, { force: isForced(args) });
      return prices.map((price, i) => ({
        symbol: orNull(price)?.symbol ?? args.symbols[i] ?? '',
        price: orNull(price),
        error: itemFailure(price, context),
      }));
    },
  }),
);

import type { Watchlist } from '../accounts/watchlists.js';
import { pricePolicy } from '../loaders/prices.js';
import type { Ticker } from '../market/instrument.js';
import { MAX_SYMBOLS, symbolsArgument } from './arguments.js';
import { builder } from './builder.js';
import { cacheField } from './cache-info.js';
import type { GatewayContext } from './context.js';
import { itemFailure, ItemErrorType, orNull } from './item-error.js';
import { PriceType } from './price.js';
import { requireViewer } from './viewer.js';

interface WatchlistItem {
  readonly symbol: string;
}

const WatchlistItemType = builder.objectRef<WatchlistItem>('WatchlistItem').implement({
  description: 'A symbol of a watchlist.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: 'In upper case.' }),
    price: t.field({
      type: PriceType,
      nullable: true,
      cachedBy: { policy: pricePolicy, names: { symbol: '$parent.symbol' } },
      description: 'Null where it failed: see error.',
      resolve: async (item, _, context) => orNull(await loadPrice(item, context)) ?? null,
    }),
    error: t.field({
      type: ItemErrorType,
      nullable: true,
      description: 'Why there is no price.',
      resolve: async (item, _, context) => itemFailure(await loadPrice(item, context), context),
    }),
  }),
});

const WatchlistType = builder.objectRef<Watchlist>('Watchlist').implement({
  description: "A named list of symbols, one's own.",
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Stable.' }),
    name: t.exposeString('name', { description: '1 to 100 characters.' }),
    category: t.exposeString('category', { nullable: true, description: '1 to 50 characters, or none.' }),
    active: t.exposeBoolean('active', { description: 'Whether it is in use.' }),
    items: t.field({
      type: [WatchlistItemType],
      complexity: { field: 1, multiplier: 10 },
      description: 'In the order in which they were added, 500 at the most.',
      resolve: ({ symbols }) => symbols.map((symbol) => ({ symbol })),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was made.', resolve: ({ createdAt }) => createdAt }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed.',
      resolve: ({ updatedAt }) => updatedAt,
    }),
    cache: t.field(cacheField),
  }),
});

builder.queryField('watchlists', (t) =>
  t.field({
    type: [WatchlistType],
    nullable: true,
    authScopes: { viewer: true },
    cache: {
      ttl: '5m',
      ttlName: 'WATCHLISTS',
      scope: 'PRIVATE',
      origin: 'database',
      tags: ['watchlists:{$viewer}'],
      resultTags: (lists: readonly Watchlist[]) => lists.map(({ id }) => `watchlist:${id}`),
      refreshable: true,
    },
    description: 'Your watchlists, the oldest first.',
    args: {
      category: t.arg.string({ description: 'Only those of this category.' }),
      active: t.arg.boolean({ description: 'Only those in use, or only those not.' }),
    },
    resolve: async (_, { category, active }, context) => {
      const { watchlists } = await context.database();
      const filter = { category: category ?? undefined, active: active ?? undefined };
      return [...(await watchlists.list(requireViewer(context).id, filter))];
    },
  }),
);

builder.queryField('watchlist', (t) =>
  t.field({
    type: WatchlistType,
    nullable: true,
    authScopes: { viewer: true },
    cache: {
      ttl: '5m',
      ttlName: 'WATCHLISTS',
      scope: 'PRIVATE',
      origin: 'database',
      tags: ['watchlists:{$viewer}', 'watchlist:{$args.id}'],
      refreshable: true,
    },
    description: 'One of your watchlists; null where you have none of that id.',
    args: { id: t.arg.id({ required: true, description: 'Of the list.' }) },
    resolve: async (_, { id }, context) => {
      const { watchlists } = await context.database();
      return (await watchlists.find(requireViewer(context).id, id)) ?? null;
    },
  }),
);

/** What every change of a list has in common. What it ends is said where it is written: accounts/watchlists.ts. */
const changesList = { type: WatchlistType, authScopes: { viewer: true } } as const;

builder.mutationField('createWatchlist', (t) =>
  t.field({
    ...changesList,
    description: 'Makes a watchlist.',
    args: {
      name: t.arg.string({ required: true, description: '1 to 100 characters.' }),
      symbols: t.arg.stringList({ description: 'At most 500 symbols.' }),
      category: t.arg.string({ description: '1 to 50 characters.' }),
    },
    resolve: async (_, { name, symbols, category }, context) => {
      const { watchlists } = await context.database();
      const folded = symbols?.length ? symbolsArgument(symbols, MAX_SYMBOLS.watchlist) : undefined;
      return watchlists.create(requireViewer(context).id, { name, category, symbols: folded });
    },
  }),
);

builder.mutationField('renameWatchlist', (t) =>
  t.field({
    ...changesList,
    description: 'Gives a watchlist another name.',
    args: {
      id: t.arg.id({ required: true, description: 'Of the list.' }),
      name: t.arg.string({ required: true, description: '1 to 100 characters.' }),
    },
    resolve: async (_, { id, name }, context) => {
      const { watchlists } = await context.database();
      return watchlists.update(requireViewer(context).id, id, { name });
    },
  }),
);

builder.mutationField('updateWatchlist', (t) =>
  t.field({
    ...changesList,
    description: 'Changes what is given of a watchlist; a category of null takes it away.',
    args: {
      id: t.arg.id({ required: true, description: 'Of the list.' }),
      name: t.arg.string({ description: '1 to 100 characters.' }),
      category: t.arg.string({ description: '1 to 50 characters.' }),
      active: t.arg.boolean({ description: 'Whether it is in use.' }),
    },
    resolve: async (_, { id, name, category, active }, context) => {
      const { watchlists } = await context.database();
      const change = { name: name ?? undefined, category, active: active ?? undefined };
      return watchlists.update(requireViewer(context).id, id, change);
    },
  }),
);

builder.mutationField('deleteWatchlist', (t) =>
  t.id({
    authScopes: { viewer: true },
    description: 'Deletes a watchlist and answers its id.',
    args: { id: t.arg.id({ required: true, description: 'Of the list.' }) },
    resolve: async (_, { id }, context) => {
      const { watchlists } = await context.database();
      await watchlists.delete(requireViewer(context).id, id);
      return id;
    },
  }),
);

builder.mutationField('addToWatchlist', (t) =>
  t.field({
    ...changesList,
    description: 'Adds at the end what the list does not have yet.',
    args: {
      id: t.arg.id({ required: true, description: 'Of the list.' }),
      symbols: t.arg.stringList({ required: true, description: '1 to 500 symbols.' }),
    },
    resolve: async (_, { id, symbols }, context) => {
      const { watchlists } = await context.database();
      return watchlists.addSymbols(requireViewer(context).id, id, symbolsArgument(symbols, MAX_SYMBOLS.watchlist));
    },
  }),
);

builder.mutationField('removeFromWatchlist', (t) =>
  t.field({
    ...changesList,
    description: 'Removes what the list has of them.',
    args: {
      id: t.arg.id({ required: true, description: 'Of the list.' }),
      symbols: t.arg.stringList({ required: true, description: '1 to 500 symbols.' }),
    },
    resolve: async (_, { id, symbols }, context) => {
      const { watchlists } = await context.database();
      return watchlists.removeSymbols(requireViewer(context).id, id, symbolsArgument(symbols, MAX_SYMBOLS.watchlist));
    },
  }),
);

/** Private */
async function loadPrice({ symbol }: WatchlistItem, { loaders }: GatewayContext): Promise<Ticker | Error | undefined> {
  const [price] = await loaders.prices.loadMany([{ symbol }]);
  return price;
}

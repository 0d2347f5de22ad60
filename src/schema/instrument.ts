import { instrumentPolicy, instrumentsPolicy } from '../loaders/instruments.js';
import type { Instrument } from '../market/instrument.js';
import { badInput } from '../support/gateway-error.js';
import { countArgument, symbolArgument } from './arguments.js';
import { builder } from './builder.js';
import { PageInfoType, paginate, type Connection, type Edge } from './connection.js';
import { COUNTED_BY_PARENT, rowsCost } from './cost.js';
import { TimeframeEnum } from './timeframe.js';

const MAX_PAGE = 500;

const InstrumentStatusEnum = builder.enumType('InstrumentStatus', {
  description: 'Whether an instrument trades.',
  values: {
    ONLINE: { description: 'It trades.' },
    OFFLINE: { description: 'It is listed and does not trade.' },
  } as const,
});

const InstrumentType = builder.objectRef<Instrument>('Instrument').implement({
  description: 'Something that trades.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "In the source's spelling; matched without regard to case." }),
    name: t.exposeString('name', { description: 'For people.' }),
    base: t.exposeString('base', { description: 'What is bought and sold.' }),
    quote: t.exposeString('quote', {
      nullable: true,
      description: 'What it is paid in; null where the source does not say.',
    }),
    exchange: t.exposeString('exchange', {
      nullable: true,
      description: 'Where it trades; null where the source does not say.',
    }),
    status: t.field({ type: InstrumentStatusEnum, description: 'Whether it trades.', resolve: ({ status }) => status }),
    priceIncrement: t.field({
      type: 'Decimal',
      description: 'Smallest step of a price: format and validate order forms by it.',
      resolve: ({ priceIncrement }) => priceIncrement,
    }),
    quantityIncrement: t.field({
      type: 'Decimal',
      description: 'Smallest step of a quantity, in base units.',
      resolve: ({ quantityIncrement }) => quantityIncrement,
    }),
    timeframes: t.field({
      type: [TimeframeEnum],
      description: 'Timeframes that the source has or that can be built from them.',
      resolve: ({ timeframes }) => [...timeframes],
    }),
  }),
});

const InstrumentEdgeType = builder.objectRef<Edge<Instrument>>('InstrumentEdge').implement({
  description: 'An instrument and its place in the list.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Send it as after to go on behind it.' }),
    node: t.field({ type: InstrumentType, description: 'The instrument.', resolve: ({ node }) => node }),
  }),
});

const InstrumentConnectionType = builder.objectRef<Connection<Instrument>>('InstrumentConnection').implement({
  description: 'A page of instruments.',
  fields: (t) => ({
    edges: t.field({
      type: [InstrumentEdgeType],
      complexity: COUNTED_BY_PARENT,
      description: 'The page.',
      resolve: ({ edges }) => [...edges],
    }),
    pageInfo: t.field({ type: PageInfoType, description: 'Where the page lies.', resolve: ({ pageInfo }) => pageInfo }),
    totalCount: t.exposeInt('totalCount', { description: 'Of all pages together.' }),
  }),
});

builder.queryField('instrument', (t) =>
  t.field({
    type: InstrumentType,
    nullable: true,
    cachedBy: instrumentPolicy,
    description: 'One instrument; null where the source has none of that symbol.',
    args: { symbol: t.arg.string({ required: true, description: 'Such as BTC-USD, in any case.' }) },
    resolve: async (_, { symbol }, { loaders }) => loaders.instrument.load({ symbol: symbolArgument(symbol) }),
  }),
);

builder.queryField('instruments', (t) =>
  t.field({
    type: InstrumentConnectionType,
    nullable: true,
    cachedBy: instrumentsPolicy,
    complexity: ({ first }) => rowsCost(first, MAX_PAGE),
    description: "The source's instruments in the order of the source.",
    args: {
      search: t.arg.string({ description: 'Part of a symbol or a name, in any case; at most 64 characters.' }),
      exchange: t.arg.string({ description: 'Only those of this exchange, in any case.' }),
      first: t.arg.int({ required: true, defaultValue: 50, description: 'Length of the page, 1 to 500.' }),
      after: t.arg.string({ description: 'The cursor to go on behind.' }),
    },
    resolve: async (_, { search, exchange, first, after }, { loaders, provenance }) => {
      countArgument('first', first, 1, MAX_PAGE);
      if ((search?.length ?? 0) > 64) throw badInput('search', 'has at most 64 characters', search);
      const all = await loaders.instruments.load({});
      const wanted = search?.trim().toLowerCase() ?? '';
      const found = all.filter(
        ({ symbol, name, exchange: at }) =>
          `${symbol} ${name}`.toLowerCase().includes(wanted) &&
          (exchange == null || at?.toLowerCase() === exchange.toLowerCase()),
      );
      return provenance.handFrom(
        paginate(found, { first, after }, ({ symbol }) => symbol),
        all,
      );
    },
  }),
);

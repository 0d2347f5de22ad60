import type { TradeReport } from '../analytics/backtest/run-backtest.js';
import { builder } from './builder.js';
import { PageInfoType, type Connection, type Edge } from './connection.js';
import { COUNTED_BY_PARENT } from './cost.js';

export const TradeSideEnum = builder.enumType('TradeSide', {
  description: 'From which move it gains.',
  values: {
    LONG: { description: 'Bought: gains when the price rises.' },
    SHORT: { description: 'Sold short: gains when the price falls.' },
  } as const,
});

const TradeType = builder.objectRef<TradeReport>('Trade').implement({
  description: 'What a backtest bought or sold short and, unless it is still open, closed.',
  fields: (t) => ({
    side: t.field({ type: TradeSideEnum, description: 'From which move it gains.', resolve: ({ side }) => side }),
    quantity: t.field({
      type: 'Decimal',
      description: 'Base units. Positive; the side tells the direction.',
      resolve: ({ quantity }) => quantity,
    }),
    entryBar: t.exposeInt('entryBar', { description: 'Index of the bar in the range, from 0.' }),
    exitBar: t.exposeInt('exitBar', { nullable: true, description: 'Null while it is open.' }),
    entryTime: t.field({
      type: 'DateTime',
      description: 'Opening time of its bar.',
      resolve: ({ entryTime }) => entryTime,
    }),
    entryTimestamp: t.int({
      description: 'entryTime as Unix seconds.',
      resolve: ({ entryTime }) => toSeconds(entryTime),
    }),
    exitTime: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Opening time of its bar; null while it is open.',
      resolve: ({ exitTime }) => exitTime,
    }),
    exitTimestamp: t.int({
      nullable: true,
      description: 'exitTime as Unix seconds.',
      resolve: ({ exitTime }) => (exitTime === null ? null : toSeconds(exitTime)),
    }),
    entryPrice: t.exposeFloat('entryPrice', { description: 'With the spread, quote units.' }),
    exitPrice: t.exposeFloat('exitPrice', { nullable: true, description: 'Quote units; null while it is open.' }),
    pnl: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Gain, or loss where it is negative, net of commissions, quote units; null while it is open.',
      resolve: ({ pnl }) => pnl,
    }),
    returnPercent: t.exposeFloat('returnPercent', {
      nullable: true,
      description: "Net of commissions, of the entry's value; null while it is open.",
    }),
    commission: t.field({
      type: 'Decimal',
      description: 'Paid on entry and exit, quote units.',
      resolve: ({ commission }) => commission,
    }),
  }),
});

/** A trade with its index among those of its backtest. */
export type IndexedTrade = readonly [index: number, trade: TradeReport];

const TradeEdgeType = builder.objectRef<Edge<IndexedTrade>>('TradeEdge').implement({
  description: 'A trade and its place in the list.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Send it as after to go on behind it.' }),
    node: t.field({ type: TradeType, description: 'The trade.', resolve: ({ node: [, trade] }) => trade }),
  }),
});

export const TradeConnectionType = builder.objectRef<Connection<IndexedTrade>>('TradeConnection').implement({
  description: 'A page of trades.',
  fields: (t) => ({
    edges: t.field({
      type: [TradeEdgeType],
      complexity: COUNTED_BY_PARENT,
      description: 'The page.',
      resolve: ({ edges }) => [...edges],
    }),
    pageInfo: t.field({ type: PageInfoType, description: 'Where the page lies.', resolve: ({ pageInfo }) => pageInfo }),
    totalCount: t.exposeInt('totalCount', { description: 'Of all pages together.' }),
  }),
});

/** Private */
function toSeconds(time: number): number {
  return Math.floor(time / 1_000);
}

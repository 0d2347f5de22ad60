import type { MarketData } from '../market/market-data.js';
import { builder } from './builder.js';
import { TimeframeEnum } from './timeframe.js';

const MarketType = builder.objectRef<MarketData>('Market').implement({
  description: 'The source of market data that this gateway serves.',
  fields: (t) => ({
    source: t.exposeString('source', { description: 'simulated, csv or coinbase.' }),
    now: t.field({
      type: 'DateTime',
      description: "The source's present: the wall clock, or the close of the last candle of a csv source.",
      resolve: (market) => market.now(),
    }),
    timeframes: t.field({
      type: [TimeframeEnum],
      description: 'What the source has and what can be built from it.',
      resolve: ({ timeframes }) => [...timeframes],
    }),
    overviewSymbols: t.stringList({
      description: 'The pairs of an overview that names none.',
      resolve: (_, __, { overviewSymbols }) => [...overviewSymbols],
    }),
  }),
});

builder.queryField('market', (t) =>
  t.field({
    type: MarketType,
    cache: 'never',
    description: 'The source of market data.',
    resolve: (_, __, { market }) => market,
  }),
);

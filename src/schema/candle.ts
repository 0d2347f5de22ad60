import { candlesPolicy } from '../loaders/candles.js';
import type { Candle } from '../market/candle.js';
import { countArgument, rangeArguments, symbolArgument, timeframeArgument } from './arguments.js';
import { builder } from './builder.js';
import { rowsCost } from './cost.js';
import { TimeframeEnum } from './timeframe.js';

const MAX_CANDLES = 5_000;

const CandleType = builder.objectRef<Candle>('Candle').implement({
  description: 'One bar: what traded between its opening and the end of its bucket. Buckets without a trade are gaps.',
  fields: (t) => ({
    time: t.field({ type: 'DateTime', description: 'Opening time.', resolve: ({ time }) => time }),
    timestamp: t.int({ description: 'time as Unix seconds.', resolve: ({ time }) => Math.floor(time / 1_000) }),
    open: t.exposeFloat('open', { description: 'First price, quote units.' }),
    high: t.exposeFloat('high', { description: 'Highest price.' }),
    low: t.exposeFloat('low', { description: 'Lowest price.' }),
    close: t.exposeFloat('close', { description: 'Last price.' }),
    volume: t.exposeFloat('volume', { description: 'Base units.' }),
    closed: t.exposeBoolean('closed', { description: 'A closed candle never changes again.' }),
  }),
});

builder.queryField('candles', (t) =>
  t.field({
    type: [CandleType],
    nullable: true,
    cachedBy: candlesPolicy,
    complexity: ({ limit }) => rowsCost(limit, MAX_CANDLES),
    description:
      'Candles of [from, to) by opening time, ascending. With from the first limit from there, without it the last limit before to.',
    args: {
      symbol: t.arg.string({ required: true, description: 'Such as BTC-USD, in any case.' }),
      timeframe: t.arg({ type: TimeframeEnum, required: true, description: 'One that the source has.' }),
      from: t.arg({ type: 'DateTime', description: 'First opening time.' }),
      to: t.arg({
        type: 'DateTime',
        description: "First opening time that is not part of it; the source's present by default.",
      }),
      limit: t.arg.int({ required: true, defaultValue: 300, description: '1 to 5000.' }),
    },
    resolve: async (_, { symbol, timeframe, from, to, limit }, { loaders, market, provenance }) => {
      const range = await loaders.candles.load({
        symbol: symbolArgument(symbol),
        timeframe: timeframeArgument(timeframe, market),
        ...rangeArguments(from, to),
        limit: countArgument('limit', limit, 1, MAX_CANDLES),
      });
      return provenance.handFrom([...range.candles], range);
    },
  }),
);

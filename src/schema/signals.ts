import { isForced, takeFrom } from '../field-cache/index.js';
import { signalsPolicy, type Signal, type SignalEvent } from '../loaders/signals.js';
import type { Timeframe } from '../market/timeframe.js';
import { OF_PARENT } from './analysis.js';
import { countArgument, MAX_SYMBOLS, symbolsArgument, timeframeArgument } from './arguments.js';
import { builder } from './builder.js';
import { cacheField } from './cache-info.js';
import { itemsCost, rowsCost } from './cost.js';
import { TrendEnum } from './dow.js';
import { itemFailure, ItemErrorType, orNull, type ItemFailure } from './item-error.js';
import { TimeframeEnum } from './timeframe.js';

/** A state that no cache has takes hundreds of candles, and 500 of them are still one request. */
const SIGNAL_COST = 20;
const MAX_EVENTS = 500;

const SignalKindEnum = builder.enumType('SignalKind', {
  description: 'How the averages crossed. A cross is seen on the close that makes it; it foretells nothing.',
  values: {
    GOLDEN_CROSS: { description: 'The average of 50 closes came to stand above that of 200.' },
    DEATH_CROSS: { description: 'The average of 50 closes came to stand below that of 200.' },
  } as const,
});

const SignalEventType = builder.objectRef<SignalEvent>('SignalEvent').implement({
  description:
    'The averages of 50 and 200 closes crossed. One event for each cross, under one id, whoever computes it and however often. That they touch is none: they have crossed when they part on the other side.',
  fields: (t) => ({
    id: t.id({
      description: 'SYMBOL:TIMEFRAME:KIND:TIMESTAMP.',
      resolve: ({ symbol, timeframe, kind, time }) => `${symbol}:${timeframe}:${kind}:${time / 1_000}`,
    }),
    symbol: t.exposeString('symbol', { description: "In the source's spelling." }),
    timeframe: t.field({ type: TimeframeEnum, description: 'Of the candles.', resolve: ({ timeframe }) => timeframe }),
    kind: t.field({ type: SignalKindEnum, description: 'How they crossed.', resolve: ({ kind }) => kind }),
    time: t.field({
      type: 'DateTime',
      description: 'Opening time of the candle on whose close they crossed.',
      resolve: ({ time }) => time,
    }),
    timestamp: t.int({ description: 'time as Unix seconds.', resolve: ({ time }) => time / 1_000 }),
    price: t.exposeFloat('price', { description: 'That close, quote units.' }),
  }),
});

const SignalType = builder.objectRef<Signal>('Signal').implement({
  description:
    'How the averages of 50 and 200 closes stand: kept, and advanced by each candle that closes, never by the open one.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "In the source's spelling." }),
    timeframe: t.field({ type: TimeframeEnum, description: 'Of the candles.', resolve: ({ timeframe }) => timeframe }),
    ma50: t.exposeFloat('ma50', {
      nullable: true,
      description: 'Simple moving average of 50 closes, quote units; null until there are so many.',
    }),
    ma200: t.exposeFloat('ma200', {
      nullable: true,
      description: 'Simple moving average of 200 closes, quote units; null until there are so many.',
    }),
    trend: t.field({
      type: TrendEnum,
      description: 'UP: ma50 above ma200; DOWN: below; SIDEWAYS: equal; UNKNOWN until there are 200 candles.',
      resolve: ({ trend }) => trend,
    }),
    last: t.field({
      type: SignalEventType,
      nullable: true,
      description: 'The latest cross; null where none is within the candles looked at, some 100 to 300.',
      resolve: ({ events }) => events.at(-1),
    }),
    lastProcessed: t.field({
      type: 'DateTime',
      description: 'Close of the last candle that was processed: the last closed one.',
      resolve: ({ lastProcessed }) => lastProcessed,
    }),
    cache: t.field(cacheField),
  }),
});

interface SignalResult {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly signal: Signal | null;
  readonly error: ItemFailure | null;
}

const SignalResultType = builder.objectRef<SignalResult>('SignalResult').implement({
  description: 'A signal of a list, or why there is none.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "In the source's spelling; as asked for where it failed." }),
    signal: t.field({
      type: SignalType,
      nullable: true,
      cachedBy: { policy: signalsPolicy, names: OF_PARENT },
      description: 'Null where it failed: see error.',
      resolve: ({ signal }) => signal,
    }),
    error: t.field({
      type: ItemErrorType,
      nullable: true,
      description: 'Why there is no signal.',
      resolve: ({ error }) => error,
    }),
  }),
});

const OF_SYMBOLS = { symbol: '$args.symbols', timeframe: '$args.timeframe' } as const;

builder.queryField('signals', (t) =>
  t.field({
    type: [SignalResultType],
    nullable: true,
    cachedBy: { policy: signalsPolicy, names: OF_SYMBOLS },
    complexity: ({ symbols }) => itemsCost(symbols.length, MAX_SYMBOLS.signals, SIGNAL_COST),
    description: 'Signals in the order and length of symbols; one that fails leaves the others standing.',
    args: {
      symbols: t.arg.stringList({ required: true, description: '1 to 500 symbols.' }),
      timeframe: t.arg({
        type: TimeframeEnum,
        required: true,
        defaultValue: 'M15',
        description: 'One that the source has.',
      }),
    },
    resolve: async (_, args, context) => {
      const timeframe = timeframeArgument(args.timeframe, context.market);
      const keys = symbolsArgument(args.symbols, MAX_SYMBOLS.signals).map((symbol) => ({ symbol, timeframe }));
      const signals = await context.loaders.signals.loadMany(keys, { force: isForced(args) });
      return signals.map((signal, i) => ({
        symbol: orNull(signal)?.symbol ?? args.symbols[i] ?? '',
        timeframe,
        signal: orNull(signal),
        error: itemFailure(signal, context),
      }));
    },
  }),
);

builder.queryField('recentSignals', (t) =>
  t.field({
    type: [SignalEventType],
    nullable: true,
    cachedBy: { policy: { ...signalsPolicy, refreshable: false }, names: OF_SYMBOLS },
    complexity: ({ symbols, limit }, { overviewSymbols }) => {
      const { field: states } = itemsCost((symbols ?? overviewSymbols).length, MAX_SYMBOLS.signals, SIGNAL_COST);
      const { field, multiplier } = rowsCost(limit, MAX_EVENTS);
      return { field: states + field, multiplier };
    },
    description:
      'The latest crosses, newest first: of each symbol those within the candles that its signal looks at. A symbol that fails is left out; where all fail, so does the field.',
    args: {
      symbols: t.arg.stringList({ description: '1 to 500 symbols; market.overviewSymbols by default.' }),
      timeframe: t.arg({
        type: TimeframeEnum,
        required: true,
        defaultValue: 'M15',
        description: 'One that the source has.',
      }),
      limit: t.arg.int({ required: true, defaultValue: 50, description: '1 to 500.' }),
    },
    resolve: async (_, args, context, info) => {
      const timeframe = timeframeArgument(args.timeframe, context.market);
      const symbols = new Set(symbolsArgument(args.symbols ?? context.overviewSymbols, MAX_SYMBOLS.signals));
      const limit = countArgument('limit', args.limit, 1, MAX_EVENTS);
      const signals = await context.loaders.signals.loadMany([...symbols].map((symbol) => ({ symbol, timeframe })));
      const [failure] = signals;
      if (failure instanceof Error && signals.every((signal) => signal instanceof Error)) throw failure;
      return signals
        .flatMap((signal) => takeFrom(orNull(signal), 'events', context, info) ?? [])
        .sort((one, other) => other.time - one.time || (one.symbol < other.symbol ? -1 : 1))
        .slice(0, limit);
    },
  }),
);

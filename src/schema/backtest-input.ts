import type { BacktestSettings } from '../analytics/backtest/simulate.js';
import { checkStrategy } from '../analytics/backtest/strategies/catalogue.js';
import type { BacktestTerms } from '../loaders/backtests.js';
import { isTooLong, MAX_BARS, type BarsRange } from '../loaders/bars.js';
import type { MarketData } from '../market/market-data.js';
import { bucketEnd, bucketStart, TIMEFRAME_MS, type Timeframe } from '../market/timeframe.js';
import { badInput } from '../support/gateway-error.js';
import { rangeArguments, timeframeArgument } from './arguments.js';
import { builder } from './builder.js';
import { StrategyInput, toStrategy } from './strategy-input.js';
import { TimeframeEnum } from './timeframe.js';

const DirectionEnum = builder.enumType('Direction', {
  description: 'What a strategy may hold.',
  values: {
    LONG_ONLY: { description: 'Up when flat buys, down closes.' },
    LONG_SHORT: { description: 'Up closes and buys, down closes and sells short.' },
  } as const,
});

export const BacktestInput = builder.inputType('BacktestInput', {
  description: 'A strategy over the candles of one symbol.',
  fields: (t) => ({
    strategy: strategyField(t),
    symbol: t.string({ required: true, description: 'Such as BTC-USD, in any case.' }),
    ...termFields(t),
  }),
});

export const BacktestBatchInput = builder.inputType('BacktestBatchInput', {
  description: 'One strategy over the candles of many symbols.',
  fields: (t) => ({
    strategy: strategyField(t),
    symbols: t.stringList({ required: true, description: '1 to 500 symbols.' }),
    ...termFields(t),
  }),
});

const MAX_CASH = 1e12;
const MAX_DIGITS = 15;
/** Quantities that trade, base units. */
const WHOLE = 1;
const FRACTION = 1e-8;

/** What the backtests of an input have in common. Throws BAD_USER_INPUT for what is wrong with it whatever the candles are. */
export function toTerms(input: TermsInput, market: MarketData): BacktestTerms {
  const range = toRange(input, market);
  const settings = toSettings(input);
  return { ...range, strategy: settings.strategy.name, settings };
}

/** The range as it was asked for, unchecked: for what it costs. */
export function toAskedRange({ timeframe, from, to }: Pick<TermsInput, 'timeframe' | 'from' | 'to'>): BarsRange {
  return { timeframe, from: from ?? null, to: to ?? null };
}

/** What both inputs have. */
type TermsInput = Omit<typeof BacktestInput.$inferInput, 'symbol'>;

type InputFields = PothosSchemaTypes.InputFieldBuilder<typeof builder.$inferSchemaTypes, 'InputObject'>;

/** Private */
function strategyField(t: InputFields) {
  return t.field({ type: StrategyInput, required: true, description: 'What decides when to buy and to sell.' });
}

/** Private */
function termFields(t: InputFields) {
  const flag = (defaultValue: boolean, description: string) => t.boolean({ required: true, defaultValue, description });
  return {
    timeframe: t.field({
      type: TimeframeEnum,
      required: true,
      defaultValue: 'D1',
      description: 'One that the source has.',
    }),
    from: t.field({
      type: 'DateTime',
      description: `First opening time; without it the last ${MAX_BARS} candles. Strategies warm up inside of the range.`,
    }),
    to: t.field({
      type: 'DateTime',
      description:
        "First opening time that is not part of it; the source's present by default. Only closed candles count.",
    }),
    dailySampling: flag(
      false,
      'Hands the strategy one bar a day, the last of the day in UTC; orders fill on the next bar of timeframe.',
    ),
    cash: t.field({
      type: 'Decimal',
      required: true,
      defaultValue: '10000',
      description: `Money at the start, quote units; more than 0, at most ${MAX_CASH}, in at most ${MAX_DIGITS} digits.`,
    }),
    commission: t.float({
      required: true,
      defaultValue: 0,
      description: 'Of the traded value, on entry and on exit: 0.001 is 0.1 %. From 0, less than 1.',
    }),
    spread: t.float({
      required: true,
      defaultValue: 0,
      description: 'Of the price, on entry: a long pays so much more, a short gets so much less. From 0, less than 1.',
    }),
    direction: t.field({
      type: DirectionEnum,
      required: true,
      defaultValue: 'LONG_ONLY',
      description: 'What the strategy may hold.',
    }),
    tradeOnClose: flag(false, 'Orders fill at the close on which they are placed, not at the next open.'),
    exclusiveOrders: flag(false, 'A new order closes what is open and cancels what is queued.'),
    finalizeTrades: flag(true, 'Trades that are open at the end are closed at the open of the last bar, and count.'),
    fractional: flag(true, 'Quantities are of 1e-8 units; else of whole ones.'),
  };
}

/** Private: ends between two openings select the same candles as the next opening, which is what they become: one key for all. */
function toRange(input: TermsInput, market: MarketData): BarsRange {
  const { from = null, to = null } = rangeArguments(input.from, input.to, 'input.from');
  const range = { timeframe: timeframeArgument(input.timeframe, market, 'input.timeframe'), from, to };
  const { timeframe } = range;
  if (from !== null && isTooLong(range, market.now())) {
    const rule = `begins at most ${MAX_BARS} ${timeframe} candles before the end of the range`;
    throw badInput('input.from', rule, new Date(from).toISOString());
  }
  const opening = (time: number | null) => (time === null ? null : nextOpening(time, timeframe));
  const aligned = { timeframe, from: opening(from), to: opening(to) };
  if (from !== null && to !== null && aligned.from === aligned.to) {
    const received = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
    throw badInput('input.from', `is of a range in which a ${timeframe} candle opens`, received);
  }
  return aligned;
}

/** Private: that of a candle that opens at `time`, or of the first after it. */
function nextOpening(time: number, timeframe: Timeframe): number {
  const start = bucketStart(time, timeframe);
  return start === time ? start : bucketEnd(start, timeframe);
}

/** Private */
function toSettings(input: TermsInput): BacktestSettings {
  const { commission, spread, direction, tradeOnClose, exclusiveOrders, finalizeTrades } = input;
  const strategy = toStrategy(input.strategy);
  const fault = checkStrategy(strategy);
  if (fault) throw badInput(`input.strategy.${fault.parameter}`, fault.rule, fault.received);
  // Equal amounts are equal numbers, however many zeros they were written with.
  const cash = Number(input.cash);
  if (!(cash > 0 && cash <= MAX_CASH))
    throw badInput('input.cash', `is more than 0 and at most ${MAX_CASH}`, input.cash);
  // A number has no more, and amounts that differ in the next digit would share a key.
  if (countSignificantDigits(input.cash) > MAX_DIGITS)
    throw badInput('input.cash', `has at most ${MAX_DIGITS} significant digits`, input.cash);
  for (const [name, share] of Object.entries({ commission, spread })) {
    if (!(share >= 0 && share < 1)) throw badInput(`input.${name}`, 'is from 0 to less than 1', share);
  }
  const unit = input.fractional ? FRACTION : WHOLE;
  // Days and longer bars are handed as they are.
  const dailySampling = input.dailySampling && TIMEFRAME_MS[input.timeframe] < TIMEFRAME_MS.D1;
  const flags = { tradeOnClose, exclusiveOrders, finalizeTrades, dailySampling };
  return { strategy, direction, cash, commission, spread, unit, ...flags };
}

/** Private: without the zeros at either end, which say nothing. */
function countSignificantDigits(decimal: string): number {
  return decimal.replace(/[^0-9]/g, '').replace(/^0+|0+$/g, '').length;
}

import { TIMEFRAMES, type Timeframe } from '../market/timeframe.js';
import type { MarketData } from '../market/market-data.js';
import { badInput } from '../support/gateway-error.js';

const SYMBOL = /^[A-Za-z0-9._:/-]{1,32}$/;

/** Most symbols of a list, by what each costs. */
export const MAX_SYMBOLS = {
  prices: 500,
  signals: 500,
  analyses: 100,
  overview: 100,
  watchlist: 500,
  backtestBatch: 500,
} as const;

/** A symbol in upper case, as keys and tags spell it: it is matched without regard to case. */
export function symbolArgument(symbol: string, argument = 'symbol'): string {
  if (!SYMBOL.test(symbol))
    throw badInput(argument, 'a symbol has 1 to 32 characters of A-Z a-z 0-9 . _ : / -', symbol);
  return symbol.toUpperCase();
}

/** 1 to `max` symbols. */
export function symbolsArgument(symbols: readonly string[], max: number, argument = 'symbols'): string[] {
  if (symbols.length < 1 || symbols.length > max) throw badInput(argument, `has 1 to ${max} symbols`, symbols.length);
  return symbols.map((symbol, i) => symbolArgument(symbol, `${argument}[${i}]`));
}

/** A whole number within bounds. */
export function countArgument(argument: string, value: number, min: number, max: number): number {
  if (value < min || value > max) throw badInput(argument, `is a whole number from ${min} to ${max}`, value);
  return value;
}

/** A timeframe that the source has, or that can be built from what it has. */
export function timeframeArgument(
  timeframe: Timeframe,
  { timeframes, source }: MarketData,
  argument = 'timeframe',
): Timeframe {
  if (timeframes.includes(timeframe)) return timeframe;
  const rule = `is one that the ${source} source has (${TIMEFRAMES.filter((each) => timeframes.includes(each)).join(', ')})`;
  throw badInput(argument, rule, timeframe, timeframes);
}

/** A range [from, to) in ms since the epoch, either end open. */
export function rangeArguments(
  from: number | null | undefined,
  to: number | null | undefined,
  argument = 'from',
): { from: number | undefined; to: number | undefined } {
  if (from != null && to != null && from >= to) {
    const received = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
    throw badInput(argument, 'lies before to', received);
  }
  return { from: from ?? undefined, to: to ?? undefined };
}

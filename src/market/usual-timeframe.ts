import type { Instrument } from './instrument.js';
import type { Timeframe } from './timeframe.js';

/** A timeframe for who has named none, and the symbols in their order, but those that have it before the others. */
export interface UsualTimeframe {
  readonly timeframe: Timeframe;
  readonly symbols: readonly string[];
}

/** Long enough for a history that says something, and short enough for one of many candles. */
const PREFERRED: readonly Timeframe[] = ['H4', 'D1'];

/**
 * H4, else D1, where at least half of the symbols have it; else the timeframe of the source that most of them have, the shortest of those
 * that tie. The many alone would choose too long a one: from days months can be built, but never days from months. Where nothing is
 * known of the symbols it is what the source has, in the same order.
 */
export function usualTimeframe(
  symbols: readonly string[],
  timeframes: readonly Timeframe[],
  instruments: readonly Instrument[],
): UsualTimeframe {
  const known = new Map(instruments.map((instrument) => [instrument.symbol, instrument.timeframes]));
  const having = (timeframe: Timeframe) => symbols.filter((symbol) => known.get(symbol)?.includes(timeframe));
  const preferred = PREFERRED.filter((each) => timeframes.includes(each));
  const common = preferred.filter((each) => 2 * having(each).length >= symbols.length);
  // Sorting keeps the order of those that tie.
  const byMany = [...preferred, ...timeframes].sort((left, right) => having(right).length - having(left).length);
  const [timeframe = 'D1'] = [...common, ...byMany];
  return { timeframe, symbols: [...new Set([...having(timeframe), ...symbols])] };
}

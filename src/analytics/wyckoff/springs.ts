import type { Bar } from './bars.js';
import type { StrengthEvent } from './event.js';
import { EDGE_PERIOD } from './trading-range.js';

/** How far below the lowest low a spring reaches, in average true ranges. */
const MIN_DEPTH = 0.1;
/** With less relative volume than this the break met no supply. */
const NO_SUPPLY = 1;
/** A close location from which on the close came back by far. */
const FAR_BACK = 0.7;

/**
 * Springs: in a trading range a low clearly below its lowest low, and a close above that again, of the same candle or within
 * {@link EDGE_PERIOD} candles, its own with them (a late spring). It stands at the lowest of the candles that closed no higher, or at
 * the one that came back, whichever is lower, and is known at the close that came back.
 */
export function findSprings(bars: readonly Bar[]): StrengthEvent[] {
  const events: StrengthEvent[] = [];
  bars.forEach((bar, knownAt) => {
    const { band, averageRange, close, features } = bar;
    if (!band?.isRange || averageRange === undefined || close <= band.lowest) return;
    const index = bottomOfDip(bars, knownAt, band.lowest);
    const bottom = bars[index] ?? bar;
    if (bottom.low >= band.lowest - MIN_DEPTH * averageRange || index === events.at(-1)?.index) return;
    const strong = (bottom.features.relativeVolume ?? Infinity) < NO_SUPPLY || features.closeLocation >= FAR_BACK;
    events.push({ kind: 'SPRING', index, knownAt, price: bottom.low, strong });
  });
  return events;
}

/** Private: the lowest of the candle at `end` and those just before it that closed at or below `lowest`. */
function bottomOfDip(bars: readonly Bar[], end: number, lowest: number): number {
  const start = end + 1 - EDGE_PERIOD;
  const above = bars.slice(start, end).findLastIndex(({ close }) => close > lowest);
  const lows = bars.slice(start + above + 1, end + 1).map(({ low }) => low);
  return start + above + 1 + lows.lastIndexOf(Math.min(...lows));
}

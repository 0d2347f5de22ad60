import { pivotsAt, type Pivot } from '../dow/pivots.js';
import type { Bar } from './bars.js';
import type { StrengthEvent } from './event.js';
import { PHASE_PERIOD, type Band } from './trading-range.js';

/** In average true ranges. */
const MIN_SPREAD = 1.2;
const MIN_VOLUME = 1.3;
/** The last point of support stands out among so many neighbours on either side, and has less relative volume than this. */
const PULLBACK_SPAN = 3;
const PULLBACK_VOLUME = 1;

/** Private: a sign of strength that waits for its last point of support. */
interface Sign {
  readonly index: number;
  /** The middle of the trading range that it left. */
  readonly midpoint: number;
}

/**
 * Signs of strength, which are closes above the highest high of a trading range with spread and volume, and their last points of
 * support, in the order in which they become known. A sign has one: the first low pivot after it that has little volume, as long as
 * none before went down to the middle of the range. Another sign takes its place; {@link PHASE_PERIOD} candles end the wait.
 */
export function findSignsOfStrength(bars: readonly Bar[]): StrengthEvent[] {
  const events: StrengthEvent[] = [];
  let sign: Sign | undefined;
  bars.forEach((bar, index) => {
    if (sign && index - sign.index >= PHASE_PERIOD) sign = undefined;
    const low = sign && lowKnownAt(bars, index, sign.index);
    if (sign && low) {
      const held = low.price > sign.midpoint;
      const quiet = (bars[low.index]?.features.relativeVolume ?? Infinity) < PULLBACK_VOLUME;
      if (held && quiet) events.push({ kind: 'LPS', index: low.index, knownAt: index, price: low.price });
      if (!held || quiet) sign = undefined;
    }
    if (bar.band && isSign(bar, bar.band)) {
      sign = { index, midpoint: (bar.band.support + bar.band.resistance) / 2 };
      events.push({ kind: 'SOS', index, knownAt: index, price: bar.close });
    }
  });
  return events;
}

/** Private: the low pivot after `since` that the candle at `index` confirms. */
function lowKnownAt(bars: readonly Bar[], index: number, since: number): Pivot | undefined {
  return pivotsAt(bars, index - PULLBACK_SPAN, PULLBACK_SPAN).find(
    ({ kind, index }) => kind === 'LOW' && index > since,
  );
}

/** Private */
function isSign({ close, features }: Bar, band: Band): boolean {
  const { spread = 0, relativeVolume = 0 } = features;
  return band.isRange && close > band.highest && spread >= MIN_SPREAD && relativeVolume >= MIN_VOLUME;
}

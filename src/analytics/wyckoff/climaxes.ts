import { pivotsAt } from '../dow/pivots.js';
import type { Bar } from './bars.js';
import type { StrengthEvent } from './event.js';
import { PHASE_PERIOD } from './trading-range.js';

/** A climax is the lowest of so many candles, its own with them. */
const LOWEST_OF = 20;
const MIN_VOLUME = 2;
/** In average true ranges. */
const MIN_SPREAD = 1.5;
const MIN_CLOSE_LOCATION = 0.4;
/** The rally's top is so many candles after the climax at most, and stands out among so many neighbours on either side. */
const RALLY_WITHIN = 15;
const RALLY_SPAN = 3;
/** A test is so near the climax, in widths of the band, and has less than this share of its relative volume. */
const TEST_WITHIN = 0.25;
const TEST_VOLUME = 0.8;

/** Private: a selling climax that waits for its rally or its test. */
interface Climax {
  readonly index: number;
  readonly low: number;
  readonly relativeVolume: number;
  readonly hasRallied: boolean;
}

/**
 * Selling climaxes, their automatic rallies and secondary tests, in the order in which they become known. A climax has one rally, the
 * first high pivot after it, and one test, the first once that pivot is confirmed. Another climax takes its place; a close below its
 * low ends it, and so do {@link PHASE_PERIOD} candles.
 */
export function findClimaxes(bars: readonly Bar[]): StrengthEvent[] {
  const events: StrengthEvent[] = [];
  let climax: Climax | undefined;
  bars.forEach((bar, index) => {
    const rally = climax && !climax.hasRallied ? rallyKnownAt(bars, index, climax) : undefined;
    if (climax && rally) {
      climax = { ...climax, hasRallied: true };
      events.push(rally);
    }
    if (isClimax(bars, index)) {
      climax = { index, low: bar.low, relativeVolume: bar.features.relativeVolume ?? 0, hasRallied: false };
      events.push({ kind: 'SC', index, knownAt: index, price: bar.low });
    } else if (climax && (bar.close < climax.low || index - climax.index >= PHASE_PERIOD)) {
      climax = undefined;
    } else if (climax?.hasRallied && isTest(bar, climax)) {
      climax = undefined;
      events.push({ kind: 'ST', index, knownAt: index, price: bar.low });
    }
  });
  return events;
}

/** Private: the top of the rally, where the candle at `index` confirms it. */
function rallyKnownAt(bars: readonly Bar[], index: number, climax: Climax): StrengthEvent | undefined {
  const top = pivotsAt(bars, index - RALLY_SPAN, RALLY_SPAN).find(({ kind }) => kind === 'HIGH');
  if (!top || top.index <= climax.index || top.index > climax.index + RALLY_WITHIN) return undefined;
  return { kind: 'AR', index: top.index, knownAt: index, price: top.price };
}

/** Private */
function isClimax(bars: readonly Bar[], index: number): boolean {
  const bar = bars[index];
  if (!bar) return false;
  const { relativeVolume = 0, spread = 0, closeLocation } = bar.features;
  return (
    relativeVolume >= MIN_VOLUME &&
    spread >= MIN_SPREAD &&
    closeLocation >= MIN_CLOSE_LOCATION &&
    bars.slice(Math.max(0, index + 1 - LOWEST_OF), index).every(({ low }) => low >= bar.low)
  );
}

/** Private */
function isTest({ low, features, band }: Bar, climax: Climax): boolean {
  if (!band) return false;
  const { relativeVolume = Infinity } = features;
  const near = TEST_WITHIN * (band.resistance - band.support);
  return Math.abs(low - climax.low) <= near && relativeVolume < TEST_VOLUME * climax.relativeVolume;
}

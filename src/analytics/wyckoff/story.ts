import type { KnownEvent, WyckoffSide } from './event.js';
import { PHASE_PERIOD, RANGE_PERIOD } from './trading-range.js';

/**
 * Those of the events known at the candle at `index` that bear on it: all since the last climax on `side` (on either, where null) of
 * the last {@link PHASE_PERIOD} candles, that with them; where there is none, all of the last {@link RANGE_PERIOD}.
 */
export function storyOf(side: WyckoffSide | null, events: readonly KnownEvent[], index: number): KnownEvent[] {
  const climax = events.findLast((event) => isClimax(event) && isOn(side, event) && event.index > index - PHASE_PERIOD);
  const start = climax?.index ?? index + 1 - RANGE_PERIOD;
  return events.filter((event) => event.index >= start);
}

export function isClimax({ kind }: KnownEvent): boolean {
  return kind === 'SC' || kind === 'BC';
}

/** Whether the event is on `side`; null is either. */
export function isOn(side: WyckoffSide | null, event: KnownEvent): boolean {
  return side === null || event.side === side;
}

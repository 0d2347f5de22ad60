import type { Bar } from './bars.js';
import type { KnownEvent, WyckoffEventKind, WyckoffSide } from './event.js';
import { SIDES, type WyckoffPhase } from './phase.js';
import { isClimax, isOn, storyOf } from './story.js';

/** A: the move before is stopped. B: the range is built. C: its edge is tested. D: the way out of it. E: the trend outside. */
export type WyckoffSubPhase = 'A' | 'B' | 'C' | 'D' | 'E';

/** Where an event leads to; AR, LPS and LPSY lead nowhere else. */
const LEADS_TO: Readonly<Partial<Record<WyckoffEventKind, WyckoffSubPhase>>> = {
  SC: 'A',
  BC: 'A',
  ST: 'B',
  SPRING: 'C',
  UPTHRUST: 'C',
  SOS: 'D',
  SOW: 'D',
};

/**
 * The sub-phase of `phase` at the bar at `index`, from the events known there. In a range it is where the last event on the phase's
 * side (on either, where it is undecided) led, and B without one. Outside one it is A after a climax against the trend, else E where
 * there is a trend and null where there is none. A climax counts until it is tested, or a close is beyond it.
 */
export function subPhaseOf(
  phase: WyckoffPhase,
  events: readonly KnownEvent[],
  bars: readonly Bar[],
  index: number,
): WyckoffSubPhase | null {
  const stage = (side: WyckoffSide | null) => lastStage(side, events, bars, index);
  switch (phase) {
    case 'ACCUMULATION':
    case 'DISTRIBUTION':
    case 'RANGE':
      return stage(SIDES[phase]);
    case 'MARKUP':
      return stage('WEAKNESS') === 'A' ? 'A' : 'E';
    case 'MARKDOWN':
      return stage('STRENGTH') === 'A' ? 'A' : 'E';
    case 'TRANSITION':
      return stage(null) === 'A' ? 'A' : null;
    case 'UNKNOWN':
      return null;
  }
}

/** Private */
function lastStage(
  side: WyckoffSide | null,
  events: readonly KnownEvent[],
  bars: readonly Bar[],
  index: number,
): WyckoffSubPhase {
  const last = storyOf(side, events, index).findLast((event) => isOn(side, event) && LEADS_TO[event.kind]);
  if (!last || (isClimax(last) && !holds(last, bars.slice(last.index + 1, index + 1)))) return 'B';
  return LEADS_TO[last.kind] ?? 'B';
}

/** Private: whether none of the bars after a climax has closed beyond it. */
function holds({ side, price }: KnownEvent, after: readonly Bar[]): boolean {
  return after.every(({ close }) => (side === 'STRENGTH' ? close >= price : close <= price));
}

import { reflect, type Bar } from './bars.js';
import { findClimaxes } from './climaxes.js';
import type { KnownEvent, StrengthEvent, StrengthKind, WyckoffEventKind, WyckoffSide } from './event.js';
import { findSignsOfStrength } from './signs-of-strength.js';
import { findSprings } from './springs.js';

/** What an event of strength among reflected bars is among the bars themselves. */
const REFLECTED: Readonly<Record<StrengthKind, WyckoffEventKind>> = {
  SC: 'BC',
  AR: 'AR',
  ST: 'ST',
  SPRING: 'UPTHRUST',
  SOS: 'SOW',
  LPS: 'LPSY',
};

/** Of events that become known at one close those of the earlier sub-phase come first. */
const ORDER: readonly WyckoffEventKind[] = ['AR', 'LPS', 'LPSY', 'SC', 'BC', 'ST', 'SPRING', 'UPTHRUST', 'SOS', 'SOW'];

/**
 * The events of both sides, in the order in which they become known. Each rule is written for strength; weakness is strength upside
 * down.
 */
export function findEvents(bars: readonly Bar[]): KnownEvent[] {
  const strength = findStrength(bars);
  const weakness = findStrength(bars.map(reflect)).map((event) => ({ ...event, price: -event.price }));
  return [
    ...strength.map((event) => toKnown(event, event.kind, 'STRENGTH', bars)),
    ...weakness.map((event) => toKnown(event, REFLECTED[event.kind], 'WEAKNESS', bars)),
  ].sort((a, b) => a.knownAt - b.knownAt || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** Private */
function findStrength(bars: readonly Bar[]): StrengthEvent[] {
  return [...findClimaxes(bars), ...findSprings(bars), ...findSignsOfStrength(bars)];
}

/** Private */
function toKnown(event: StrengthEvent, kind: WyckoffEventKind, side: WyckoffSide, bars: readonly Bar[]): KnownEvent {
  return { ...event, kind, side, time: bars[event.index]?.time ?? NaN };
}

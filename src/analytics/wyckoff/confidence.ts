import type { KnownEvent, WyckoffEventKind } from './event.js';
import { SIDES, type WyckoffPhase } from './phase.js';
import { isOn, storyOf } from './story.js';

/**
 * How well the events known at the candle at `index` support `phase`, 0 to 1, not how likely it is to go on: 0.4, and 0.15 for a
 * climax on the phase's side, 0.15 for its test, 0.2 for a spring or upthrust, 0.1 for a sign of strength or weakness, less 0.15 for
 * each event of the other side. To an undecided phase climaxes, tests and signs of both sides count, and nothing is against it. An AR
 * says nothing beside its climax. Counted in hundredths, which floats add exactly.
 */
export function confidenceIn(phase: WyckoffPhase, events: readonly KnownEvent[], index: number): number {
  if (phase === 'UNKNOWN') return 0;
  const side = SIDES[phase];
  const story = storyOf(side, events, index);
  const has = (...kinds: WyckoffEventKind[]) => story.some((event) => isOn(side, event) && kinds.includes(event.kind));
  const against = story.filter((event) => !isOn(side, event) && event.kind !== 'AR');
  const points =
    40 +
    15 * Number(has('SC', 'BC')) +
    15 * Number(has('ST')) +
    20 * Number(side !== null && has('SPRING', 'UPTHRUST')) +
    10 * Number(has('SOS', 'SOW')) -
    15 * against.length;
  return Math.max(0, points) / 100;
}

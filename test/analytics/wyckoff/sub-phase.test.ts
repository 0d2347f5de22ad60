import { describe, expect, it } from 'vitest';
import type { KnownEvent } from '../../../src/analytics/wyckoff/event.js';
import type { WyckoffPhase } from '../../../src/analytics/wyckoff/phase.js';
import { subPhaseOf, type WyckoffSubPhase } from '../../../src/analytics/wyckoff/sub-phase.js';
import { barsWith } from './support/bars.js';
import { eventAt } from './support/events.js';

const NOW = 100;

/** Bars close at 100, as high as the events are, save the last at `close`. */
function subPhase(phase: WyckoffPhase, events: readonly KnownEvent[], close = 100): WyckoffSubPhase | null {
  return subPhaseOf(phase, events, barsWith(NOW + 1, { [NOW]: { close } }), NOW);
}

const SC = eventAt(70, 'SC');
const AR = eventAt(75, 'AR');
const ST = eventAt(80, 'ST');
const SPRING = eventAt(85, 'SPRING');
const SOS = eventAt(90, 'SOS');
const LPS = eventAt(95, 'LPS');

describe('the sub-phase of an accumulation', () => {
  it.each<[WyckoffSubPhase, readonly KnownEvent[]]>([
    ['B', []],
    ['A', [SC]],
    ['A', [SC, AR]],
    ['B', [SC, AR, ST]],
    ['C', [SC, AR, ST, SPRING]],
    ['D', [SC, AR, ST, SPRING, SOS]],
    ['D', [SC, AR, ST, SPRING, SOS, LPS]],
    ['C', [SPRING]],
    ['C', [SOS, { ...SPRING, index: 95 }]],
  ])('is %s after %j', (expected, events) => {
    expect(subPhase('ACCUMULATION', events)).toBe(expected);
  });

  it('is led by its own side alone', () => {
    expect(subPhase('ACCUMULATION', [SPRING, eventAt(90, 'SOW')])).toBe('C');
    expect(subPhase('ACCUMULATION', [eventAt(90, 'UPTHRUST')])).toBe('B');
    expect(subPhase('DISTRIBUTION', [SPRING, eventAt(90, 'SOW')])).toBe('D');
    expect(subPhase('DISTRIBUTION', [eventAt(90, 'UPTHRUST')])).toBe('C');
    expect(subPhase('DISTRIBUTION', [eventAt(90, 'BC')])).toBe('A');
    expect(subPhase('DISTRIBUTION', [eventAt(80, 'BC'), eventAt(90, 'ST', 'WEAKNESS')])).toBe('B');
  });

  it('is B once a close was beyond the climax', () => {
    expect(subPhase('ACCUMULATION', [SC], 100)).toBe('A');
    expect(subPhase('ACCUMULATION', [SC], 99.9)).toBe('B');
    expect(subPhase('DISTRIBUTION', [eventAt(70, 'BC')], 100)).toBe('A');
    expect(subPhase('DISTRIBUTION', [eventAt(70, 'BC')], 100.1)).toBe('B');
  });

  it('is B after 40 candles without an event', () => {
    expect(subPhase('ACCUMULATION', [eventAt(61, 'SPRING')])).toBe('C');
    expect(subPhase('ACCUMULATION', [eventAt(60, 'SPRING')])).toBe('B');
  });
});

describe('the sub-phase of an undecided range', () => {
  it('is led by the last event of either side', () => {
    expect(subPhase('RANGE', [])).toBe('B');
    expect(subPhase('RANGE', [SPRING, eventAt(90, 'SOW')])).toBe('D');
    expect(subPhase('RANGE', [SOS, eventAt(95, 'UPTHRUST')])).toBe('C');
    expect(subPhase('RANGE', [eventAt(95, 'BC')])).toBe('A');
  });
});

describe('the sub-phase outside a range', () => {
  it('is E in a trend, whatever spoke for it', () => {
    expect(subPhase('MARKUP', [])).toBe('E');
    expect(subPhase('MARKUP', [SC])).toBe('E');
    expect(subPhase('MARKUP', [SC, ST, SPRING, SOS])).toBe('E');
    expect(subPhase('MARKDOWN', [eventAt(90, 'BC')])).toBe('E');
  });

  it('is A after a climax against the trend, until its test or a close beyond it', () => {
    expect(subPhase('MARKDOWN', [SC])).toBe('A');
    expect(subPhase('MARKDOWN', [SC, ST])).toBe('E');
    expect(subPhase('MARKDOWN', [SC], 99.9)).toBe('E');
    expect(subPhase('MARKUP', [eventAt(90, 'BC')])).toBe('A');
    expect(subPhase('MARKUP', [eventAt(90, 'BC')], 100.1)).toBe('E');
  });

  it('is A or nothing in a transition', () => {
    expect(subPhase('TRANSITION', [])).toBeNull();
    expect(subPhase('TRANSITION', [SC])).toBe('A');
    expect(subPhase('TRANSITION', [eventAt(90, 'BC')])).toBe('A');
    expect(subPhase('TRANSITION', [SPRING, SOS])).toBeNull();
  });

  it('is nothing where the phase is unknown', () => {
    expect(subPhase('UNKNOWN', [SC])).toBeNull();
  });
});

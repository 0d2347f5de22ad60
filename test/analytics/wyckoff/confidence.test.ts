import { describe, expect, it } from 'vitest';
import { confidenceIn } from '../../../src/analytics/wyckoff/confidence.js';
import type { KnownEvent } from '../../../src/analytics/wyckoff/event.js';
import type { WyckoffPhase } from '../../../src/analytics/wyckoff/phase.js';
import { eventAt } from './support/events.js';

const NOW = 100;

function confidence(phase: WyckoffPhase, ...events: readonly KnownEvent[]): number {
  return confidenceIn(phase, events, NOW);
}

describe('the confidence in a phase', () => {
  it.each<[WyckoffPhase, number]>([
    ['ACCUMULATION', 0.4],
    ['DISTRIBUTION', 0.4],
    ['RANGE', 0.4],
    ['MARKUP', 0.4],
    ['MARKDOWN', 0.4],
    ['TRANSITION', 0.4],
    ['UNKNOWN', 0],
  ])('is in %s without events %d', (phase, expected) => {
    expect(confidence(phase)).toBe(expected);
  });

  it.each([
    ['a climax', eventAt(90, 'SC'), 0.55],
    ['a test', eventAt(90, 'ST'), 0.55],
    ['a spring', eventAt(90, 'SPRING'), 0.6],
    ['a sign of strength', eventAt(90, 'SOS'), 0.5],
    ['a rally', eventAt(90, 'AR'), 0.4],
    ['a last point of support', eventAt(90, 'LPS'), 0.4],
  ])('is with %s in an accumulation and a markup %d', (_, event, expected) => {
    expect(confidence('ACCUMULATION', event)).toBe(expected);
    expect(confidence('MARKUP', event)).toBe(expected);
    expect(confidence('ACCUMULATION', event, { ...event, index: 95 })).toBe(expected);
  });

  it.each([
    ['a climax', eventAt(90, 'BC'), 0.55],
    ['a test', eventAt(90, 'ST', 'WEAKNESS'), 0.55],
    ['an upthrust', eventAt(90, 'UPTHRUST'), 0.6],
    ['a sign of weakness', eventAt(90, 'SOW'), 0.5],
  ])('is with %s in a distribution and a markdown %d', (_, event, expected) => {
    expect(confidence('DISTRIBUTION', event)).toBe(expected);
    expect(confidence('MARKDOWN', event)).toBe(expected);
  });

  it('is 1 with all of them', () => {
    const story = [eventAt(70, 'SC'), eventAt(80, 'ST'), eventAt(85, 'SPRING'), eventAt(90, 'SOS')];
    expect(confidence('ACCUMULATION', ...story)).toBe(1);
  });

  it('is less by 0.15 for each event of the other side, down to 0', () => {
    const against = [eventAt(80, 'UPTHRUST'), eventAt(85, 'SOW'), eventAt(90, 'LPSY')];
    expect(confidence('ACCUMULATION', ...against.slice(0, 1))).toBe(0.25);
    expect(confidence('ACCUMULATION', ...against.slice(0, 2))).toBe(0.1);
    expect(confidence('ACCUMULATION', ...against)).toBe(0);
    expect(confidence('DISTRIBUTION', eventAt(80, 'SPRING'), eventAt(90, 'UPTHRUST'))).toBe(0.45);
  });

  it('counts no reaction against it, which comes with any climax', () => {
    expect(confidence('ACCUMULATION', eventAt(80, 'BC'), eventAt(85, 'AR', 'WEAKNESS'))).toBe(0.25);
  });

  it('takes both sides for an undecided phase, save springs and upthrusts', () => {
    for (const phase of ['RANGE', 'TRANSITION'] as const) {
      expect(confidence(phase, eventAt(80, 'SC'), eventAt(90, 'SOW'))).toBe(0.65);
      expect(confidence(phase, eventAt(80, 'SPRING'), eventAt(90, 'UPTHRUST'))).toBe(0.4);
    }
  });

  it('counts the events of 40 candles, and all since a climax on its side within 80', () => {
    expect(confidence('ACCUMULATION', eventAt(60, 'SPRING'))).toBe(0.4);
    expect(confidence('ACCUMULATION', eventAt(61, 'SPRING'))).toBe(0.6);
    expect(confidence('ACCUMULATION', eventAt(21, 'SC'), eventAt(60, 'SPRING'))).toBe(0.75);
    expect(confidence('ACCUMULATION', eventAt(20, 'SC'), eventAt(60, 'SPRING'))).toBe(0.4);
    expect(confidence('ACCUMULATION', eventAt(21, 'BC'), eventAt(60, 'SPRING'))).toBe(0.4);
    expect(confidence('RANGE', eventAt(21, 'BC'), eventAt(60, 'SOS'))).toBe(0.65);
  });

  it('leaves out what was before the last climax on its side', () => {
    expect(confidence('ACCUMULATION', eventAt(70, 'SOW'), eventAt(80, 'SC'))).toBe(0.55);
    expect(confidence('ACCUMULATION', eventAt(70, 'SC'), eventAt(75, 'ST'), eventAt(80, 'SC'))).toBe(0.55);
  });
});

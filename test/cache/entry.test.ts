import { describe, expect, it } from 'vitest';
import { entryState, isDueEarly, lifeMs, mayAdvance, type Entry } from '../../src/cache/entry.js';
import type { Mark, TideReading } from '../../src/cache/tide/tide.js';
import { validity } from '../../src/cache/tide/validity.js';

const entry: Entry = {
  generation: 'g',
  start: 100,
  tags: [
    { tag: 'm:a:b', start: 100 },
    { tag: 'm:c', start: 90 },
  ],
  freshMs: 10,
  jitterMs: 0,
  staleForMs: 5,
  staleIfErrorMs: 20,
  keepForMs: 40,
  alone: 'briefly',
  costMs: 1,
  value: 1,
};

function tide(marks: Record<string, Partial<Mark>> = {}, rest: Partial<TideReading> = {}): TideReading {
  const entries = Object.entries(marks).map(([field, mark]) => [field, { hard: 0, soft: 0, ...mark }] as const);
  return { generation: 'g', clock: 200, floor: 0, marks: new Map(entries), ...rest };
}

function stateOf(of: Entry, ageMs: number, reading: TideReading) {
  return entryState(of, ageMs, validity(of.generation, of.tags, reading));
}

describe('entryState', () => {
  it.each([
    [0, 'fresh'],
    [9.9, 'fresh'],
    [10, 'stale'],
    [14.9, 'stale'],
    [15, 'fallback'],
    [29.9, 'fallback'],
    [30, 'kept'],
    [49.9, 'kept'],
    [50, 'dead'],
  ])('is, at an age of %d ms, %s', (age, state) => {
    expect(stateOf(entry, age, tide())).toBe(state);
  });

  it.each([
    ['a mark of a tag above its start', tide({ 'm:a:b': { hard: 101 } })],
    ['a mark of a prefix', tide({ 'm:a': { hard: 101 } })],
    ['a mark of the whole namespace', tide({ m: { hard: 101 } })],
    ['a mark between the starts of two parts', tide({ 'm:c': { hard: 95 } })],
    ['a floor above the start of a part', tide({}, { floor: 95 })],
    ['another generation', tide({}, { generation: 'h' })],
  ])('is dead by %s', (_, reading) => {
    expect(stateOf(entry, 0, reading)).toBe('dead');
  });

  it.each([
    ['a mark at its start', tide({ 'm:a:b': { hard: 100 } })],
    ['a mark that ends a part begun earlier only', tide({ 'm:a:b': { hard: 95 } })],
    ['marks of other tags', tide({ 'm:a:c': { hard: 150 }, 'm:ab': { hard: 150 } })],
  ])('lives with %s', (_, reading) => {
    expect(stateOf(entry, 0, reading)).toBe('fresh');
  });

  it('is stale by a soft mark, and only where it may be served stale', () => {
    const soft = tide({ 'm:a': { soft: 101 } });
    expect(stateOf(entry, 0, soft)).toBe('stale');
    expect(stateOf({ ...entry, staleForMs: 0 }, 0, soft)).toBe('fallback');
    expect(stateOf({ ...entry, staleForMs: 0, staleIfErrorMs: 0 }, 0, soft)).toBe('kept');
  });
});

describe('lifeMs', () => {
  it('is the freshness and the longest window after it', () => {
    expect(lifeMs(entry)).toBe(50);
  });
});

describe('mayAdvance', () => {
  it('is so for what has only aged', () => {
    expect(mayAdvance('kept', 'valid')).toBe(true);
    expect(mayAdvance('stale', 'valid')).toBe(true);
  });

  it('is not so for what was invalidated, not even softly, nor for what is dead', () => {
    expect(mayAdvance('kept', 'soft')).toBe(false);
    expect(mayAdvance('dead', 'valid')).toBe(false);
  });
});

describe('isDueEarly', () => {
  const dear: Entry = { ...entry, freshMs: 1_000, costMs: 100 };

  it('is not so for what has just been computed, and is so at the end', () => {
    expect([0, 999, 1_000].map((age) => isDueEarly(dear, age, 1))).toEqual([false, false, true]);
  });

  it('is likelier the nearer the end, and the dearer the computation', () => {
    // Of all readers at 800 ms, those whose -ln(random) is above 2 costs: one in e^2.
    expect([0.1, 0.13, 0.14, 0.5].map((random) => isDueEarly(dear, 800, random))).toEqual([true, true, false, false]);
    expect(isDueEarly({ ...dear, costMs: 1 }, 800, 0.1)).toBe(false);
    expect(isDueEarly(dear, 500, 0.1)).toBe(false);
  });

  it('comes sooner by the jitter of the entry', () => {
    expect(isDueEarly({ ...dear, jitterMs: 100 }, 899, 1)).toBe(false);
    expect(isDueEarly({ ...dear, jitterMs: 100 }, 900, 1)).toBe(true);
  });
});

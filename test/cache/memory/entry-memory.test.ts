import { beforeEach, describe, expect, it } from 'vitest';
import { UnstorableError } from '../../../src/cache/codec/unstorable-error.js';
import type { Entry } from '../../../src/cache/entry.js';
import { EntryMemory, type Remembered } from '../../../src/cache/memory/entry-memory.js';
import { ManualClock } from '../../support/manual-clock.js';

const MAX_BYTES = 20_000;

describe('EntryMemory', () => {
  let clock: ManualClock;
  let memory: EntryMemory;

  beforeEach(() => {
    clock = new ManualClock();
    memory = new EntryMemory({ clock, maxBytes: MAX_BYTES });
  });

  const entryOf = (value: unknown, rest: Partial<Entry> = {}): Entry => ({
    generation: 'g',
    start: 10,
    tags: [{ tag: 'm:a', start: 10 }],
    freshMs: 100,
    jitterMs: 0,
    staleForMs: 0,
    staleIfErrorMs: 0,
    keepForMs: 0,
    alone: 'briefly',
    costMs: 1,
    value,
    ...rest,
  });
  const set = (value: unknown, rest: Partial<Entry> = {}, checkedAt?: number): void =>
    memory.set({ key: 'a', entry: entryOf(value, rest), begunAt: clock.monotonic() }, checkedAt);
  const valueOf = (key: string) => memory.get(key)?.entry.value;
  const present = (): Remembered => {
    const found = memory.get('a');
    if (!found) throw new Error('There is an entry.');
    return found;
  };

  it('keeps an entry for its life, windows included, from the beginning of its computation', () => {
    clock.advance(50);
    memory.set({ key: 'a', entry: entryOf('A', { staleForMs: 20, staleIfErrorMs: 40 }), begunAt: 10 });
    expect(memory.get('a')).toMatchObject({ begunAt: 10, layer: 'MEMORY' });
    clock.advance(99);
    expect(valueOf('a')).toBe('A');
    clock.advance(1);
    expect(valueOf('a')).toBeUndefined();
    expect(memory.size().entries).toBe(0);
  });

  it('keeps nothing that has lived, nor what stood there before it', () => {
    set('old');
    clock.advance(50);
    memory.set({ key: 'a', entry: entryOf('late', { freshMs: 50 }), begunAt: 0 });
    expect(memory.size().entries).toBe(0);
  });

  it('lets no entry replace one of its generation with a later start', () => {
    set('later', { start: 20 });
    set('earlier', { start: 10 });
    expect(valueOf('a')).toBe('later');
    set('as late', { start: 20 });
    expect(valueOf('a')).toBe('as late');
    set('of another generation', { start: 10, generation: 'h' });
    expect(valueOf('a')).toBe('of another generation');
  });

  it('hands a value that nobody can change to everyone', () => {
    const value = Object.freeze({ price: 1 });
    set(value);
    expect(valueOf('a')).toBe(value);
    expect(valueOf('a')).toBe(value);
  });

  it('hands a value that somebody could change to each reader anew', () => {
    const value = { at: new Date(5) };
    set(value);
    value.at.setTime(6);
    const first = valueOf('a') as typeof value;
    expect(first).toEqual({ at: new Date(5) });
    first.at.setTime(7);
    expect(valueOf('a')).toEqual({ at: new Date(5) });
  });

  it('refuses what can not be stored, and keeps what stood there', () => {
    set('A');
    expect(() => set({ act: () => undefined })).toThrow(UnstorableError);
    expect(valueOf('a')).toBe('A');
  });

  it('is bounded in bytes, of keys and tags too', () => {
    const begunAt = clock.monotonic();
    for (let i = 0; i < 100; i += 1) memory.set({ key: `k${i}`, entry: entryOf('v'.repeat(500)), begunAt });
    const { bytes, entries, evictions, maxBytes } = memory.size();
    expect([bytes <= MAX_BYTES, entries + evictions, maxBytes]).toEqual([true, 100, MAX_BYTES]);
    memory.clear();
    memory.set({ key: 'k'.repeat(MAX_BYTES / 2), entry: entryOf(1), begunAt });
    const tags = Array.from({ length: 1_000 }, (_, i) => ({ tag: `m:${i}`, start: 10 }));
    memory.set({ key: 'tags', entry: entryOf(1, { tags }), begunAt });
    expect(memory.size().entries).toBe(0);
  });

  describe('check', () => {
    it('remembers the latest clock at which the tags were found valid', () => {
      set('A');
      expect(present().checkedAt).toBe(-Infinity);
      for (const at of [20, 15]) memory.check('a', present(), at);
      expect(present().checkedAt).toBe(20);
      set('B', {}, 30);
      expect(present().checkedAt).toBe(30);
    });

    it.each([
      ['begun at another time', 5, 10],
      ['with another start', 0, 11],
    ])('says nothing of the entry that stands there now, %s', (_, wait, start) => {
      set('A');
      const old = present();
      clock.advance(wait);
      set('B', { start });
      memory.check('a', old, 20);
      expect(present().checkedAt).toBe(-Infinity);
    });

    it('brings nothing back', () => {
      set('A');
      const old = present();
      memory.clear();
      memory.check('a', old, 20);
      expect(memory.get('a')).toBeUndefined();
    });
  });

  it('deletes an entry, unless it has been replaced', () => {
    set('A');
    const old = present();
    clock.advance(1);
    set('B');
    memory.delete('a', old);
    expect(valueOf('a')).toBe('B');
    memory.delete('a', present());
    expect(valueOf('a')).toBeUndefined();
  });

  it('drops what has expired when it is swept', () => {
    set('A');
    memory.set({ key: 'b', entry: entryOf('B', { freshMs: 200 }), begunAt: 0 });
    clock.advance(100);
    expect(memory.size().entries).toBe(2);
    memory.sweep();
    expect([memory.size().entries, valueOf('b')]).toEqual([1, 'B']);
  });
});

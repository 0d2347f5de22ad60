import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { S3FifoMap } from '../../../src/cache/memory/s3-fifo-map.js';
import { hitRate } from './hit-rate.js';
import { LruMap } from './lru-map.js';
import { createTraces } from './traces.js';

/** A map of 100 bytes, with the keys that it evicted. */
function createMap(maxBytes = 100): { map: S3FifoMap<string>; evicted: string[] } {
  const evicted: string[] = [];
  return { map: new S3FifoMap<string>({ maxBytes, onEvict: (key) => evicted.push(key) }), evicted };
}

/** Keys of 10 bytes each. */
function fill(map: S3FifoMap<string>, ...keys: readonly string[]): void {
  for (const key of keys) map.set(key, key, 10);
}

function keysOf(map: S3FifoMap<string>): string[] {
  return [...map.entries()].map(([key]) => key).sort();
}

const TEN = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

describe('S3FifoMap', () => {
  it('returns what was set, and accounts for it', () => {
    const { map } = createMap();
    expect(map.set('a', 'A', 30)).toBe(true);
    expect(map.set('b', 'B', 20)).toBe(true);
    expect([map.get('a'), map.peek('b'), map.get('c'), map.peek('c')]).toEqual(['A', 'B', undefined, undefined]);
    expect([map.size, map.bytes, map.maxBytes, map.evictions]).toEqual([2, 50, 100, 0]);
    expect([...map.entries()]).toEqual([
      ['a', 'A'],
      ['b', 'B'],
    ]);
  });

  it('replaces in place', () => {
    const { map, evicted } = createMap();
    map.set('a', 'A', 60);
    expect(map.set('a', 'A2', 100)).toBe(true);
    expect([map.get('a'), map.size, map.bytes, evicted]).toEqual(['A2', 1, 100, []]);
  });

  it('lets what grows displace others, and never itself', () => {
    const { map, evicted } = createMap();
    fill(map, ...TEN);
    expect(map.set('a', 'A2', 30)).toBe(true);
    expect([map.peek('a'), map.bytes, evicted]).toEqual(['A2', 100, ['b', 'c']]);
  });

  it('keeps the uses of what it replaces', () => {
    const { map, evicted } = createMap();
    fill(map, ...TEN);
    map.get('a');
    map.set('a', 'A2', 10);
    fill(map, ...TEN.slice(1).map((key) => `${key}2`));
    expect([map.peek('a'), evicted]).toEqual(['A2', TEN.slice(1)]);
  });

  it('refuses what is larger than the bound, and forgets what it would have replaced', () => {
    const { map, evicted } = createMap();
    map.set('a', 'A', 10);
    expect(map.set('a', 'A2', 101)).toBe(false);
    expect([map.get('a'), map.size, map.bytes, evicted]).toEqual([undefined, 0, 0, []]);
  });

  it.each([NaN, -1])('refuses %d bytes', (bytes) => {
    expect(() => createMap().map.set('a', 'A', bytes)).toThrow(`from 0 up, but got ${bytes}.`);
    expect(() => createMap(bytes)).toThrow(`from 0 up, but got ${bytes}.`);
  });

  it('deletes, and clears', () => {
    const { map, evicted } = createMap();
    fill(map, 'a', 'b', 'c');
    expect([map.delete('b'), map.delete('b'), map.get('b')]).toEqual([true, false, undefined]);
    expect([map.size, map.bytes]).toEqual([2, 20]);
    map.clear();
    expect([map.size, map.bytes, map.get('a'), evicted]).toEqual([0, 0, undefined, []]);
    fill(map, ...TEN, 'k');
    expect(evicted).toEqual(['a']);
  });

  it('clears the main queue and what it knows of the past, too', () => {
    const { map, evicted } = createMap();
    fill(map, ...TEN, 'k', 'a');
    map.clear();
    expect(map.bytes).toBe(0);
    fill(map, 'a', ...TEN.slice(1), 'k', 'l');
    expect(evicted.slice(2)).toEqual(['a', 'b']);
  });

  it('tells of an eviction when the entry has left', () => {
    const seen: unknown[] = [];
    const map: S3FifoMap<string> = new S3FifoMap<string>({
      maxBytes: 10,
      onEvict: (key, value) => seen.push([key, value, map.peek(key), map.bytes]),
    });
    map.set('a', 'A', 10);
    map.set('b', 'B', 10);
    expect([seen, map.evictions]).toEqual([[['a', 'A', undefined, 0]], 1]);
  });

  it('evicts as many as a large entry needs', () => {
    const { map, evicted } = createMap();
    fill(map, ...TEN);
    map.set('k', 'K', 35);
    expect([evicted, map.bytes]).toEqual([['a', 'b', 'c', 'd'], 95]);
  });

  it('keeps what was used, whatever passes by once', () => {
    const { map } = createMap();
    fill(map, ...TEN);
    for (const key of ['a', 'b', 'c']) map.get(key);
    for (let i = 0; i < 1000; i += 1) fill(map, `scan:${i}`);
    expect(keysOf(map).slice(0, 3)).toEqual(['a', 'b', 'c']);
  });

  it('counts no peek and no entries() as a use', () => {
    const { map, evicted } = createMap();
    fill(map, ...TEN);
    map.peek('a');
    for (const _ of map.entries());
    fill(map, 'k');
    expect(evicted).toEqual(['a']);
  });

  it('knows what it evicted lately, and keeps it from then on', () => {
    const { map } = createMap();
    fill(map, ...TEN, 'k', 'a');
    for (let i = 0; i < 1000; i += 1) fill(map, `scan:${i}`);
    expect(map.peek('a')).toBe('a');
  });

  it('forgets what it evicted long ago', () => {
    const { map } = createMap();
    fill(map, ...TEN, 'k');
    for (let i = 0; i < 20; i += 1) fill(map, `scan:${i}`);
    fill(map, 'a', ...TEN.map((key) => `${key}2`));
    expect(map.peek('a')).toBeUndefined();
  });

  it('lets go of what was used often when it is used no longer', () => {
    const { map } = createMap();
    fill(map, ...TEN);
    for (const key of TEN) map.get(key);
    fill(map, 'k');
    for (const key of TEN) for (let i = 0; i < 1000; i += 1) map.get(key);
    const later = TEN.map((key) => `${key}2`);
    for (let i = 0; i < 20; i += 1) {
      fill(map, ...later.filter((key) => map.get(key) === undefined));
    }
    expect(keysOf(map).filter((key) => later.includes(key)).length).toBeGreaterThanOrEqual(8);
  });

  it('looks at a bounded number of entries to evict one, where all are in use', () => {
    const evicted: string[] = [];
    const map = new S3FifoMap<number>({ maxBytes: 2000, onEvict: (key) => evicted.push(key) });
    for (let i = 0; i < 2000; i += 1) map.set(`key:${i}`, i, 1);
    for (let i = 0; i < 2000; i += 1) map.get(`key:${i}`);
    map.set('new', 0, 1);
    expect(evicted).toEqual(['key:512']);
  });

  it('is a map that forgets only for want of space, and never holds more than its bound', () => {
    const key = fc.integer({ min: 0, max: 20 }).map(String);
    const bytes = fc.oneof({ weight: 9, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(150) });
    const step = fc.oneof(
      { weight: 30, arbitrary: fc.record({ do: fc.constant('set' as const), key, bytes }) },
      { weight: 30, arbitrary: fc.record({ do: fc.constant('get' as const), key }) },
      { weight: 10, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const model = new Map<string, { value: number; bytes: number }>();
        let evictions = 0;
        const map = new S3FifoMap<number>({
          maxBytes: 100,
          onEvict: (evicted, value) => {
            evictions += 1;
            expect(model.get(evicted)?.value).toBe(value);
            model.delete(evicted);
          },
        });
        steps.forEach((one, value) => {
          if (one.do === 'set') {
            if (one.bytes > 100) model.delete(one.key);
            const kept = map.set(one.key, value, one.bytes);
            expect(kept).toBe(one.bytes <= 100);
            if (kept) model.set(one.key, { value, bytes: one.bytes });
          } else if (one.do === 'get') {
            expect(map.get(one.key)).toBe(model.get(one.key)?.value);
          } else if (one.do === 'delete') {
            expect(map.delete(one.key)).toBe(model.delete(one.key));
          } else {
            map.clear();
            model.clear();
          }
          expect(map.bytes).toBeLessThanOrEqual(100);
          expect(map.bytes).toBe([...model.values()].reduce((sum, entry) => sum + entry.bytes, 0));
          expect(new Map(map.entries())).toEqual(new Map([...model].map(([name, entry]) => [name, entry.value])));
          expect([map.size, map.evictions]).toEqual([model.size, evictions]);
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('hit rates', () => {
  const ENTRIES = 500;
  const traces = Object.entries(createTraces(ENTRIES, 50_000));
  const maxBytes = ENTRIES * 2000;
  const bytesOf = () => 2000;
  /** How much better than LRU, in points of a hundred requests. */
  const better = Object.fromEntries(
    traces.map(([name, trace]) => {
      const ours = hitRate(new S3FifoMap<true>({ maxBytes }), trace, bytesOf);
      return [name, 100 * (ours - hitRate(new LruMap<true>({ maxBytes }), trace, bytesOf))] as const;
    }),
  );

  it.each([
    ['zipf', 5],
    ['zipf with scans', 7],
    ['shifting zipf', -3],
    ['recency', -6],
    ['loop', 35],
  ])('are, on %s, over those of LRU by %d points and more', (name, points) => {
    expect(better[name]).toBeGreaterThan(points);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store, StoreWrite } from '../../src/cache/stores/store.js';

/** A store to be tested, and a way to let its time pass. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly wait: (ms: number) => Promise<void>;
}

/** What every store keeps to, run against each. */
export function describeStore(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`Store, ${name}`, () => {
    let store: Store;
    let wait: StoreUnderTest['wait'];

    beforeEach(async () => {
      ({ store, wait } = await create());
    });

    afterEach(() => store.close());

    const write = (key: string, text: string, { start = 1, lifeMs = 60_000, generation = 'g' } = {}): StoreWrite => ({
      key,
      bytes: Buffer.from(`1 ${generation} ${start}\n${text}`),
      lifeMs,
      generation,
      start,
    });
    const textOf = async (key: string) => {
      const { entries } = await store.read([key], []);
      return entries[0]?.bytes.toString().split('\n')[1];
    };

    it('answers entries in the order of the keys, and undefined for what it has not', async () => {
      await store.write([write('a', 'A'), write('b', 'B')]);
      const { entries } = await store.read(['b', 'none', 'a', 'b'], []);
      expect(entries.map((entry) => entry?.bytes.toString().split('\n')[1])).toEqual(['B', undefined, 'A', 'B']);
    });

    it('keeps bytes as they are', async () => {
      const bytes = Buffer.from([...Buffer.from('1 g 1\n'), 0, 255, 10, 13, 128]);
      await store.write([{ key: 'a', bytes, lifeMs: 60_000, generation: 'g', start: 1 }]);
      expect((await store.read(['a'], [])).entries[0]?.bytes).toEqual(bytes);
    });

    it('tells how long it will keep an entry, and drops it then', async () => {
      await store.write([write('a', 'A', { lifeMs: 200 })]);
      const remaining = (await store.read(['a'], [])).entries[0]?.remainingMs ?? NaN;
      expect(remaining).toBeGreaterThan(0);
      expect(remaining).toBeLessThanOrEqual(200);
      await wait(250);
      expect(await textOf('a')).toBeUndefined();
    });

    it('keeps nothing whose life is over', async () => {
      await store.write([write('a', 'A', { lifeMs: 0 }), write('b', 'B', { lifeMs: -5 }), write('c', 'C')]);
      expect([await textOf('a'), await textOf('b'), await textOf('c')]).toEqual([undefined, undefined, 'C']);
    });

    it('lets no entry replace one of its generation with a later start', async () => {
      await store.write([write('a', 'later', { start: 20 })]);
      await store.write([write('a', 'earlier', { start: 10 })]);
      expect(await textOf('a')).toBe('later');
      await store.write([write('a', 'as late', { start: 20 })]);
      expect(await textOf('a')).toBe('as late');
      await store.write([write('a', 'another generation', { start: 10, generation: 'h' })]);
      expect(await textOf('a')).toBe('another generation');
    });

    it('has a clock that rises with every raise, and marks what was raised', async () => {
      const before = (await store.read([], ['x', 'y'])).tide;
      const first = await store.raise({ fields: ['x'], kind: 'hard' });
      const second = await store.raise({ fields: ['y'], kind: 'soft' });
      const { tide } = await store.read([], ['x', 'y', 'z']);
      expect(first.clock).toBeGreaterThan(before.clock);
      expect(second.clock).toBeGreaterThan(first.clock);
      expect(tide).toMatchObject({ generation: before.generation, clock: second.clock, floor: before.floor });
      expect(Object.fromEntries(tide.marks)).toEqual({
        x: { hard: first.clock, soft: 0 },
        y: { hard: 0, soft: second.clock },
      });
    });

    it('ticks without marking anything', async () => {
      const { clock, generation } = await store.raise({ fields: [], kind: 'hard' });
      const { tide } = await store.read([], ['x']);
      expect([tide.clock, tide.generation, tide.marks.size]).toEqual([clock, generation, 0]);
    });

    it('raises to a given value, and never lowers a mark', async () => {
      const start = (await store.raise({ fields: [], kind: 'hard' })).clock;
      await store.raise({ fields: ['x'], kind: 'hard', to: start });
      expect((await store.read([], ['x'])).tide.marks.get('x')?.hard).toBe(start);
      const { clock } = await store.raise({ fields: ['x'], kind: 'hard' });
      await store.raise({ fields: ['x'], kind: 'hard', to: start });
      expect((await store.read([], ['x'])).tide.marks.get('x')?.hard).toBe(clock);
    });

    it('begins its floor no later than its clock', async () => {
      const { tide } = await store.read([], []);
      expect(tide.floor).toBeLessThanOrEqual(tide.clock);
      expect(tide.clock).toBeGreaterThan(1_700_000_000_000_000);
    });

    it('takes a thousand fields and keys at once', async () => {
      const names = Array.from({ length: 1_000 }, (_, i) => `n${i}`);
      await store.write(names.map((name) => write(name, name)));
      await store.raise({ fields: names, kind: 'hard' });
      const { entries, tide } = await store.read(names, names);
      expect(entries.every((entry, i) => entry?.bytes.toString().endsWith(`n${i}`))).toBe(true);
      expect(tide.marks.size).toBe(1_000);
    });

    it('tells its health and its size', async () => {
      await store.write([write('a', 'A')]);
      expect(store.health()).toMatchObject({ available: true, pendingRaises: 0, message: undefined });
      const size = await store.size();
      expect(size?.entries).toBeGreaterThanOrEqual(1);
      expect(size?.bytes).toBeGreaterThan(0);
    });
  });
}

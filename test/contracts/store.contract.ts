import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CacheLayer } from '../../src/cache/index.js';
import type { Store, StoreWrite } from '../../src/cache/stores/store.js';

/** A store to be tested, and a way to let its time pass. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly wait: (ms: number) => Promise<void>;
  /** Its monotonic clock. */
  readonly now: () => number;
  readonly layers: readonly CacheLayer[];
}

/** A class that no store knows. */
class Unknown {
  readonly secret = 1;
}

/** What every store keeps to, run against each. */
export function describeStore(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`Store, ${name}`, () => {
    let store: Store;
    let wait: StoreUnderTest['wait'];
    let now: StoreUnderTest['now'];
    let layers: StoreUnderTest['layers'];

    beforeEach(async () => {
      ({ store, wait, now, layers } = await create());
    });

    afterEach(() => store.close());

    const write = (
      key: string,
      value: unknown,
      { start = 1, lifeMs = 60_000, generation = 'g', begunAt = now() } = {},
    ): StoreWrite => ({
      key,
      begunAt,
      entry: {
        generation,
        start,
        tags: [{ tag: `m:${key}`, start }],
        freshMs: lifeMs,
        jitterMs: 0,
        staleForMs: 0,
        staleIfErrorMs: 0,
        keepForMs: 0,
        alone: 'briefly',
        costMs: 1,
        value,
      },
    });
    const valueOf = async (key: string) => (await store.read([key], [])).entries[0]?.entry.value;

    it('answers entries in the order of the keys, and undefined for what it has not', async () => {
      await store.write([write('a', 'A'), write('b', 'B')]);
      const { entries } = await store.read(['b', 'none', 'a', 'b'], []);
      expect(entries.map((stored) => stored?.entry.value)).toEqual(['B', undefined, 'A', 'B']);
    });

    it('keeps values as what they are, and each reader has his own', async () => {
      const value = { at: new Date(5), of: new Map([['a', new Set([1])]]), bytes: Buffer.from([0, 255, 10]) };
      await store.write([write('a', value)]);
      const read = (await valueOf('a')) as typeof value;
      expect(read).toEqual(value);
      read.at.setTime(9);
      read.of.clear();
      expect(await valueOf('a')).toEqual({ ...value, at: new Date(5) });
    });

    it('says what it can not keep, and keeps the others', async () => {
      const refusals = await store.write([write('a', 'A'), write('b', new Unknown()), write('c', 'C')]);
      expect(refusals.map((refusal) => refusal?.message)).toEqual([
        undefined,
        expect.stringContaining('Unknown'),
        undefined,
      ]);
      expect([await valueOf('a'), await valueOf('b'), await valueOf('c')]).toEqual(['A', undefined, 'C']);
    });

    it('tells when the computation of an entry began, and drops it after its life', async () => {
      const begunAt = now() - 50;
      await store.write([write('a', 'A', { lifeMs: 250, begunAt })]);
      const [stored] = (await store.read(['a'], [])).entries;
      // By as much as the write and the read took; a lock would tell the first.
      expect(Math.abs((stored?.begunAt ?? NaN) - begunAt)).toBeLessThan(50);
      await wait(250);
      expect(await valueOf('a')).toBeUndefined();
    });

    it('keeps nothing whose life is over', async () => {
      await store.write([write('a', 'A', { lifeMs: 0 }), write('b', 'B', { lifeMs: -5 }), write('c', 'C')]);
      expect([await valueOf('a'), await valueOf('b'), await valueOf('c')]).toEqual([undefined, undefined, 'C']);
    });

    it('lets no entry replace one of its generation with a later start', async () => {
      await store.write([write('a', 'later', { start: 20 })]);
      await store.write([write('a', 'earlier', { start: 10 })]);
      expect(await valueOf('a')).toBe('later');
      await store.write([write('a', 'as late', { start: 20 })]);
      expect(await valueOf('a')).toBe('as late');
      await store.write([write('a', 'another generation', { start: 10, generation: 'h' })]);
      expect(await valueOf('a')).toBe('another generation');
    });

    it('has a clock that rises with every raise, and marks what was raised', async () => {
      const before = (await store.read([], ['x', 'y'])).tide;
      const first = await store.raise({ fields: ['x'], kind: 'hard' });
      const second = await store.raise({ fields: ['y'], kind: 'soft' });
      const { tide } = await store.read([], ['x', 'y', 'z']);
      expect(first.clock).toBeGreaterThan(before.clock);
      expect(second.clock).toBeGreaterThan(first.clock);
      expect(tide).toMatchObject({ generation: before.generation, clock: second.clock, floor: before.floor });
      expect(Object.fromEntries(tide.marks)).toMatchObject({
        x: { hard: first.clock, soft: 0 },
        y: { hard: 0, soft: second.clock },
      });
    });

    it('ticks without marking anything', async () => {
      const { clock, generation } = await store.raise({ fields: [], kind: 'hard' });
      const { tide } = await store.read([], ['x']);
      expect([tide.generation, tide.marks.size]).toEqual([generation, 0]);
      // A store that lost its lease for a moment has ticked by itself meanwhile.
      expect(tide.clock).toBeGreaterThanOrEqual(clock);
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
      expect(entries.every((stored, i) => stored?.entry.value === `n${i}`)).toBe(true);
      expect(tide.marks.size).toBe(1_000);
    });

    it('tells its health and its size', async () => {
      await store.write([write('a', 'A')]);
      expect(store.health()).toMatchObject({ available: true, pendingRaises: 0, message: undefined });
      const sizes = await store.sizes();
      expect(sizes.map(({ layer }) => layer)).toEqual(layers);
      for (const { entries, bytes } of sizes) expect([entries >= 1, bytes > 0]).toEqual([true, true]);
    });
  });
}

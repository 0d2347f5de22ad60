import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniform } from '../../../src/upstream/simulated/noise.js';
import { halve, reach, RUNGS, stretchEnd, type Stretch } from '../../../src/upstream/simulated/stretch.js';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const anyStretch: fc.Arbitrary<Stretch> = fc
  .record({
    start: fc.nat(1e9).map((seconds) => seconds * 1_000),
    rung: fc.integer({ min: 0, max: RUNGS.length - 1 }),
    count: fc.integer({ min: 2, max: 512 }),
    seed: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    low: real(5, 15),
    range: fc.oneof(fc.constant(0), real(1e-9, 2)),
    body: fc.tuple(real(0, 1), real(0, 1)),
    volume: fc.nat(2 ** 40),
    deviation: fc.oneof(fc.constant(0), real(1e-9, 2)),
  })
  .map(({ range, body, ...stretch }) => {
    const high = stretch.low + range;
    const inside = (part: number) => Math.min(high, stretch.low + part * range);
    return { ...stretch, high, open: inside(body[0]), close: inside(body[1]) };
  });

describe('halve', () => {
  it('gives two parts that add up to the whole exactly', () => {
    fc.assert(
      fc.property(anyStretch, (whole) => {
        const [left, right] = halve(whole);
        expect([left.start, stretchEnd(left), stretchEnd(right)]).toEqual([
          whole.start,
          right.start,
          stretchEnd(whole),
        ]);
        expect([left.open, left.close, right.close]).toEqual([whole.open, right.open, whole.close]);
        expect(Math.max(left.high, right.high)).toBe(whole.high);
        expect(Math.min(left.low, right.low)).toBe(whole.low);
        expect(left.volume + right.volume).toBe(whole.volume);
      }),
    );
  });

  it('gives parts that are sound themselves', () => {
    fc.assert(
      fc.property(anyStretch, (whole) => {
        for (const { open, high, low, close, volume, count } of halve(whole)) {
          expect(low).toBeLessThanOrEqual(Math.min(open, close));
          expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
          expect(volume).toBeGreaterThanOrEqual(0);
          expect(Number.isInteger(volume)).toBe(true);
          expect(count).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });

  it('takes one day apart into two halves of twelve hours', () => {
    const [day] = fc.sample(anyStretch, 1).map((stretch) => ({ ...stretch, rung: 0, count: 1 }));
    const [left, right] = halve(day!);
    expect([left.rung, left.count, right.rung, right.count]).toEqual([1, 12, 1, 12]);
    expect(stretchEnd(right)).toBe(stretchEnd(day!));
  });

  it('refuses to halve a second', () => {
    const [stretch] = fc.sample(anyStretch, 1);
    expect(() => halve({ ...stretch!, rung: RUNGS.length - 1, count: 1 })).toThrow(RangeError);
  });

  it('follows another path from another seed', () => {
    const [stretch] = fc
      .sample(anyStretch, 1)
      .map((any) => ({ ...any, low: 9, high: 11, open: 10, close: 10, deviation: 1 }));
    const middles = Array.from({ length: 100 }, (_, seed) => halve({ ...stretch!, seed })[0].close);
    expect(new Set(middles).size).toBe(100);
  });
});

describe('reach', () => {
  it('stays between the ends of a walk and its limit', () => {
    const limit = fc.oneof(fc.constant(Infinity), real(1, 4));
    fc.assert(
      fc.property(real(-1, 1), real(-1, 1), real(0, 3), limit, real(1e-9, 1), (from, to, deviation, limit, chance) => {
        const top = reach({ from, to, deviation, limit }, chance);
        expect(top).toBeGreaterThanOrEqual(Math.max(from, to));
        expect(top).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('has the distribution of the maximum of a random walk between two prices', () => {
    const walk = { from: 0, to: 0.5, deviation: 1.25 };
    const deep = walkMaxima(walk.to, walk.deviation);
    for (const height of [0.6, 1, 1.5, 2]) {
      const drawn = share(draw({ ...walk, limit: Infinity }), height);
      expect(Math.abs(drawn - share(deep, height)), `beyond ${height}`).toBeLessThan(0.03);
    }
  });

  it('has it under a limit as well, without heaping up there', () => {
    const walk = { from: 0, to: 0.5, deviation: 1.25, limit: 1 };
    const below = walkMaxima(walk.to, walk.deviation).filter((top) => top <= walk.limit);
    const drawn = draw(walk);
    for (const height of [0.6, 0.7, 0.8, 0.9]) {
      expect(Math.abs(share(drawn, height) - share(below, height)), `beyond ${height}`).toBeLessThan(0.05);
    }
    expect(drawn.filter((top) => top === walk.limit)).toEqual([]);
  });
});

/** Private */
function draw(walk: Parameters<typeof reach>[0]): number[] {
  return Array.from({ length: 5_000 }, (_, seed) => reach(walk, uniform(seed, 0)));
}

/** Private */
function share(values: readonly number[], height: number): number {
  return values.filter((value) => value > height).length / values.length;
}

/** Private: the maxima of walks from 0 to `to`, walked a thousand steps each and bent so that they end there. */
function walkMaxima(to: number, deviation: number): number[] {
  const steps = 1_000;
  return Array.from({ length: 3_000 }, (_, walk) => {
    const path = [0];
    for (let step = 1; step <= steps; step++) {
      const move = uniform(walk, step + 100) < 0.5 ? -1 : 1;
      path.push(path[step - 1]! + (move * deviation) / Math.sqrt(steps));
    }
    return Math.max(...path.map((height, step) => height + (step / steps) * (to - path[steps]!)));
  });
}

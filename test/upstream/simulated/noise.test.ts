import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mix, normal, seedOf, uniform } from '../../../src/upstream/simulated/noise.js';

const anySeed = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const draws = <T>(draw: (seed: number) => T, length = 20_000) => Array.from({ length }, (_, seed) => draw(seed));
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('mix', () => {
  it('gives each part of a seed, and each seed, another one', () => {
    const seeds = draws((seed) => [mix(seed, 0), mix(seed, 1), mix(1, seed + 2)]).flat();
    expect(new Set(seeds).size).toBeGreaterThan(seeds.length - 5);
  });

  it('turns half of the bits for each bit of the seed', () => {
    const bits = (value: number) => (value >>> 0).toString(2).replaceAll('0', '').length;
    for (let bit = 0; bit < 32; bit++) {
      const turned = mean(draws((seed) => bits(mix(seed, 7) ^ mix(seed ^ (1 << bit), 7)), 1_000));
      expect(turned, `bit ${bit}`).toBeGreaterThan(15);
      expect(turned, `bit ${bit}`).toBeLessThan(17);
    }
  });
});

describe('seedOf', () => {
  it('tells texts apart by letters and by their order', () => {
    const seeds = ['', '1:BTC-USD', '2:BTC-USD', '1:ETH-USD', '1:BTC-DUS', '11:BTC-USD'].map(seedOf);
    expect(new Set(seeds).size).toBe(seeds.length);
  });
});

describe('uniform', () => {
  it('lies between 0 and 1 and is neither', () => {
    fc.assert(fc.property(anySeed, fc.nat(20), (seed, draw) => uniform(seed, draw) > 0 && uniform(seed, draw) < 1));
  });

  it('fills its range evenly', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const value of draws((seed) => uniform(seed, 3))) tenths[Math.floor(value * 10)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });
});

describe('normal', () => {
  it('has mean 0, deviation 1 and nothing beyond 3', () => {
    const values = draws((seed) => normal(seed, 5));
    expect(Math.abs(mean(values))).toBeLessThan(0.03);
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(0.03);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(3);
  });

  it('draws apart what has another number', () => {
    const products = draws((seed) => normal(seed, 5) * normal(seed, 6));
    expect(Math.abs(mean(products))).toBeLessThan(0.03);
  });
});

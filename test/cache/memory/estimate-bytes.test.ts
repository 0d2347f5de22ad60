import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { estimateBytes } from '../../../src/cache/memory/estimate-bytes.js';
import { createSampleValues } from './sample-values.js';

const values = Object.entries(createSampleValues());

describe('estimateBytes', () => {
  let measured: Record<string, number> = {};

  beforeAll(() => {
    const program = fileURLToPath(new URL('measure-heap.ts', import.meta.url));
    const output = execFileSync(process.execPath, ['--expose-gc', '--import', 'tsx', program], { encoding: 'utf8' });
    measured = JSON.parse(output) as Record<string, number>;
  });

  it.each(values)('is within a quarter of what V8 takes for %s', (name, make) => {
    const ratio = estimateBytes(make()) / (measured[name] ?? NaN);
    expect(ratio).toBeGreaterThan(0.75);
    expect(ratio).toBeLessThan(1.25);
  });

  it('counts nothing for what stands in a slot itself', () => {
    expect([true, null, undefined, 7, -7, 2 ** 31 - 1].map(estimateBytes)).toEqual([0, 0, 0, 0, 0, 0]);
    expect([2 ** 31, 0.5, NaN].map(estimateBytes)).toEqual([16, 16, 16]);
  });

  it('counts the members of a class that it does not know', () => {
    class Quote {
      readonly bid = 1.5;
      readonly ask = 1.75;
    }
    expect(estimateBytes(new Quote())).toBe(estimateBytes({ bid: 1.5, ask: 1.75 }));
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryTide } from '../../../src/cache/tide/memory-tide.js';
import type { Raise } from '../../../src/cache/tide/tide.js';
import { ManualClock } from '../../support/manual-clock.js';

const HOUR_MS = 3_600_000;
const TICK: Raise = { fields: [], kind: 'hard' };

describe('MemoryTide', () => {
  let clock: ManualClock;
  let tide: MemoryTide;

  beforeEach(() => {
    clock = new ManualClock();
    tide = new MemoryTide(clock, 'g');
  });

  const raise = (field: string): number => tide.raise({ fields: [field], kind: 'hard' }).clock;
  const markOf = (field: string) => tide.mirror.reading().marks.get(field);

  it('has the time in microseconds for its clock', () => {
    expect(tide.mirror.clock).toBe(clock.now() * 1_000);
    clock.advance(5);
    expect(tide.raise(TICK)).toEqual({ generation: 'g', clock: clock.now() * 1_000 });
  });

  it('rises with every raise, also while time stands still or was set back', () => {
    const first = tide.raise(TICK).clock;
    const second = raise('m:a');
    clock.setWall(clock.now() - HOUR_MS);
    expect([second, raise('m:b')]).toEqual([first + 1, first + 2]);
  });

  it('marks what is raised, to its clock or to what it is told', () => {
    const start = tide.raise(TICK).clock;
    tide.raise({ fields: ['m:a'], kind: 'hard', to: start });
    const { clock: now } = tide.raise({ fields: ['m:b'], kind: 'soft' });
    expect(markOf('m:a')).toMatchObject({ hard: start, soft: 0 });
    expect(markOf('m:b')).toMatchObject({ hard: 0, soft: now });
  });

  it('is a generation of its own, if none is given', () => {
    const [one, other] = [new MemoryTide(clock), new MemoryTide(clock)];
    expect(one.mirror.generation).not.toBe(other.mirror.generation);
    expect(one.raise(TICK).generation).toBe(one.mirror.generation);
  });

  it('forgets a mark after 25 h, and can not tell of what may be older', () => {
    const at = raise('m:a');
    clock.advance(25 * HOUR_MS);
    tide.raise(TICK);
    expect(markOf('m:a')).toBeDefined();
    clock.advance(1);
    tide.raise(TICK);
    expect(markOf('m:a')).toBeUndefined();
    expect([at - 1, at].map((start) => tide.mirror.check('g', [{ tag: 'm:a', start }], -Infinity))).toEqual([
      undefined,
      'valid',
    ]);
  });

  it('keeps marks for as long as any entry may live', () => {
    tide.keepMarksFor(48 * HOUR_MS);
    tide.keepMarksFor(30 * HOUR_MS);
    raise('m:a');
    clock.advance(48 * HOUR_MS);
    tide.raise(TICK);
    expect(markOf('m:a')).toBeDefined();
    clock.advance(1);
    tide.raise(TICK);
    expect(markOf('m:a')).toBeUndefined();
  });
});

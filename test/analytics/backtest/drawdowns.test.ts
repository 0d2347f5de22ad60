import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawdownPeriods, drawdownsOf } from '../../../src/analytics/backtest/drawdowns.js';

describe('drawdownsOf', () => {
  it('is how much of the highest value so far is gone', () => {
    expect([...drawdownsOf(Float64Array.of(100, 75, 200, 150, 50, 200, 0))]).toEqual([0, 0.25, 0, 0.25, 0.75, 0, 1]);
  });
});

describe('drawdownPeriods', () => {
  it('finds the periods that backtesting.py publishes', () => {
    expect(drawdownPeriods([0, 1, 7, 0, 4, 0, 0])).toEqual([
      { start: 0, end: 3, depth: 7 },
      { start: 3, end: 5, depth: 4 },
    ]);
  });

  it('ends the last one with the bars, though it is not over', () => {
    expect(drawdownPeriods([0, 0, 0.1, 0.3, 0.2])).toEqual([{ start: 1, end: 4, depth: 0.3 }]);
  });

  it('leaves out a fall on the last bar alone', () => {
    expect(drawdownPeriods([0, 0.1, 0, 0.5])).toEqual([{ start: 0, end: 2, depth: 0.1 }]);
    expect(drawdownPeriods([0, 0.5])).toEqual([]);
  });

  it.each([[[]], [[0]], [[0, 0, 0]]])('has none of %j', (drawdowns) => {
    expect(drawdownPeriods(drawdowns)).toEqual([]);
  });

  it('holds every bar below a peak, but a last one alone, and each once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0, 0.1, 0.2, 0.3), { minLength: 1 }), (rest) => {
        const drawdowns = [0, ...rest];
        const inside = drawdownPeriods(drawdowns).flatMap(({ start, end, depth }) => {
          const bars = [...drawdowns.keys()].slice(start, end + 1);
          expect(drawdowns[start]).toBe(0);
          expect(depth).toBe(Math.max(...bars.map((bar) => drawdowns[bar] ?? 0)));
          return bars.filter((bar) => drawdowns[bar] !== 0);
        });
        const last = drawdowns.length - 1;
        const below = [...drawdowns.keys()].filter((bar) => drawdowns[bar] !== 0);
        expect(inside).toEqual(below.filter((bar) => bar !== last || drawdowns[last - 1] !== 0));
      }),
    );
  });
});

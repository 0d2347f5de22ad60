import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawdownsOf } from '../../../src/analytics/backtest/drawdowns.js';
import { thinCurve, type EquityCurve } from '../../../src/analytics/backtest/thin-curve.js';

/** A point an hour. */
function curveOf(equity: readonly number[]): EquityCurve {
  return {
    time: equity.map((_, index) => index * 3_600_000),
    equity,
    drawdownPercent: [...drawdownsOf(Float64Array.from(equity))].map((drawdown) => 0 - 100 * drawdown),
  };
}

/** The indices of the points that were kept. */
function keptOf(equity: readonly number[], maxPoints: number): number[] {
  return thinCurve(curveOf(equity), maxPoints).time.map((time) => time / 3_600_000);
}

describe('thinCurve', () => {
  it('keeps a curve that is short enough as it is', () => {
    const curve = curveOf([3, 1, 2, 4]);
    expect(thinCurve(curve, 4)).toEqual(curve);
    expect(thinCurve(curve, 5_000)).toEqual(curve);
    expect(thinCurve(curveOf([1]), 2)).toEqual(curveOf([1]));
    expect(thinCurve(curveOf([]), 2)).toEqual(curveOf([]));
  });

  it('takes columns of any kind and gives plain arrays', () => {
    const { time, equity, drawdownPercent } = curveOf([3, 1, 2]);
    const columns = {
      time: Float64Array.from(time),
      equity: Float64Array.from(equity),
      drawdownPercent: Float64Array.from(drawdownPercent),
    };
    expect(thinCurve(columns, 3)).toEqual({ time, equity, drawdownPercent });
    expect(thinCurve(columns, 2)).toEqual(thinCurve({ time, equity, drawdownPercent }, 2));
  });

  it('keeps the extremes in the order of their weight, as far as they find room', () => {
    //              first     lowest   peak     deepest    highest   last
    const equity = [50, 45, 41, 40, 70, 100, 80, 55, 150, 200, 190, 195];
    expect(keptOf(equity, 2)).toEqual([0, 11]);
    expect(keptOf(equity, 3)).toEqual([0, 9, 11]);
    expect(keptOf(equity, 4)).toEqual([0, 3, 9, 11]);
    expect(keptOf(equity, 5)).toEqual([0, 3, 7, 9, 11]);
    expect(keptOf(equity, 6)).toEqual([0, 3, 5, 7, 9, 11]);
  });

  it('keeps of equal extremes the first, and of equal peaks the one that the fall begins at', () => {
    expect(keptOf([5, 9, 7, 9, 1, 3, 1, 9, 8], 5)).toEqual([0, 1, 3, 4, 8]);
  });

  it('fills the room with the points that make the largest triangles', () => {
    // Between the ends two buckets, 1 to 2 and 3 to 5. Point 3 is farther than 4 and 5 from the line from 2 to the last.
    expect(keptOf([1, 2, 6, 2, 1, 2.1, 1], 6)).toEqual([0, 2, 3, 4, 6]);
    expect(keptOf([1, 1, 1, 1, 1, 1, 5, 1, 1, 1, 1, 1, 1, 1, 1, 4, 1, 1, 1, 1, 1], 8)).toContain(15);
  });

  it('measures along time: a gap is as wide as it is long', () => {
    // Three points in the one bucket. By index the second is farthest from the line, by time the first.
    const curve = { time: [0, 1, 90, 99, 100], equity: [10, 15, 56, 57, 60], drawdownPercent: [0, 0, 0, 0, 0] };
    expect(thinCurve(curve, 3).time).toEqual([0, 1, 100]);
  });

  it.each([1, 0, -5, 2.5, NaN, Infinity])('refuses %d points', (maxPoints) => {
    expect(() => thinCurve(curveOf([1, 2, 3]), maxPoints)).toThrow(
      new RangeError(`maxPoints must be a whole number of at least 2, but got: ${maxPoints}`),
    );
  });

  describe('of any curve', () => {
    const curves = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 300 }).map(curveOf);
    const sizes = fc.integer({ min: 2, max: 60 });

    it('keeps points of it, in order, each once, and no more than there may be', () => {
      fc.assert(
        fc.property(curves, sizes, (curve, maxPoints) => {
          const thinned = thinCurve(curve, maxPoints);
          const indices = thinned.time.map((time) => curve.time.indexOf(time));
          expect(indices).toEqual([...new Set(indices)].sort((left, right) => left - right));
          expect(thinned.equity).toEqual(indices.map((index) => curve.equity[index]));
          expect(thinned.drawdownPercent).toEqual(indices.map((index) => curve.drawdownPercent[index]));
          expect(indices.length).toBeLessThanOrEqual(maxPoints);
          expect(indices.length).toBeGreaterThanOrEqual(Math.min(curve.time.length, maxPoints) - 4);
        }),
      );
    });

    it('keeps its ends and extremes, also when it is thinned twice', () => {
      fc.assert(
        fc.property(curves, fc.integer({ min: 6, max: 60 }), fc.integer({ min: 6, max: 60 }), (curve, one, other) => {
          for (const thinned of [thinCurve(curve, one), thinCurve(thinCurve(curve, one), other)]) {
            expect(shapeOf(thinned)).toEqual(shapeOf(curve));
          }
        }),
      );
    });
  });

  /** What must be seen of a curve: its ends, its range, and its deepest drawdown from peak to trough. */
  function shapeOf({ time, equity, drawdownPercent }: EquityCurve) {
    const deepest = drawdownPercent.indexOf(Math.min(...drawdownPercent));
    const peak = drawdownPercent.lastIndexOf(0, deepest);
    const lowest = equity.indexOf(Math.min(...equity));
    const highest = equity.indexOf(Math.max(...equity));
    return [0, lowest, highest, peak, deepest, time.length - 1].map((index) => [time[index], equity[index]]);
  }
});

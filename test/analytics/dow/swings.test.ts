import { describe, expect, it } from 'vitest';
import type { Pivot, SwingKind } from '../../../src/analytics/dow/pivots.js';
import { withPivot, type Swing } from '../../../src/analytics/dow/swings.js';

const AVERAGE_RANGE = 10;

function pivot(kind: SwingKind, price: number, index = 0): Pivot {
  return { kind, index, confirmedAt: index + 3, price };
}

/** The swings of pivots, highs and lows in turn, beginning with a high. */
function swingsOf(...prices: number[]): readonly Swing[] {
  return prices.reduce<readonly Swing[]>(
    (swings, price, index) => withPivot(swings, pivot(index % 2 ? 'LOW' : 'HIGH', price, index), AVERAGE_RANGE),
    [],
  );
}

describe('withPivot', () => {
  it('begins with any pivot, without a label', () => {
    expect(withPivot([], pivot('LOW', 90, 7), AVERAGE_RANGE)).toEqual([
      { kind: 'LOW', index: 7, price: 90, label: null },
    ]);
  });

  it('appends a turn of an average range or more', () => {
    expect(swingsOf(100, 90).map(({ kind }) => kind)).toEqual(['HIGH', 'LOW']);
  });

  it('leaves out a turn of less', () => {
    const swings = swingsOf(100);
    expect(withPivot(swings, pivot('LOW', 90.01), AVERAGE_RANGE)).toBe(swings);
  });

  it('replaces the last swing by a more extreme one of its kind', () => {
    expect(withPivot(swingsOf(100), pivot('HIGH', 101, 9), AVERAGE_RANGE)).toEqual([
      { kind: 'HIGH', index: 9, price: 101, label: null },
    ]);
    expect(withPivot(swingsOf(100, 90), pivot('LOW', 89, 9), AVERAGE_RANGE).map(({ price }) => price)).toEqual([
      100, 89,
    ]);
  });

  it('leaves out one of its kind that is not', () => {
    const [up, down] = [swingsOf(100), swingsOf(100, 90)];
    expect(withPivot(up, pivot('HIGH', 100), AVERAGE_RANGE)).toBe(up);
    expect(withPivot(down, pivot('LOW', 90), AVERAGE_RANGE)).toBe(down);
  });

  it('leaves the list that it is given as it is', () => {
    const swings = Object.freeze(swingsOf(100, 90));
    withPivot(swings, pivot('LOW', 80), AVERAGE_RANGE);
    withPivot(swings, pivot('HIGH', 110), AVERAGE_RANGE);
    expect(swings.map(({ price }) => price)).toEqual([100, 90]);
  });

  it.each([
    ['HH', [100, 80, 101.1]],
    ['EH', [100, 80, 101]],
    ['EH', [100, 80, 99]],
    ['LH', [100, 80, 98.9]],
    ['HL', [100, 80, 100, 81.1]],
    ['EL', [100, 80, 100, 81]],
    ['EL', [100, 80, 100, 79]],
    ['LL', [100, 80, 100, 78.9]],
  ])('labels %s what ends %j, equal within a tenth of an average range', (label, prices) => {
    expect(swingsOf(...prices).at(-1)?.label).toBe(label);
  });

  it('labels a replacement against the swing before the one that it replaces', () => {
    const swings = swingsOf(100, 80, 95);
    expect(swings.at(-1)?.label).toBe('LH');
    expect(withPivot(swings, pivot('HIGH', 97), AVERAGE_RANGE).at(-1)?.label).toBe('LH');
    expect(withPivot(swings, pivot('HIGH', 105), AVERAGE_RANGE).at(-1)?.label).toBe('HH');
  });
});

import { describe, expect, it } from 'vitest';
import { reflect } from '../../../src/analytics/wyckoff/bars.js';
import { findEvents } from '../../../src/analytics/wyckoff/find-events.js';
import { MIDNIGHT } from '../support/candles.js';
import { BAND, barsWith, type BarChange } from './support/bars.js';

const HOUR = 3_600_000;
const HIGH_VOLUME = { relativeVolume: 4, spread: 6, closeLocation: 0.6 };

/** Quiet in the lower half until 51, then in a trading range until it is left at 55. */
function quietAt(index: number): BarChange {
  const band = { ...BAND, isRange: index > 51 && index < 56 };
  if (index < 30) return { band };
  return index < 56 ? { high: 98, low: 97, close: 97.5, band } : { high: 110, low: 108, close: 109, band };
}

/** A climax at 30, its rally at 40 and test at 50, a spring at 52, a sign of strength at 55, its last point of support at 60. */
const STORY: Readonly<Record<number, BarChange>> = {
  30: { high: 96, low: 90, close: 93.6, features: HIGH_VOLUME },
  40: { high: 103 },
  50: { low: 92, close: 93.9 },
  52: { low: 93.5, close: 99, features: { closeLocation: 0.9 } },
  55: { high: 108, low: 100, close: 107, features: { relativeVolume: 1.5, spread: 1.5, closeLocation: 0.9 } },
  60: { low: 104, features: { relativeVolume: 0.5 } },
};

function story() {
  const indices = Array.from({ length: 70 }, (_, index) => index);
  return barsWith(70, Object.fromEntries(indices.map((index) => [index, { ...quietAt(index), ...STORY[index] }])));
}

function tell(bars: ReturnType<typeof story>): string[] {
  return findEvents(bars).map(
    ({ kind, side, index, knownAt, price }) => `${side} ${kind} ${index} ${knownAt} ${price}`,
  );
}

describe('findEvents', () => {
  it('tells a story of strength in the order in which it becomes known', () => {
    expect(tell(story())).toEqual([
      'STRENGTH SC 30 30 90',
      'STRENGTH AR 40 43 103',
      'STRENGTH ST 50 50 92',
      'STRENGTH SPRING 52 52 93.5',
      'STRENGTH SOS 55 55 107',
      'STRENGTH LPS 60 63 104',
    ]);
  });

  it('tells it as one of weakness upside down', () => {
    expect(tell(story().map(reflect))).toEqual([
      'WEAKNESS BC 30 30 -90',
      'WEAKNESS AR 40 43 -103',
      'WEAKNESS ST 50 50 -92',
      'WEAKNESS UPTHRUST 52 52 -93.5',
      'WEAKNESS SOW 55 55 -107',
      'WEAKNESS LPSY 60 63 -104',
    ]);
  });

  it('gives an event the time of its candle, and its strength to a spring alone', () => {
    const events = findEvents(story());
    expect(events.find(({ kind }) => kind === 'AR')).toEqual({
      kind: 'AR',
      side: 'STRENGTH',
      index: 40,
      knownAt: 43,
      time: MIDNIGHT + 40 * HOUR,
      price: 103,
    });
    expect(events.find(({ kind }) => kind === 'SPRING')).toMatchObject({ strong: true });
  });

  it('measures an upthrust as strong where it met no demand, or closed far down', () => {
    const strong = (features: BarChange['features']) =>
      findEvents(barsWith(20, { 10: { high: 107, close: 105, features } })).map((event) => [event.kind, event.strong]);
    expect(strong({ relativeVolume: 1, closeLocation: 0.31 })).toEqual([['UPTHRUST', false]]);
    expect(strong({ relativeVolume: 1, closeLocation: 0.3 })).toEqual([['UPTHRUST', true]]);
    expect(strong({ relativeVolume: 0.9, closeLocation: 0.5 })).toEqual([['UPTHRUST', true]]);
  });

  it('asks a buying climax to close at 0.6 at most', () => {
    const kinds = (closeLocation: number) =>
      findEvents(barsWith(40, { 30: { high: 105, features: { ...HIGH_VOLUME, closeLocation } } })).map(
        ({ kind }) => kind,
      );
    expect(kinds(0.6)).toContain('BC');
    expect(kinds(0.61)).not.toContain('BC');
  });

  it('puts the earlier sub-phase first where both sides speak at one close', () => {
    const both: BarChange = { high: 107, low: 93, close: 100, features: { relativeVolume: 4, spread: 14 } };
    expect(findEvents(barsWith(40, { 30: both })).map(({ kind }) => kind)).toEqual(['SC', 'BC', 'SPRING', 'UPTHRUST']);
  });
});

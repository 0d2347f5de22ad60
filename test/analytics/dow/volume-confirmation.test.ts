import { describe, expect, it } from 'vitest';
import { traceStructure, type Trend } from '../../../src/analytics/dow/structure.js';
import { volumeConfirms } from '../../../src/analytics/dow/volume-confirmation.js';
import type { Swing } from '../../../src/analytics/dow/swings.js';
import { candleAt } from '../support/candles.js';
import { LEG, turnAt, zigzag } from '../support/zigzag.js';

/** Five legs, up in the first, third and fifth, that end at turns 1 to 5; `volumes` is what each of their candles trades. */
function confirms(trend: Trend, volumes: readonly number[], turns = [80, 70, 90, 80, 100, 90]): boolean | null {
  const candles = zigzag([...turns, 94], (index) => volumes[Math.ceil((index - turnAt(0)) / LEG) - 1] ?? 1);
  return volumeConfirms(candles, traceStructure(candles, 3).swings, trend);
}

describe('volumeConfirms', () => {
  it('is true where the legs with the trend trade more', () => {
    expect(confirms('UP', [1, 9, 1, 9, 1])).toBe(true);
    expect(confirms('DOWN', [9, 1, 9, 1, 9])).toBe(true);
  });

  it('is false where the legs against it do', () => {
    expect(confirms('UP', [9, 1, 9, 1, 9])).toBe(false);
    expect(confirms('DOWN', [1, 9, 1, 9, 1])).toBe(false);
  });

  it('is true where both trade the same', () => {
    expect(confirms('UP', [3, 3, 3, 3, 3])).toBe(true);
  });

  it('leaves out what is before the last four legs', () => {
    expect(confirms('DOWN', [900, 5, 4, 5, 4])).toBe(false);
    expect(confirms('UP', [900, 5, 4, 5, 4])).toBe(true);
  });

  it('compares what a candle trades, not what a leg does', () => {
    const candles = [9, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1].map((volume, index) => candleAt(index, 100, { volume }));
    const swings: Swing[] = [
      { kind: 'LOW', index: 0, price: 90, label: null },
      { kind: 'HIGH', index: 2, price: 110, label: null },
      { kind: 'LOW', index: 10, price: 95, label: 'HL' },
    ];
    expect(volumeConfirms(candles, swings, 'UP')).toBe(true);
    expect(volumeConfirms(candles, swings, 'DOWN')).toBe(false);
  });

  it('counts the candle at which a leg ends, not the one at which it begins', () => {
    // Up 1 and 5, down 2 and 4: the same on average, but not with a neighbour more or less.
    const candles = [100, 1, 5, 2, 4].map((volume, index) => candleAt(index, 100, { volume }));
    const swings: Swing[] = [
      { kind: 'LOW', index: 0, price: 90, label: null },
      { kind: 'HIGH', index: 2, price: 110, label: null },
      { kind: 'LOW', index: 4, price: 95, label: 'HL' },
    ];
    expect(volumeConfirms(candles, swings, 'UP')).toBe(true);
    expect(volumeConfirms(candles, swings, 'DOWN')).toBe(true);
  });

  it('is null without a trend up or down', () => {
    expect(confirms('SIDEWAYS', [1, 9, 1, 9, 1])).toBeNull();
    expect(confirms('UNKNOWN', [1, 9, 1, 9, 1])).toBeNull();
  });

  it('is null where nothing trades, and without legs', () => {
    expect(confirms('UP', [0, 0, 0, 0, 0])).toBeNull();
    expect(volumeConfirms([], [], 'UP')).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceStructure, type Structure } from '../../../src/analytics/dow/structure.js';
import type { Candle } from '../../../src/market/candle.js';
import { candleAt } from '../support/candles.js';
import { turnAt, zigzag } from '../support/zigzag.js';

const SPAN = 3;
const RISING = [110, 100, 120, 110, 130, 120] as const;
const FALLING = [110, 90, 100, 80, 90, 70] as const;

function labelsOf({ swings }: Structure): (string | null)[] {
  return swings.map(({ label }) => label);
}

describe('traceStructure', () => {
  it('calls higher highs and higher lows UP', () => {
    const structure = traceStructure(zigzag([...RISING, 124]), SPAN);
    expect(labelsOf(structure)).toEqual([null, null, 'HH', 'HL', 'HH', 'HL']);
    expect(structure.trends.at(-1)).toBe('UP');
  });

  it('calls lower highs and lower lows DOWN', () => {
    const structure = traceStructure(zigzag([...FALLING, 74]), SPAN);
    expect(labelsOf(structure)).toEqual([null, null, 'LH', 'LL', 'LH', 'LL']);
    expect(structure.trends.at(-1)).toBe('DOWN');
  });

  it.each([
    ['a higher high over a lower low', [110, 100, 120, 90, 100]],
    ['a lower high over a higher low', [110, 100, 108, 102, 106]],
    ['equal highs over higher lows', [110, 100, 110.1, 104, 108]],
    ['higher highs over equal lows', [110, 100, 116, 100.1, 106]],
  ])('calls %s SIDEWAYS', (_, turns) => {
    expect(traceStructure(zigzag(turns), SPAN).trends.at(-1)).toBe('SIDEWAYS');
  });

  it('is UNKNOWN until two highs and two lows are confirmed', () => {
    const { trends } = traceStructure(zigzag(RISING), SPAN);
    const known = turnAt(3) + SPAN;
    expect(new Set(trends.slice(0, known))).toEqual(new Set(['UNKNOWN']));
    expect(trends[known]).toBe('UP');
  });

  it('knows a swing only once it is confirmed', () => {
    const candles = zigzag(RISING);
    const swingsAfter = (length: number) => traceStructure(candles.slice(0, length), SPAN).swings.length;
    expect(swingsAfter(turnAt(2) + SPAN)).toBe(2);
    expect(swingsAfter(turnAt(2) + SPAN + 1)).toBe(3);
  });

  it('has no swings before the average true range is warm', () => {
    const early = [5, 4, 3, 2, 9, 2, 3, 4, 5, 4].map((close, index) => candleAt(index, close));
    expect(traceStructure(early, SPAN).swings).toEqual([]);
    expect(traceStructure([], SPAN)).toEqual({ swings: [], events: [], trends: [] });
  });

  it('ends UP with the first close below the last low, as CHOCH_DOWN', () => {
    const candles = zigzag([...RISING.slice(0, 4), 128, 100]);
    const { events, trends } = traceStructure(candles, SPAN);
    const index = candles.findIndex(({ close }, at) => at > turnAt(4) && close < 109.5);
    expect(trends.slice(index - 1, index + 1)).toEqual(['UP', 'SIDEWAYS']);
    expect(events.at(-1)).toEqual({ time: candles[index]?.time, price: candles[index]?.close, kind: 'CHOCH_DOWN' });
  });

  it('ends DOWN with the first close above the last high, as CHOCH_UP', () => {
    const candles = zigzag([...FALLING.slice(0, 4), 110]);
    const { events, trends } = traceStructure(candles, SPAN);
    const index = candles.findIndex(({ close }, at) => at > turnAt(3) && close > 100.5);
    expect(trends.slice(index - 1, index + 1)).toEqual(['DOWN', 'SIDEWAYS']);
    expect(events.at(-1)).toEqual({ time: candles[index]?.time, price: candles[index]?.close, kind: 'CHOCH_UP' });
  });

  it('keeps UP where only a low goes below the last low', () => {
    const candles = zigzag([...RISING, 124]);
    const last = turnAt(6);
    const pierced = candles.map((candle, index) => (index === last ? { ...candle, low: 100 } : candle));
    const { trends, events } = traceStructure(pierced, SPAN);
    expect(trends.at(-1)).toBe('UP');
    expect(events.map(({ kind }) => kind)).not.toContain('CHOCH_DOWN');
  });

  it('goes on with BOS_UP, once for a high however many candles close above it', () => {
    const candles = zigzag([...RISING.slice(0, 4), 122, 118, 140]);
    const { events } = traceStructure(candles.slice(0, turnAt(5) + 1), SPAN);
    const index = candles.findIndex(({ close }, at) => at > turnAt(3) && close > 120.5);
    expect(events).toEqual([{ time: candles[index]?.time, price: candles[index]?.close, kind: 'BOS_UP' }]);
    // The high of 122.5 is confirmed on the way down: the next close above it is the next event.
    expect(traceStructure(candles, SPAN).events.map(({ kind }) => kind)).toEqual(['BOS_UP', 'BOS_UP']);
  });

  it('counts a close beyond the swing from where the trend is known', () => {
    const candles = zigzag([...RISING.slice(0, 4), 140]);
    const known = turnAt(3) + SPAN;
    expect(candles.slice(turnAt(3), known).some(({ close }) => close > 120.5)).toBe(true);
    expect(traceStructure(candles, SPAN).events.map(({ time }) => time)).toEqual([candles[known]?.time]);
  });

  it('goes on with BOS_DOWN, once for a low', () => {
    const { events } = traceStructure(zigzag([...FALLING.slice(0, 5), 60]), SPAN);
    expect(events.map(({ kind }) => kind)).toEqual(['BOS_DOWN']);
    expect(events[0]?.price).toBeLessThan(79.5);
  });

  it('has no events without a trend', () => {
    const { trends, events } = traceStructure(zigzag([110, 100, 120, 90, 130, 80, 140]), SPAN);
    expect(trends).not.toContain('UP');
    expect(trends).not.toContain('DOWN');
    expect(events).toEqual([]);
  });

  it.each([
    ['UP', [...RISING.slice(0, 4), 130, 109, 130]],
    ['DOWN', [...FALLING.slice(0, 4), 70, 101, 80]],
  ] as const)(
    'does not call %s again when the price comes back over the swing that a close has broken',
    (trend, turns) => {
      const { trends, events } = traceStructure(zigzag(turns), SPAN);
      const broken = turnAt(5);
      expect(trends.slice(broken - 1, broken + SPAN)).toEqual([trend, 'SIDEWAYS', 'SIDEWAYS', 'SIDEWAYS']);
      expect(events.filter(({ kind }) => kind.startsWith('CHOCH'))).toHaveLength(1);
    },
  );

  it('takes a candle that is high and low first as what lengthens the last leg', () => {
    const around = zigzag([110, 100, 106, 103]);
    const kindsAt = (index: number) => {
      const wide = around.map((candle, at) => (at === index ? { ...candle, high: 140, low: 60 } : candle));
      const { swings } = traceStructure(wide, SPAN);
      return swings.filter((swing) => swing.index === index).map(({ kind }) => kind);
    };
    expect(kindsAt(turnAt(1))).toEqual(['HIGH', 'LOW']);
    expect(kindsAt(turnAt(2))).toEqual(['LOW', 'HIGH']);
  });
});

describe('traceStructure, candle by candle', () => {
  /** Walks in whole steps, so that equal highs, equal lows and breaks by a hair all happen. */
  const walks: fc.Arbitrary<Candle[]> = fc
    .array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.nat(2), fc.nat(2)), { minLength: 60, maxLength: 140 })
    .map((steps) => {
      let close = 500;
      return steps.map(([step, up, down], index) => {
        close += step;
        return candleAt(index, close, { high: close + up, low: close - down });
      });
    });

  it('never changes a trend, an event or a swing but the last that it gave before', () => {
    fc.assert(
      fc.property(walks, fc.integer({ min: 1, max: 5 }), fc.nat(140), (candles, span, cut) => {
        const before = traceStructure(candles.slice(0, cut), span);
        const after = traceStructure(candles, span);
        expect(after.trends.slice(0, cut)).toEqual(before.trends);
        expect(after.events.slice(0, before.events.length)).toEqual(before.events);
        const final = before.swings.slice(0, -1);
        expect(after.swings.slice(0, final.length)).toEqual(final);
      }),
      { numRuns: 300 },
    );
  });

  it('dates no later event before the candles that it had', () => {
    fc.assert(
      fc.property(walks, fc.nat(140), (candles, cut) => {
        const before = traceStructure(candles.slice(0, cut), SPAN);
        const later = traceStructure(candles, SPAN).events.slice(before.events.length);
        const end = candles[cut]?.time ?? Infinity;
        for (const { time } of later) expect(time).toBeGreaterThanOrEqual(end);
      }),
    );
  });

  it('has highs and lows in turn, each confirmed', () => {
    fc.assert(
      fc.property(walks, (candles) => {
        const { swings } = traceStructure(candles, SPAN);
        swings.forEach((swing, index) => {
          expect(swing.kind).not.toBe(swings[index - 1]?.kind);
          expect(swing.index + SPAN).toBeLessThan(candles.length);
        });
      }),
    );
  });
});

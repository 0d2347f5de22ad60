import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate } from '../../src/market/aggregate.js';
import type { Candle } from '../../src/market/candle.js';
import { bucketEnd, bucketStart, dividesInto, TIMEFRAME_MS, TIMEFRAMES } from '../../src/market/timeframe.js';

const START = Date.UTC(2024, 1, 26);
const HOUR = TIMEFRAME_MS.H1;

function candle(time: number, [open, high, low, close]: [number, number, number, number], volume = 1): Candle {
  return { time, open, high, low, close, volume, closed: true };
}

describe('aggregate', () => {
  const hours = [
    candle(START, [10, 12, 9, 11], 1),
    candle(START + HOUR, [11, 15, 11, 14], 2),
    candle(START + 2 * HOUR, [14, 14, 5, 6], 4),
    candle(START + 3 * HOUR, [6, 8, 6, 7], 8),
    candle(START + 4 * HOUR, [7, 7, 7, 7], 16),
  ];

  it('takes the first open, the highest high, the lowest low, the last close and all of the volume', () => {
    expect(aggregate(hours, 'H4', START + 5 * HOUR)).toEqual([
      { ...candle(START, [10, 15, 5, 7], 15), closed: true },
      { ...candle(START + 4 * HOUR, [7, 7, 7, 7], 16), closed: false },
    ]);
  });

  it('closes a candle at the end of its bucket, not before', () => {
    const closedAt = (until: number) => aggregate(hours, 'H4', until).map(({ closed }) => closed);
    expect(closedAt(START + 4 * HOUR - 1)).toEqual([false, false]);
    expect(closedAt(START + 4 * HOUR)).toEqual([true, false]);
    expect(closedAt(START + 8 * HOUR)).toEqual([true, true]);
  });

  it('leaves a bucket without a candle out, and opens one with a gap in it at its own time', () => {
    const gappy = [candle(START + HOUR, [1, 2, 1, 2]), candle(START + 9 * HOUR, [3, 4, 3, 4])];
    expect(aggregate(gappy, 'H4', Infinity).map(({ time }) => time)).toEqual([START, START + 8 * HOUR]);
  });

  it('puts Sunday into the week that began on Monday, and each day into its month', () => {
    const days = Array.from({ length: 8 }, (_, day) => candle(START + day * TIMEFRAME_MS.D1, [1, 1, 1, 1]));
    const volumes = (timeframe: 'W1' | 'MN1') =>
      aggregate(days, timeframe, Infinity).map(({ time, volume }) => [
        new Date(time).toISOString().slice(0, 10),
        volume,
      ]);
    expect(volumes('W1')).toEqual([
      ['2024-02-26', 7],
      ['2024-03-04', 1],
    ]);
    expect(volumes('MN1')).toEqual([
      ['2024-02-01', 4],
      ['2024-03-01', 4],
    ]);
  });

  it('answers nothing for nothing', () => {
    expect(aggregate([], 'D1', Infinity)).toEqual([]);
  });

  it('leaves the candles that it is given as they were', () => {
    const before = structuredClone(hours);
    aggregate(hours, 'D1', Infinity);
    expect(hours).toEqual(before);
  });

  it('gives the same in two steps as in one, wherever the timeframes divide', () => {
    const ways = TIMEFRAMES.flatMap((middle) =>
      TIMEFRAMES.filter((longest) => dividesInto('M15', middle) && dividesInto(middle, longest)).map(
        (longest) => [middle, longest] as const,
      ),
    );
    fc.assert(
      fc.property(series, fc.constantFrom(...ways), fc.nat(40 * 24), (quarters, [middle, longest], hour) => {
        const until = START + hour * HOUR;
        expect(aggregate(aggregate(quarters, middle, until), longest, until)).toEqual(
          aggregate(quarters, longest, until),
        );
      }),
    );
  });

  it('agrees with each bucket summed on its own', () => {
    fc.assert(
      fc.property(series, fc.constantFrom('H1', 'H4', 'D1', 'W1', 'MN1'), (quarters, timeframe) => {
        const result = aggregate(quarters, timeframe, START);
        const starts = [...new Set(quarters.map(({ time }) => bucketStart(time, timeframe)))];
        expect(result.map(({ time }) => time)).toEqual(starts);
        for (const { time, ...sum } of result) {
          const parts = quarters.filter((part) => part.time >= time && part.time < bucketEnd(time, timeframe));
          expect(sum.open).toBe(parts.at(0)?.open);
          expect(sum.close).toBe(parts.at(-1)?.close);
          expect(sum.high).toBe(Math.max(...parts.map(({ high }) => high)));
          expect(sum.low).toBe(Math.min(...parts.map(({ low }) => low)));
          expect(sum.volume).toBe(parts.reduce((volume, part) => volume + part.volume, 0));
        }
      }),
    );
  });
});

/** Private: quarters of an hour over some forty days, with gaps. */
const series: fc.Arbitrary<Candle[]> = fc
  .uniqueArray(
    fc.record({
      slot: fc.nat(40 * 96),
      body: fc.tuple(fc.nat(100), fc.nat(100)),
      wicks: fc.tuple(fc.nat(9), fc.nat(9)),
      volume: fc.nat(1000),
    }),
    { selector: ({ slot }) => slot, maxLength: 120 },
  )
  .map((slots) =>
    slots
      .sort((a, b) => a.slot - b.slot)
      .map(({ slot, body: [open, close], wicks: [above, below], volume }) =>
        candle(
          START + slot * TIMEFRAME_MS.M15,
          [open, Math.max(open, close) + above, Math.min(open, close) - below, close],
          volume,
        ),
      ),
  );

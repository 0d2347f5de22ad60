import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketEnd,
  bucketsBefore,
  bucketStart,
  dividesInto,
  TIMEFRAME_MS,
  TIMEFRAMES,
  type Timeframe,
} from '../../src/market/timeframe.js';

const at = (iso: string) => Date.parse(iso);
const iso = (time: number) => new Date(time).toISOString();
const anyTimeframe = fc.constantFrom(...TIMEFRAMES);
const anyTime = fc.integer({ min: at('1950-01-01T00:00Z'), max: at('2100-01-01T00:00Z') });

describe('bucketStart', () => {
  it.each<[Timeframe, string]>([
    ['M1', '2024-02-29T13:47:00.000Z'],
    ['M5', '2024-02-29T13:45:00.000Z'],
    ['M15', '2024-02-29T13:45:00.000Z'],
    ['H1', '2024-02-29T13:00:00.000Z'],
    ['H4', '2024-02-29T12:00:00.000Z'],
    ['H6', '2024-02-29T12:00:00.000Z'],
    ['D1', '2024-02-29T00:00:00.000Z'],
    ['W1', '2024-02-26T00:00:00.000Z'],
    ['MN1', '2024-02-01T00:00:00.000Z'],
  ])('opens the %s bucket of a leap day at %s', (timeframe, start) => {
    expect(iso(bucketStart(at('2024-02-29T13:47:59.999Z'), timeframe))).toBe(start);
  });

  it('begins a week on Monday', () => {
    expect(iso(bucketStart(at('2024-03-03T23:59:59.999Z'), 'W1'))).toBe('2024-02-26T00:00:00.000Z');
    expect(iso(bucketStart(at('2024-03-04T00:00:00.000Z'), 'W1'))).toBe('2024-03-04T00:00:00.000Z');
    fc.assert(fc.property(anyTime, (time) => new Date(bucketStart(time, 'W1')).getUTCDay() === 1));
  });

  it('begins a month on its first', () => {
    fc.assert(fc.property(anyTime, (time) => iso(bucketStart(time, 'MN1')).slice(8) === '01T00:00:00.000Z'));
  });

  it('knows times before 1970', () => {
    expect(iso(bucketStart(-1, 'D1'))).toBe('1969-12-31T00:00:00.000Z');
    expect(iso(bucketStart(-1, 'W1'))).toBe('1969-12-29T00:00:00.000Z');
    expect(iso(bucketStart(-1, 'MN1'))).toBe('1969-12-01T00:00:00.000Z');
  });

  it('opens every bucket that is not a week at midnight UTC or a whole number of lengths after it', () => {
    fc.assert(
      fc.property(anyTime, fc.constantFrom<Timeframe>('M1', 'M5', 'M15', 'H1', 'H4', 'H6', 'D1'), (time, timeframe) => {
        const start = bucketStart(time, timeframe);
        expect(Math.abs((start - bucketStart(start, 'D1')) % TIMEFRAME_MS[timeframe])).toBe(0);
      }),
    );
  });
});

describe('bucketEnd', () => {
  it.each([
    ['2023-02-01T00:00:00.000Z', 28],
    ['2024-02-01T00:00:00.000Z', 29],
    ['2100-02-01T00:00:00.000Z', 28],
    ['2024-04-01T00:00:00.000Z', 30],
    ['2024-12-01T00:00:00.000Z', 31],
  ])('gives the month of %s its %i days', (start, days) => {
    expect(bucketEnd(at(start), 'MN1') - at(start)).toBe(days * TIMEFRAME_MS.D1);
  });

  it('holds every time in exactly one bucket, and begins the next where one ends', () => {
    fc.assert(
      fc.property(anyTime, anyTimeframe, (time, timeframe) => {
        const start = bucketStart(time, timeframe);
        const end = bucketEnd(start, timeframe);
        expect(start).toBeLessThanOrEqual(time);
        expect(end).toBeGreaterThan(time);
        expect(bucketStart(start, timeframe)).toBe(start);
        expect(bucketStart(end - 1, timeframe)).toBe(start);
        expect(bucketStart(end, timeframe)).toBe(end);
      }),
    );
  });
});

describe('bucketsBefore', () => {
  it('counts months by the calendar, over the turn of a year', () => {
    expect(iso(bucketsBefore(at('2024-03-01T00:00Z'), 1, 'MN1'))).toBe('2024-02-01T00:00:00.000Z');
    expect(iso(bucketsBefore(at('2024-03-01T00:00Z'), 15, 'MN1'))).toBe('2022-12-01T00:00:00.000Z');
    expect(iso(bucketsBefore(at('2024-12-01T00:00Z'), -1, 'MN1'))).toBe('2025-01-01T00:00:00.000Z');
  });

  it('takes as many steps back as it is told, each a bucket, and forth again', () => {
    fc.assert(
      fc.property(anyTime, anyTimeframe, fc.integer({ min: 0, max: 40 }), (time, timeframe, count) => {
        const start = bucketStart(time, timeframe);
        let walked = start;
        for (let step = 0; step < count; step++) walked = bucketStart(walked - 1, timeframe);
        expect(bucketsBefore(start, count, timeframe)).toBe(walked);
        expect(bucketsBefore(walked, -count, timeframe)).toBe(start);
      }),
    );
  });
});

describe('dividesInto', () => {
  it('says yes only where whole buckets of the one fill every bucket of the other', () => {
    const pairs = TIMEFRAMES.flatMap((shorter) => TIMEFRAMES.map((longer) => [shorter, longer] as const));
    for (const [shorter, longer] of pairs) {
      expect(dividesInto(shorter, longer), `${shorter} into ${longer}`).toBe(fills(shorter, longer));
    }
  });

  it('keeps H4 out of H6 and weeks out of months', () => {
    expect(dividesInto('H4', 'H6')).toBe(false);
    expect(dividesInto('W1', 'MN1')).toBe(false);
    expect(dividesInto('D1', 'MN1')).toBe(true);
  });
});

/** Private: the definition, over two years of buckets: each bound of the longer one is a bound of the shorter one. */
function fills(shorter: Timeframe, longer: Timeframe): boolean {
  for (let bound = bucketStart(at('2023-01-15T00:00Z'), longer); bound < at('2025-01-15T00:00Z');) {
    if (bucketStart(bound, shorter) !== bound) return false;
    bound = bucketEnd(bound, longer);
  }
  return TIMEFRAMES.indexOf(shorter) <= TIMEFRAMES.indexOf(longer);
}

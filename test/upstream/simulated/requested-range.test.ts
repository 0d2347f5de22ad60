import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketEnd, bucketStart, TIMEFRAME_MS, TIMEFRAMES } from '../../../src/market/timeframe.js';
import { requestedRange } from '../../../src/upstream/simulated/requested-range.js';

const EARLIEST = Date.UTC(2019, 0, 1);
const NOW = Date.UTC(2019, 5, 15, 10, 17, 30, 250);
const extent = { earliest: EARLIEST, now: NOW, most: 50 };
const ask = (range: { from?: number; to?: number; limit: number }) =>
  requestedRange({ symbol: 'BTC-USD', timeframe: 'H1', ...range }, extent);
const hour = (hours: number) => bucketStart(NOW, 'H1') + hours * TIMEFRAME_MS.H1;

describe('requestedRange', () => {
  it('ends with the bucket that is open', () => {
    expect(ask({ limit: 3 })).toEqual({ from: hour(-2), to: hour(1) });
    expect(ask({ from: hour(-1), limit: 9 })).toEqual({ from: hour(-1), to: hour(1) });
  });

  it('holds a bucket that opens at `from`, none that opens before it, none that opens at `to`', () => {
    expect(ask({ from: hour(-5), to: hour(-3), limit: 9 })).toEqual({ from: hour(-5), to: hour(-3) });
    expect(ask({ from: hour(-5) + 1, to: hour(-3) + 1, limit: 9 })).toEqual({ from: hour(-4), to: hour(-2) });
  });

  it('begins with the bucket of the earliest time, though it opened before', () => {
    const week = requestedRange({ symbol: 'BTC-USD', timeframe: 'W1', from: 0, limit: 1 }, extent);
    expect(week).toEqual({ from: Date.UTC(2018, 11, 31), to: Date.UTC(2019, 0, 7) });
  });

  it('never has more buckets than the most', () => {
    expect(ask({ limit: 1_000 })).toEqual({ from: hour(-49), to: hour(1) });
    expect(ask({ from: 0, limit: Infinity })).toEqual({ from: EARLIEST, to: EARLIEST + 50 * TIMEFRAME_MS.H1 });
  });

  it.each([
    { from: hour(-1), to: hour(-1), limit: 5 },
    { from: hour(-1), to: hour(-3), limit: 5 },
    { from: hour(1), limit: 5 },
    { from: Infinity, limit: 5 },
    { to: EARLIEST, limit: 5 },
    { to: -Infinity, limit: 5 },
    { limit: 0 },
    { limit: -1 },
    { limit: 0.5 },
    { limit: NaN },
    { from: NaN, limit: 5 },
    { to: NaN, limit: 5 },
    { from: 0, to: NaN, limit: 5 },
  ])('is none for %o', (range) => {
    expect(ask(range)).toBeUndefined();
  });

  it('has the buckets that a walk over all of them picks', () => {
    const time = fc.integer({ min: Date.UTC(2018, 10, 1), max: Date.UTC(2019, 7, 1) });
    const bound = fc.option(time, { nil: undefined });
    const timeframe = fc.constantFrom(...TIMEFRAMES.filter((timeframe) => TIMEFRAME_MS[timeframe] >= TIMEFRAME_MS.H4));
    const request = fc.record({ timeframe, from: bound, to: bound, limit: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(request, time, ({ timeframe, from, to, limit }, now) => {
        const fitting: number[] = [];
        for (let start = bucketStart(EARLIEST, timeframe); start <= now; start = bucketEnd(start, timeframe)) {
          if (start >= (from ?? -Infinity) && start < (to ?? Infinity)) fitting.push(start);
        }
        const count = Math.min(limit, extent.most);
        const picked = from === undefined ? fitting.slice(-count) : fitting.slice(0, count);
        const [first, last] = [picked.at(0), picked.at(-1)];
        const expected =
          first === undefined || last === undefined ? undefined : { from: first, to: bucketEnd(last, timeframe) };
        const asked = { symbol: 'BTC-USD', timeframe, from, to, limit };
        expect(requestedRange(asked, { ...extent, now })).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

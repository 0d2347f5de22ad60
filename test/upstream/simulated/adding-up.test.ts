import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate } from '../../../src/market/aggregate.js';
import { bucketEnd, bucketsBefore, bucketStart, TIMEFRAMES, type Timeframe } from '../../../src/market/timeframe.js';
import { CATALOG } from '../../../src/upstream/simulated/catalog.js';
import { allCandles, candlesOf, drivenMarket } from './driven-market.js';

const START = Date.UTC(2019, 0, 1);
const END = Date.UTC(2032, 0, 1);
const UP_TO_A_DAY = TIMEFRAMES.filter((timeframe) => timeframe !== 'W1' && timeframe !== 'MN1');

const anySeed = fc.constantFrom(1, 20_240_515);
const anySymbol = fc.constantFrom(...CATALOG.map(({ symbol }) => symbol));
/** Early enough before the clocks' END that every window here has closed by then. */
const anyTime = fc.integer({ min: START, max: END - 40 * 86_400_000 });

/** What one timeframe says of a window, and what its minutes add up to. */
async function bothWays(
  { seed, symbol, timeframe }: { seed: number; symbol: string; timeframe: Timeframe },
  { time, count, now = END }: { time: number; count: number; now?: number },
) {
  const { market } = drivenMarket({ seed, now });
  const from = Math.max(bucketStart(time, timeframe), bucketStart(START, timeframe));
  const to = bucketsBefore(from, -count, timeframe);
  const candles = await candlesOf(market, { symbol, timeframe, from, to, limit: count });
  const minutes = await allCandles(market, { symbol, timeframe: 'M1', from, to });
  return { candles, minutes, summed: aggregate(minutes, timeframe, now) };
}

describe('candles of the simulated market', () => {
  it('add up from minutes to days, to the last bit', async () => {
    const ask = fc.record({ seed: anySeed, symbol: anySymbol, timeframe: fc.constantFrom(...UP_TO_A_DAY) });
    await fc.assert(
      fc.asyncProperty(ask, anyTime, fc.integer({ min: 1, max: 3 }), async (asked, time, count) => {
        const { candles, summed } = await bothWays(asked, { time, count });
        expect(candles.length).toBe(count);
        expect(candles).toEqual(summed);
      }),
      { numRuns: 150 },
    );
  });

  it('add up from minutes to weeks and months, which share no bounds', async () => {
    const ask = fc.record({ seed: anySeed, symbol: anySymbol, timeframe: fc.constantFrom<Timeframe>('W1', 'MN1') });
    await fc.assert(
      fc.asyncProperty(ask, anyTime, async (asked, time) => {
        const { candles, minutes, summed } = await bothWays(asked, { time, count: 1 });
        expect(minutes.length).toBeGreaterThan(5 * 1_440);
        expect(candles).toEqual(summed);
      }),
      { numRuns: 10 },
    );
  });

  it('add up over the turn of an epoch', async () => {
    const turn = START + 512 * 86_400_000;
    for (const timeframe of ['H1', 'H6', 'D1', 'W1', 'MN1'] as const) {
      const { candles, summed } = await bothWays(
        { seed: 1, symbol: 'BTC-USD', timeframe },
        { time: turn - 1, count: 2 },
      );
      expect(candles).toHaveLength(2);
      expect(candles).toEqual(summed);
      expect(candles[1]?.open).toBe(candles[0]?.close);
    }
  });

  it('add up while they are open', async () => {
    const ask = fc.record({ seed: anySeed, symbol: anySymbol, timeframe: fc.constantFrom(...UP_TO_A_DAY) });
    await fc.assert(
      fc.asyncProperty(ask, anyTime, async (asked, now) => {
        const { candles, minutes, summed } = await bothWays(asked, { time: now, count: 1, now });
        expect(candles).toEqual(summed);
        expect(candles.map(({ closed }) => closed)).toEqual([false]);
        expect(minutes.at(-1)?.time).toBe(bucketStart(now, 'M1'));
        expect(minutes.at(-1)?.closed).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('are the same whatever else is asked for, and whenever', async () => {
    const ask = fc.record({ seed: anySeed, symbol: anySymbol, timeframe: fc.constantFrom(...TIMEFRAMES) });
    const size = fc.integer({ min: 1, max: 60 });
    await fc.assert(
      fc.asyncProperty(ask, anyTime, fc.tuple(size, size), async ({ seed, ...asked }, time, [before, after]) => {
        const start = Math.max(bucketStart(time, asked.timeframe), bucketStart(START, asked.timeframe));
        const end = bucketEnd(start, asked.timeframe);
        const soon = drivenMarket({ seed, now: end }).market;
        const late = drivenMarket({ seed, now: END }).market;
        const alone = await candlesOf(soon, { ...asked, from: start, to: end, limit: 1 });
        expect(alone.map(({ time, closed }) => [time, closed])).toEqual([[start, true]]);
        const last = await candlesOf(late, { ...asked, to: end, limit: before });
        const first = await candlesOf(late, { ...asked, from: start, limit: after });
        expect(last.slice(-1)).toEqual(alone);
        expect(first.slice(0, 1)).toEqual(alone);
      }),
      { numRuns: 150 },
    );
  });

  it('are sound: in order, without gaps, each opening where the one before closed, on the steps of its pair', async () => {
    const ask = fc.record({ symbol: fc.constantFrom(...CATALOG), timeframe: fc.constantFrom(...TIMEFRAMES) });
    await fc.assert(
      fc.asyncProperty(anySeed, ask, anyTime, async (seed, { symbol: listing, timeframe }, now) => {
        const { market } = drivenMarket({ seed, now });
        const candles = await candlesOf(market, { symbol: listing.symbol, timeframe, limit: 60 });
        candles.forEach(({ time, open, high, low, close, volume }, index) => {
          expect(low).toBeLessThanOrEqual(Math.min(open, close));
          expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
          for (const price of [open, high, low, close]) {
            expect(price).toBeGreaterThan(0);
            expect(Number(price.toFixed(listing.priceDecimals))).toBe(price);
          }
          expect(volume).toBeGreaterThanOrEqual(0);
          expect(Number.isInteger(volume * 10 ** listing.quantityDecimals)).toBe(true);
          const previous = candles[index - 1];
          if (previous) expect([time, open]).toEqual([bucketEnd(previous.time, timeframe), previous.close]);
        });
      }),
      { numRuns: 100 },
    );
  });
});

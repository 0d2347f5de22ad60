import { describe, expect, it } from 'vitest';
import type { Candle } from '../../src/market/candle.js';
import type { MarketData } from '../../src/market/market-data.js';
import { createLoaderWorld } from './loader-world.js';

const KEY = { symbol: 'BTC-USD', timeframe: 'M5' } as const;
const MINUTE = 60_000;

describe('series loader', () => {
  it('holds what one call of the source answers, the open candle last, until the next close', async () => {
    const { request, market } = createLoaderWorld();
    const series = await request().series.load(KEY);
    const [whole] = await market.candles([{ ...KEY, limit: 500 }]);
    expect(series).toEqual({ symbol: 'BTC-USD', candles: whole, nextClose: Date.UTC(2026, 0, 15, 12, 5) });
    expect(series.candles.map(({ closed }) => closed)).toEqual([...Array<boolean>(499).fill(true), false]);
  });

  it('fetches only what came after its last closed candle, and equals the whole', async () => {
    const { request, clock, calls, market } = createLoaderWorld();
    await request().series.load(KEY);
    for (const minutes of [1, 4, 7, 23]) {
      clock.advance(minutes * MINUTE);
      const series = await request().series.load(KEY);
      const [whole] = await market.candles([{ ...KEY, limit: 500 }]);
      expect(series.candles).toEqual(whole);
    }
    const fetched = calls.slice(1).map(([only]) => Math.round((clock.now() - (only?.from ?? NaN)) / (5 * MINUTE)));
    expect(calls.every(([only], i) => (i === 0) === (only?.from === undefined))).toBe(true);
    expect(Math.max(...fetched)).toBeLessThan(10);
  });

  it('is fetched anew as a whole where a closed candle was revised', async () => {
    let factor = 1;
    const revise = (candle: Candle) => ({ ...candle, close: candle.close * factor });
    const { request, clock, calls } = createLoaderWorld((market: MarketData) => ({
      candles: async (requests) =>
        (await market.candles(requests)).map((each) => (each instanceof Error ? each : each.map(revise))),
    }));
    const before = await request().series.load(KEY);
    factor = 2;
    clock.advance(6 * MINUTE);
    const after = await request().series.load(KEY);
    expect(calls.map(([only]) => only?.from === undefined)).toEqual([true, false, true]);
    expect(after.candles[0]?.close).not.toBe(before.candles[1]?.close);
    expect(after.candles.slice(0, 400).map(({ time }) => time)).toEqual(
      before.candles.slice(1, 401).map(({ time }) => time),
    );
  });

  it('is fetched anew as a whole after its tag was raised, and by force', async () => {
    const { request, cache, calls } = createLoaderWorld();
    await request().series.load(KEY);
    await cache.invalidate(['candles:BTC-USD']);
    await request().series.load(KEY);
    await request().series.load(KEY, { force: true });
    expect(calls.map(([only]) => only?.from)).toEqual([undefined, undefined, undefined]);
  });

  it('fails an unknown symbol alone', async () => {
    const { request, calls } = createLoaderWorld();
    const [known, unknown] = await request().series.loadMany([KEY, { ...KEY, symbol: 'NOPE' }]);
    expect(known).toMatchObject({ symbol: 'BTC-USD' });
    expect(unknown).toMatchObject({ code: 'NOT_FOUND', details: { symbol: 'NOPE' } });
    expect(calls.map((requests) => requests.length)).toEqual([1]);
  });
});

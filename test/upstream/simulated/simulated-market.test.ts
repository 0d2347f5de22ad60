import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../src/market/candle.js';
import type { Ticker } from '../../../src/market/instrument.js';
import { bucketEnd, bucketStart, TIMEFRAMES } from '../../../src/market/timeframe.js';
import { CATALOG } from '../../../src/upstream/simulated/catalog.js';
import { createSimulatedMarket } from '../../../src/upstream/simulated/simulated-market.js';
import { allCandles, candlesOf, drivenMarket, NOON } from './driven-market.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 1_440 * MINUTE;
const START = Date.UTC(2019, 0, 1);
const BTC = { symbol: 'BTC-USD', timeframe: 'H1', limit: 24 } as const;

describe('the simulated market', () => {
  it('says what it is', () => {
    const { market, clock } = drivenMarket({ seed: 7 });
    expect(market.source).toBe('simulated');
    expect(market.timeframes).toEqual(TIMEFRAMES);
    expect([market.closeDelayMs, market.frozen, market.faults()]).toEqual([0, false, []]);
    expect(market.requestsPerCall).toBe(Infinity);
    expect(market.now()).toBe(NOON);
    clock.present += 5;
    expect(market.now()).toBe(NOON + 5);
  });

  it('is told apart by its seed and by what it lists', () => {
    const clock = { now: () => NOON, monotonic: () => 0 };
    const fingerprint = (seed: number, symbols?: string[]) =>
      createSimulatedMarket({ seed, latencyMs: 0, clock, ...(symbols && { symbols }) }).fingerprint;
    expect(fingerprint(1)).toBe(fingerprint(1));
    expect(
      new Set([fingerprint(1), fingerprint(2), fingerprint(1, ['BTC-USD']), fingerprint(1, ['ETH-USD'])]).size,
    ).toBe(4);
    expect(fingerprint(1)).toMatch(/^simulated:1:/);
  });

  it('has the same candles for the same seed, and others for another', async () => {
    const [one, again, other] = await Promise.all(
      [1, 1, 2].map((seed) => candlesOf(drivenMarket({ seed }).market, BTC)),
    );
    expect(one).toHaveLength(24);
    expect(again).toEqual(one);
    const shared = one!.filter(({ close }, index) => close === other![index]?.close);
    expect(shared).toEqual([]);
  });

  it('keeps the candles that caches hold under its fingerprint: where these change, EDITION is raised', async () => {
    const { market } = drivenMarket();
    const time = Date.UTC(2024, 1, 29);
    const answer = (symbol: string, timeframe: 'D1' | 'M1') =>
      candlesOf(market, { symbol, timeframe, from: time, limit: 1 });
    expect([market.fingerprint, await answer('BTC-USD', 'D1'), await answer('SHIB-USD', 'M1')]).toMatchInlineSnapshot(`
      [
        "simulated:1:1",
        [
          {
            "close": 75793.93,
            "closed": true,
            "high": 83658.22,
            "low": 75294.31,
            "open": 79175.32,
            "time": 1709164800000,
            "volume": 138525.078125,
          },
        ],
        [
          {
            "close": 0.000044441,
            "closed": true,
            "high": 0.000044441,
            "low": 0.000044431,
            "open": 0.000044432,
            "time": 1709164800000,
            "volume": 1800261632,
          },
        ],
      ]
    `);
  });

  it('lists its pairs with exact steps', async () => {
    const instruments = await drivenMarket().market.instruments();
    expect(instruments).toHaveLength(243);
    expect(instruments[0]).toEqual({
      symbol: 'BTC-USD',
      name: 'Bitcoin',
      base: 'BTC',
      quote: 'USD',
      exchange: 'SIMULATED',
      status: 'ONLINE',
      priceIncrement: '0.01',
      quantityIncrement: '0.00000001',
      timeframes: TIMEFRAMES,
    });
    const pepe = instruments.find(({ symbol }) => symbol === 'PEPE-USD');
    expect([pepe?.priceIncrement, pepe?.quantityIncrement]).toEqual(['0.0000000001', '1']);
  });

  it('lists no more than it is told, in that order', async () => {
    const clock = { now: () => NOON, monotonic: () => 0 };
    const symbols = ['SOL-USD', 'BTC-USD'];
    const market = createSimulatedMarket({ seed: 1, latencyMs: 0, clock, symbols });
    expect((await market.instruments()).map(({ symbol }) => symbol)).toEqual(symbols);
    expect(await candlesOf(market, BTC)).toEqual(await candlesOf(drivenMarket().market, BTC));
    await expect(candlesOf(market, { ...BTC, symbol: 'ETH-USD' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(() => createSimulatedMarket({ seed: 1, latencyMs: 0, clock, symbols: ['NO-PE'] })).toThrow(/NO-PE/);
  });

  it('answers an unknown symbol with an error in its place, and the others as ever', async () => {
    const { market } = drivenMarket();
    const notFound = { code: 'NOT_FOUND', details: { symbol: 'btc-usd' } };
    const candles = await market.candles([BTC, { ...BTC, symbol: 'btc-usd' }, { ...BTC, symbol: 'ETH-USD' }]);
    expect(candles).toMatchObject([{ length: 24 }, notFound, { length: 24 }]);
    const tickers = await market.tickers(['btc-usd', 'BTC-USD']);
    expect(tickers).toMatchObject([notFound, { symbol: 'BTC-USD' }]);
    await expect(market.orderBook('btc-usd', 5)).rejects.toMatchObject(notFound);
  });

  it('answers nothing for a range that holds no time', async () => {
    const { market } = drivenMarket();
    const noon = bucketStart(NOON, 'H1');
    const ranges = [{ from: noon, to: noon }, { from: noon, to: 0 }, { from: NaN }, { to: -Infinity }, { limit: 0 }];
    const answers = await market.candles(ranges.map((range) => ({ ...BTC, ...range })));
    expect(answers).toEqual(ranges.map(() => []));
    expect(await market.candles([])).toEqual([]);
  });

  it('gives no more than candlesPerCall', async () => {
    const { market } = drivenMarket();
    expect(await candlesOf(market, { ...BTC, timeframe: 'M1', limit: 1e9 })).toHaveLength(market.candlesPerCall);
  });

  it('gives the event loop its turn whenever a call has computed for ten milliseconds', async () => {
    const turnsOf = async (stepMs: number) => {
      let elapsed = 0;
      const clock = { now: () => NOON, monotonic: () => (elapsed += stepMs) };
      const market = createSimulatedMarket({ seed: 1, latencyMs: 0, clock });
      let turns = 0;
      let isOver = false;
      const turn = () => {
        turns += 1;
        if (!isOver) setImmediate(turn);
      };
      setImmediate(turn);
      await market.candles(Array.from({ length: 20 }, () => BTC));
      isOver = true;
      return turns;
    };
    expect([await turnsOf(0), await turnsOf(10)]).toEqual([0, 20]);
  });
});

describe('its latency', () => {
  it('passes once a call, however much the call asks for', async () => {
    const slept: number[] = [];
    const sleep = async (ms: number) => slept.push(ms);
    const clock = { now: () => NOON, monotonic: () => 0 };
    const market = createSimulatedMarket({ seed: 1, latencyMs: 40, clock, sleep });
    await market.candles([BTC, { ...BTC, symbol: 'ETH-USD' }]);
    await market.tickers(['BTC-USD', 'ETH-USD', 'SOL-USD']);
    await market.orderBook('BTC-USD', 5);
    await market.instruments();
    expect(slept).toEqual([40, 40, 40, 40]);
  });

  it('comes before the answer is made up: a candle that closes meanwhile is closed', async () => {
    const clock = {
      present: bucketEnd(bucketStart(NOON, 'H1'), 'H1') - 1,
      now: () => clock.present,
      monotonic: () => 0,
    };
    const sleep = async (ms: number) => (clock.present += ms);
    const market = createSimulatedMarket({ seed: 1, latencyMs: 1, clock, sleep });
    const candles = await candlesOf(market, { ...BTC, limit: 2 });
    expect(candles.map(({ closed }) => closed)).toEqual([true, false]);
  });
});

describe('its history', () => {
  it.each(TIMEFRAMES)('begins with 2019 in %s', async (timeframe) => {
    const { market } = drivenMarket();
    const [first] = await candlesOf(market, { symbol: 'BTC-USD', timeframe, from: 0, limit: 3 });
    expect(first?.time).toBe(bucketStart(START, timeframe));
    expect(await candlesOf(market, { symbol: 'BTC-USD', timeframe, to: first!.time, limit: 3 })).toEqual([]);
  });

  it('goes on for longer than anyone will ask', async () => {
    const { market } = drivenMarket({ now: Date.UTC(2100, 0, 1) });
    const years = await candlesOf(market, { symbol: 'BTC-USD', timeframe: 'MN1', from: 0, limit: 5_000 });
    expect(years).toHaveLength(81 * 12 + 1);
    const prices = years.flatMap(({ low, high }) => [low, high]);
    expect(Math.min(...prices)).toBeGreaterThan(2_000);
    expect(Math.max(...prices)).toBeLessThan(2_000_000);
  });

  it('is empty before', async () => {
    const { market } = drivenMarket({ now: START - 1 });
    expect(await candlesOf(market, BTC)).toEqual([]);
    expect(await market.tickers(['BTC-USD'])).toMatchObject([{ code: 'NOT_FOUND', details: { symbol: 'BTC-USD' } }]);
    await expect(market.orderBook('BTC-USD', 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('its open candle', () => {
  it('grows second by second into the closed one', async () => {
    const { market, clock } = drivenMarket();
    const from = bucketStart(NOON, 'M5');
    const seen: Candle[] = [];
    for (clock.present = from; clock.present < from + 5 * MINUTE; clock.present += SECOND) {
      const [open, ...more] = await candlesOf(market, { symbol: 'BTC-USD', timeframe: 'M5', from, limit: 9 });
      expect(more).toEqual([]);
      seen.push(open!);
    }
    const [closed, next] = await candlesOf(market, { symbol: 'BTC-USD', timeframe: 'M5', from, limit: 9 });
    seen.forEach((candle, second) => {
      const later = seen[second + 1] ?? closed!;
      expect([candle.time, candle.open, candle.closed]).toEqual([closed!.time, closed!.open, false]);
      expect(later.high).toBeGreaterThanOrEqual(candle.high);
      expect(later.low).toBeLessThanOrEqual(candle.low);
      expect(later.volume).toBeGreaterThanOrEqual(candle.volume);
    });
    expect(closed).toEqual({ ...seen.at(-1), closed: true });
    expect(new Set(seen.map(({ close }) => close)).size).toBeGreaterThan(100);
    expect(next).toMatchObject({ time: from + 5 * MINUTE, open: closed!.close, closed: false });
  });

  it('stands still within a second', async () => {
    const { market, clock } = drivenMarket();
    clock.present = Math.floor(NOON / SECOND) * SECOND;
    const [first] = await candlesOf(market, { ...BTC, limit: 1 });
    clock.present += 999;
    expect(await candlesOf(market, { ...BTC, limit: 1 })).toEqual([first]);
    clock.present += 1;
    expect(await candlesOf(market, { ...BTC, limit: 1 })).not.toEqual([first]);
  });
});

describe('its tickers', () => {
  it('tell the close of the open minute, the change and the volume of a day', async () => {
    const { market, clock } = drivenMarket();
    for (const now of [NOON, bucketStart(NOON, 'D1'), bucketStart(NOON, 'M1') + 59_999]) {
      clock.present = now;
      const [ticker] = await market.tickers(['ETH-USD']);
      const from = bucketStart(now - DAY, 'M1');
      const minutes = await allCandles(market, {
        symbol: 'ETH-USD',
        timeframe: 'M1',
        from: from - MINUTE,
        to: now + 1,
      });
      const [dayAgo, ...day] = minutes;
      expect(ticker).toEqual({
        symbol: 'ETH-USD',
        price: minutes.at(-1)!.close,
        change24hPercent: (minutes.at(-1)!.close / dayAgo!.close - 1) * 100,
        volume24h: day.reduce((sum, { volume }) => sum + volume, 0),
        time: now,
      });
    }
  });

  it('know neither change nor volume of a day before there was one', async () => {
    const { market, clock } = drivenMarket({ now: START + DAY - 1 });
    expect(await market.tickers(['BTC-USD'])).toMatchObject([{ change24hPercent: null, volume24h: null }]);
    clock.present += 1;
    expect(await market.tickers(['BTC-USD'])).toMatchObject([
      { change24hPercent: expect.any(Number) as number, volume24h: expect.any(Number) as number },
    ]);
  });

  it('are there for every pair, none like another', async () => {
    const tickers = await drivenMarket().market.tickers(CATALOG.map(({ symbol }) => symbol));
    const sound = tickers.filter((ticker): ticker is Ticker => !(ticker instanceof Error) && ticker.price > 0);
    expect(sound).toHaveLength(243);
    expect(new Set(sound.map(({ change24hPercent }) => change24hPercent)).size).toBeGreaterThan(235);
    expect(sound.every(({ volume24h }) => volume24h !== null && volume24h > 0)).toBe(true);
  });
});

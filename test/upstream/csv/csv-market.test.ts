import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCsvMarket } from '../../../src/upstream/csv/csv-market.js';
import { candlesOf, csvOf, makeFolder, openFiles, timesOf } from './csv-folder.js';

/** Four days, the third missing. */
const DAYS = csvOf(
  '2024-01-01,10,12,9,11,100',
  '2024-01-02,11,13,10,12,200',
  '2024-01-04,12,15,11,14.5,300',
  '2024-01-05,14.5,16,14,15,400',
);
/** Hours from 2024-01-01 00:00, opening at their number, with a volume of 1. */
const hours = (count: number, price = (hour: number) => hour + 1) =>
  csvOf(
    ...Array.from({ length: count }, (_, hour) => {
      const time = new Date(Date.UTC(2024, 0, 1, hour)).toISOString();
      return `${time},${price(hour)},${price(hour) + 2},${price(hour) - 1},${price(hour) + 1},1`;
    }),
  );

describe('openCsvMarket', () => {
  it('serves the candles of a file as they are, gaps too', async () => {
    const market = await openFiles({ 'BTC-USD-1d.csv': DAYS });
    const candles = await candlesOf(market, { symbol: 'BTC-USD', timeframe: 'D1' });
    expect(timesOf(candles)).toEqual(['2024-01-01', '2024-01-02', '2024-01-04', '2024-01-05']);
    expect(candles[2]).toEqual({
      time: Date.UTC(2024, 0, 4),
      open: 12,
      high: 15,
      low: 11,
      close: 14.5,
      volume: 300,
      closed: true,
    });
    expect(market).toMatchObject({ source: 'csv', frozen: true, closeDelayMs: 0, timeframes: ['D1', 'W1', 'MN1'] });
    expect(market.faults()).toEqual([]);
    await market.close();
  });

  it('answers ranges: from the first ones, without it the last ones before to', async () => {
    const market = await openFiles({ 'BTC-USD-1d.csv': DAYS });
    const of = async (range: { from?: number; to?: number; limit?: number }) =>
      timesOf(await candlesOf(market, { symbol: 'BTC-USD', timeframe: 'D1', ...range }));
    expect(await of({ limit: 2 })).toEqual(['2024-01-04', '2024-01-05']);
    expect(await of({ from: Date.UTC(2024, 0, 2), limit: 2 })).toEqual(['2024-01-02', '2024-01-04']);
    expect(await of({ to: Date.UTC(2024, 0, 5), limit: 2 })).toEqual(['2024-01-02', '2024-01-04']);
    expect(await of({ from: Date.UTC(2024, 0, 2), to: Date.UTC(2024, 0, 4) })).toEqual(['2024-01-02']);
    expect(await of({ from: Date.UTC(2025, 0, 1) })).toEqual([]);
  });

  it('reads one file alone, zipped or not', async () => {
    const folder = await makeFolder({ 'GOOG.csv': DAYS, 'BTCUSDT_1h.csv.gz': hours(3) });
    const symbols = async (name: string) =>
      (await (await openCsvMarket(join(folder, name))).instruments()).map(({ symbol }) => symbol);
    expect(await symbols('GOOG.csv')).toEqual(['GOOG']);
    expect(await symbols('BTCUSDT_1h.csv.gz')).toEqual(['BTCUSDT']);
  });

  it('reads the csv files of a folder, not those of its subfolders, nor hidden ones, nor others', async () => {
    const market = await openFiles({
      'A.csv': DAYS,
      'B.CSV.GZ': gzipSync(DAYS),
      'c.csv.gz': DAYS,
      'notes.txt': 'nothing',
      '._A.csv': 'a file manager’s own',
      'more/D.csv': DAYS,
      'folder.csv/E.csv': DAYS,
    });
    expect((await market.instruments()).map(({ symbol }) => symbol)).toEqual(['A', 'B', 'c']);
    expect(market.faults()).toEqual([]);
  });

  it('reads rows in any order', async () => {
    const [header, ...rows] = DAYS.trim().split('\n');
    const expected = await candlesOf(await openFiles({ 'A.csv': DAYS }), { symbol: 'A', timeframe: 'D1' });
    const shuffled = [rows[2], rows[0], rows[3], rows[1]];
    for (const order of [rows.toReversed(), shuffled]) {
      const market = await openFiles({ 'A.csv': [header, ...order].join('\n') });
      expect(await candlesOf(market, { symbol: 'A', timeframe: 'D1' })).toEqual(expected);
    }
  });

  it('reads several symbols of one file', async () => {
    const market = await openFiles({
      'all.csv': [
        'Symbol,Unix,Open,High,Low,Close,Volume ATOM,Volume USDT',
        'ATOMUSDT,1704067200000,10,12,9,11,5,50',
        'LINKUSDT,1704067200000,20,22,19,21,6,120',
        'ATOMUSDT,1704153600000,11,12,9,10,7,70',
        'LINKUSDT,1704153600000,21,22,19,20,8,160',
      ].join('\n'),
    });
    expect((await market.instruments()).map(({ symbol }) => symbol)).toEqual(['ATOMUSDT', 'LINKUSDT']);
    const link = await candlesOf(market, { symbol: 'LINKUSDT', timeframe: 'D1' });
    expect(link.map(({ close, volume }) => [close, volume])).toEqual([
      [21, 6],
      [20, 8],
    ]);
  });

  it('stands at the close of the last candle of all its symbols, for ever', async () => {
    const market = await openFiles({ 'A.csv': DAYS, 'B.csv': hours(3) });
    expect(new Date(market.now()).toISOString()).toBe('2024-01-06T00:00:00.000Z');
  });

  it('builds longer timeframes, and leaves gaps', async () => {
    const market = await openFiles({ 'A.csv': DAYS, 'B.csv': hours(30) });
    expect(market.timeframes).toEqual(['H1', 'H4', 'H6', 'D1', 'W1', 'MN1']);
    const [a, b] = await market.instruments();
    expect(a?.timeframes).toEqual(['D1', 'W1', 'MN1']);
    expect(b?.timeframes).toEqual(['H1', 'H4', 'H6', 'D1', 'W1', 'MN1']);
    const fours = await candlesOf(market, { symbol: 'B', timeframe: 'H4' });
    expect(fours).toHaveLength(8);
    expect(fours[1]).toMatchObject({ time: Date.UTC(2024, 0, 1, 4), open: 5, high: 10, low: 4, close: 9, volume: 4 });
    const days = await candlesOf(market, { symbol: 'A', timeframe: 'D1' });
    expect(days).toHaveLength(4);
  });

  it('leaves a built candle open whose bucket ends after its present', async () => {
    const market = await openFiles({ 'A.csv': DAYS });
    const [week] = await candlesOf(market, { symbol: 'A', timeframe: 'W1' });
    expect(week).toEqual({
      time: Date.UTC(2024, 0, 1),
      open: 10,
      high: 16,
      low: 9,
      close: 15,
      volume: 1_000,
      closed: false,
    });
    const later = await openFiles({ 'A.csv': DAYS, 'B.csv': csvOf('2024-01-06,1,1,1,1,1', '2024-01-07,1,1,1,1,1') });
    expect(await candlesOf(later, { symbol: 'A', timeframe: 'W1' })).toEqual([{ ...week, closed: true }]);
  });

  it('serves each timeframe from its own file, and others from the longest that fills them', async () => {
    const market = await openFiles({
      'BTCUSDT_1h.csv': hours(48, () => 50),
      'BTCUSDT_1d.csv': csvOf('2024-01-01,1,1,1,1,7', '2024-01-02,1,1,1,1,7'),
    });
    const volumes = async (timeframe: 'H1' | 'H4' | 'D1' | 'W1') =>
      (await candlesOf(market, { symbol: 'BTCUSDT', timeframe })).map(({ volume }) => volume);
    expect(await market.instruments()).toHaveLength(1);
    expect((await volumes('H1')).length).toBe(48);
    expect((await volumes('H4'))[0]).toBe(4);
    expect(await volumes('D1')).toEqual([7, 7]);
    expect(await volumes('W1')).toEqual([14]);
  });

  it('joins the files of one symbol and timeframe', async () => {
    const market = await openFiles({
      'A-1d.csv': csvOf('2024-02-01,3,3,3,3,3', '2024-02-02,4,4,4,4,4'),
      'A_1d.csv': csvOf('2024-01-30,1,1,1,1,1', '2024-01-31,2,2,2,2,2', '2024-02-01,3,3,3,3,3'),
    });
    const candles = await candlesOf(market, { symbol: 'A', timeframe: 'D1' });
    expect(timesOf(candles)).toEqual(['2024-01-30', '2024-01-31', '2024-02-01', '2024-02-02']);
    expect(market.faults()).toEqual([]);
  });

  it('matches symbols without regard to case', async () => {
    const market = await openFiles({ 'BTC-usd.csv': DAYS });
    expect(await candlesOf(market, { symbol: 'btc-USD', timeframe: 'D1' })).toHaveLength(4);
    expect(await market.tickers(['btc-USD'])).toMatchObject([{ symbol: 'BTC-usd' }]);
  });

  it('builds no months from weeks', async () => {
    const market = await openFiles({ 'A.csv': csvOf('2024-01-01,1,1,1,1,1', '2024-01-08,1,1,1,1,1') });
    expect(market.timeframes).toEqual(['W1']);
  });

  it('answers in order and length, each failure in its place', async () => {
    const market = await openFiles({ 'A.csv': DAYS });
    const answers = await market.candles([
      { symbol: 'NOPE', timeframe: 'D1', limit: 1 },
      { symbol: 'A', timeframe: 'H1', limit: 1 },
      { symbol: 'A', timeframe: 'D1', limit: 1 },
    ]);
    expect(answers[0]).toMatchObject({ code: 'NOT_FOUND', details: { symbol: 'NOPE' } });
    expect(answers[1]).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'timeframe: A has D1, W1, MN1, but got "H1".',
      details: { allowed: ['D1', 'W1', 'MN1'] },
    });
    expect(answers[2]).toHaveLength(1);
    const tickers = await market.tickers(['A', 'NOPE']);
    expect(tickers).toMatchObject([{ symbol: 'A' }, { code: 'NOT_FOUND' }]);
  });

  it('has no order book', async () => {
    const market = await openFiles({ 'A.csv': DAYS });
    await expect(market.orderBook('A', 10)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'This market source (csv) has no order book.',
    });
    await expect(market.orderBook('B', 10)).rejects.toMatchObject({ code: 'NOT_FOUND', details: { symbol: 'B' } });
  });

  it('has a fingerprint of the files’ names and sizes', async () => {
    const print = async (files: Record<string, string>) => (await openFiles(files)).fingerprint;
    const one = await print({ 'A.csv': DAYS });
    expect(one).toMatch(/^csv:[\w-]{22}$/);
    expect(await print({ 'A.csv': DAYS })).toBe(one);
    expect(await print({ 'B.csv': DAYS })).not.toBe(one);
    expect(await print({ 'A.csv': `${DAYS}\n` })).not.toBe(one);
    expect(await print({ 'A.csv': DAYS, 'B.csv': DAYS })).not.toBe(one);
  });
});

describe('the instruments of a csv source', () => {
  it('say what names and data say', async () => {
    const market = await openFiles({
      'Binance_BTCUSDT_d.csv': csvOf('2024-01-01,42000.10,42001,42000,42000.5,1.25000', '2024-01-02,1,2,1,2,3'),
      'GOOG.csv': csvOf('2024-01-01,100.1,101,100,100.5,12000', '2024-01-02,1,2,1,2,3'),
    });
    expect(await market.instruments()).toEqual([
      {
        symbol: 'BTCUSDT',
        name: 'BTC / USDT',
        base: 'BTC',
        quote: 'USDT',
        exchange: 'Binance',
        status: 'ONLINE',
        priceIncrement: '0.1',
        quantityIncrement: '0.01',
        timeframes: ['D1', 'W1', 'MN1'],
      },
      {
        symbol: 'GOOG',
        name: 'GOOG',
        base: 'GOOG',
        quote: null,
        exchange: null,
        status: 'ONLINE',
        priceIncrement: '0.1',
        quantityIncrement: '1',
        timeframes: ['D1', 'W1', 'MN1'],
      },
    ]);
  });
});

describe('the tickers of a csv source', () => {
  const tickerOf = async (text: string) => {
    const [ticker] = await (await openFiles({ 'A.csv': text })).tickers(['A']);
    return ticker;
  };

  it('have the last close, its change and volume of 24 h by candles', async () => {
    expect(await tickerOf(hours(49, (hour) => hour * 10))).toEqual({
      symbol: 'A',
      price: 481,
      change24hPercent: (481 / 241 - 1) * 100,
      volume24h: 24,
      time: Date.UTC(2024, 0, 3, 1),
    });
  });

  it('have no change with less history than 24 h before the last candle', async () => {
    expect(await tickerOf(hours(24))).toMatchObject({ change24hPercent: null, volume24h: 24 });
    expect(await tickerOf(hours(25))).toMatchObject({ change24hPercent: (26 / 2 - 1) * 100, volume24h: 24 });
  });

  it('compare days to the close that stood 24 h before, over a gap too', async () => {
    const monday = csvOf('2024-01-04,1,1,1,10,5', '2024-01-05,1,1,1,20,6', '2024-01-08,1,1,1,30,7');
    expect(await tickerOf(monday)).toMatchObject({ price: 30, change24hPercent: 50, volume24h: 7 });
  });

  it('have neither of longer timeframes', async () => {
    const weeks = csvOf('2024-01-01,1,1,1,10,5', '2024-01-08,1,1,1,20,6');
    expect(await tickerOf(weeks)).toMatchObject({ price: 20, change24hPercent: null, volume24h: null });
  });

  it('stand at their own last candle, of several files the latest', async () => {
    const market = await openFiles({
      'A_1h.csv': hours(48),
      'A_1d.csv': csvOf('2024-01-02,1,1,1,1,1', '2024-01-03,1,1,1,99,1'),
      'B.csv': DAYS,
    });
    const time = (day: number) => Date.UTC(2024, 0, day);
    expect(await market.tickers(['A', 'B'])).toMatchObject([
      { price: 99, time: time(4) },
      { price: 15, time: time(6) },
    ]);
    expect(market.now()).toBe(time(6));
  });

  it('know no change from a price of zero', async () => {
    expect(await tickerOf(csvOf('2024-01-01,1,1,0,0,1', '2024-01-02,1,1,1,1,1'))).toMatchObject({
      change24hPercent: null,
    });
  });
});

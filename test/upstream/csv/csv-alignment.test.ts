import { describe, expect, it } from 'vitest';
import type { Timeframe } from '../../../src/market/timeframe.js';
import { candlesOf, csvOf, openFiles, timesOf } from './csv-folder.js';

/** Candles of rows at these times, each with the price and volume of its number from 1. */
async function at(timeframe: Timeframe, ...times: readonly string[]) {
  const rows = times.map((time, i) => `${time},${i + 1},${i + 1},${i + 1},${i + 1},${i + 1}`);
  const market = await openFiles({ 'A.csv': csvOf(...rows) });
  expect((await market.instruments())[0]?.timeframes[0]).toBe(timeframe);
  return { market, candles: await candlesOf(market, { symbol: 'A', timeframe }) };
}

describe('the alignment of csv rows', () => {
  it('takes times without zone for UTC', async () => {
    const { candles } = await at('H1', '2024-01-01 09:00', '2024-01-01 10:00');
    expect(timesOf(candles)).toEqual(['2024-01-01T09:00Z', '2024-01-01T10:00Z']);
  });

  it('takes times with a zone for what they are', async () => {
    const { candles } = await at('H1', '2024-01-01T00:00:00+01:00', '2024-01-01T01:00:00+01:00');
    expect(timesOf(candles)).toEqual(['2023-12-31T23:00Z', '2024-01-01']);
  });

  it('puts month-end rows into their months', async () => {
    const { market, candles } = await at('MN1', '2023-12-31', '2024-01-31', '2024-02-29', '2024-03-29', '2024-04-30');
    expect(timesOf(candles)).toEqual(['2023-12-01', '2024-01-01', '2024-02-01', '2024-03-01', '2024-04-01']);
    expect(candles.map(({ close }) => close)).toEqual([1, 2, 3, 4, 5]);
    expect(market.now()).toBe(Date.UTC(2024, 4, 1));
  });

  it('puts weeks that begin on Sunday, or after a holiday, into those that begin on Monday', async () => {
    const { candles } = await at('W1', '2024-01-07', '2024-01-14', '2024-01-21', '2024-01-29');
    expect(timesOf(candles)).toEqual(['2024-01-01', '2024-01-08', '2024-01-15', '2024-01-29']);
  });

  it('puts days into the day that holds their opening', async () => {
    const { market, candles } = await at('D1', '2024-01-01 14:30', '2024-01-02 14:30', '2024-01-03 14:30');
    expect(timesOf(candles)).toEqual(['2024-01-01', '2024-01-02', '2024-01-03']);
    expect(market.now()).toBe(Date.UTC(2024, 0, 4));
  });

  it('puts days with a zone into the date that they write, over a change of clocks too', async () => {
    const london = ['2024-03-29T00:00:00+00:00', '2024-03-30T00:00:00+00:00', '2024-03-31T00:00:00+00:00'];
    const { candles } = await at('D1', ...london, '2024-04-01T00:00:00+01:00', '2024-04-02T00:00:00+01:00');
    expect(timesOf(candles)).toEqual(['2024-03-29', '2024-03-30', '2024-03-31', '2024-04-01', '2024-04-02']);
  });

  it('makes a candle of the rows of a finer step', async () => {
    const { candles } = await at('H1', '2024-01-01 00:00', '2024-01-01 00:30', '2024-01-01 01:00', '2024-01-01 01:30');
    expect(candles).toEqual([
      { time: Date.UTC(2024, 0, 1), open: 1, high: 2, low: 1, close: 2, volume: 3, closed: true },
      { time: Date.UTC(2024, 0, 1, 1), open: 3, high: 4, low: 3, close: 4, volume: 7, closed: true },
    ]);
  });

  it('keeps one of equal rows', async () => {
    const market = await openFiles({
      'A.csv': csvOf('2024-01-01,1,1,1,1,1', '2024-01-01,1,1,1,1,1', '2024-01-02,2,2,2,2,2'),
    });
    expect(await candlesOf(market, { symbol: 'A', timeframe: 'D1' })).toHaveLength(2);
    const halves = ['2024-01-01 00:00,1,1,1,1,1', '2024-01-01 00:30,1,1,1,1,1', '2024-01-01 00:30,1,1,1,1,1'];
    const finer = await openFiles({ 'B.csv': csvOf(...halves, '2024-01-01 01:00,1,1,1,1,1') });
    const [first] = await candlesOf(finer, { symbol: 'B', timeframe: 'H1' });
    expect(first?.volume).toBe(2);
  });

  it('takes the timeframe of the file for a symbol with too few rows of its own', async () => {
    const market = await openFiles({
      'all.csv': [
        'symbol,date,open,high,low,close,volume',
        ...['01', '02', '03'].map((day) => `MANY,2024-01-${day},1,1,1,1,1`),
        'TWO,2024-01-01,1,1,1,1,1',
        'TWO,2024-01-31,1,1,1,1,1',
        'ONE,2024-01-01,1,1,1,1,1',
        ...['01:00', '02:00', '03:00'].map((time) => `HOURS,2024-01-01 ${time},1,1,1,1,1`),
        ...['04', '05', '06'].map((day) => `MANY,2024-01-${day},1,1,1,1,1`),
      ].join('\n'),
    });
    const first = Object.fromEntries((await market.instruments()).map((one) => [one.symbol, one.timeframes[0]]));
    expect(first).toEqual({ MANY: 'D1', TWO: 'D1', ONE: 'D1', HOURS: 'H1' });
  });
});

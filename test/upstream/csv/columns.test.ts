import { describe, expect, it } from 'vitest';
import { findColumns, volumeColumn } from '../../../src/upstream/csv/columns.js';

const columns = (header: string) => findColumns(header.split(','));
const volumeOf = (header: string, symbol: string) => volumeColumn(columns(header).volumes, symbol);

describe('findColumns', () => {
  it('finds columns in any order and case', () => {
    expect(columns('VOLUME,Close,low,HIGH,Open,Ticker,DATE')).toEqual({
      time: 6,
      timeOfDay: undefined,
      symbol: 5,
      open: 4,
      high: 3,
      low: 2,
      close: 1,
      volumes: [{ index: 0, unit: undefined }],
    });
  });

  it('takes an empty first cell for the date, unless another column has it', () => {
    expect(columns(',Open,High,Low,Close,Volume').time).toBe(0);
    expect(columns(',Date,Open,High,Low,Close,Volume').time).toBe(1);
  });

  it.each(['Unix', 'unix_timestamp', 'Timestamp', 'open_time', 'Datetime', 'Date', 'time', '<DATE>', 'Date(UTC)'])(
    'knows %s as the time',
    (name) => {
      expect(columns(`open,${name},high,low,close,volume`).time).toBe(1);
    },
  );

  it('prefers Unix time to a date', () => {
    expect(columns('Date,Unix,Symbol,Open,High,Low,Close,Volume').time).toBe(1);
  });

  it('puts a date and a time of day together', () => {
    expect(columns('<TICKER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>')).toMatchObject({
      time: 1,
      timeOfDay: 2,
    });
    expect(columns('Unix,Date,Time,Open,High,Low,Close,Volume')).toMatchObject({ time: 0, timeOfDay: undefined });
  });

  it('does not take Adj Close for the close', () => {
    expect(columns('Date,Adj Close,Close,High,Low,Open,Volume').close).toBe(2);
    expect(() => columns('Date,Open,High,Low,Adj Close,Volume')).toThrow('the header has no close column: Date,Open');
  });

  it.each([
    ['date or time', 'Open,High,Low,Close,Volume'],
    ['open', 'Date,High,Low,Close,Volume'],
    ['high', 'Date,Open,Low,Close,Volume'],
    ['low', 'Date,Open,High,Close,Volume'],
    ['volume', 'Date,Open,High,Low,Close'],
  ])('names a missing %s', (name, header) => {
    expect(() => columns(header)).toThrow(`the header has no ${name} column: ${header}`);
  });
});

describe('volumeColumn', () => {
  it.each([
    ['base before quote', 'Date,Open,High,Low,Close,Volume ATOM,Volume USDT', 'ATOMUSDT', 5],
    ['base after quote', 'Date,Open,High,Low,Close,Volume USDT,Volume ATOM', 'ATOMUSDT', 6],
    ['in any case', 'Date,Open,High,Low,Close,VOLUME usdt,volume atom', 'atomusdt', 6],
    ['in brackets', 'Date,Open,High,Low,Close,Volume_(BTC),Volume_(Currency)', 'BTC-USD', 5],
    ['base before a plain one', 'Date,Open,High,Low,Close,Volume,Volume ATOM', 'ATOMUSDT', 6],
    ['plain before quote', 'Date,Open,High,Low,Close,Volume USDT,Volume', 'ATOMUSDT', 6],
    ['the one that is not in the quote', 'Date,Open,High,Low,Close,Volume XBT,Volume USD', 'BTCUSD', 5],
    ['the only one', 'Date,Open,High,Low,Close,Volume USDT', 'ATOMUSDT', 5],
  ])('takes %s', (_, header, symbol, index) => {
    expect(volumeOf(header, symbol)).toBe(index);
  });

  it('refuses volumes none of which is in base units', () => {
    expect(() => volumeOf('Date,Open,High,Low,Close,Volume A,Volume B', 'ATOMUSDT')).toThrow(
      'none of the volumes (in A, B) is in ATOM, the base of ATOMUSDT',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { parseTime } from '../../../src/upstream/csv/parse-time.js';

const iso = (text: string) => {
  const parsed = parseTime(text);
  return parsed && new Date(parsed.time).toISOString();
};

describe('parseTime', () => {
  it.each([
    ['2024-01-31', '2024-01-31T00:00:00.000Z'],
    ['2024/01/31', '2024-01-31T00:00:00.000Z'],
    ['2024.01.31', '2024-01-31T00:00:00.000Z'],
    ['2024/1/3', '2024-01-03T00:00:00.000Z'],
    ['20240131', '2024-01-31T00:00:00.000Z'],
    ['1929-10-29', '1929-10-29T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2024-01-31 09:30', '2024-01-31T09:30:00.000Z'],
    ['2024-01-31 9:30', '2024-01-31T09:30:00.000Z'],
    ['2024-01-31 09:30:15', '2024-01-31T09:30:15.000Z'],
    ['2024-01-31T23:59:59.999', '2024-01-31T23:59:59.999Z'],
    ['2024-01-31T09:30:00Z', '2024-01-31T09:30:00.000Z'],
    ['2024-01-31 09:30:00 UTC', '2024-01-31T09:30:00.000Z'],
    ['2024-01-31 09:30:00+00:00', '2024-01-31T09:30:00.000Z'],
    ['2024-01-31T09:30:00-05:00', '2024-01-31T14:30:00.000Z'],
    ['2024-01-31T09:30:00+0530', '2024-01-31T04:00:00.000Z'],
    ['2024-01-31T09:30:00+02', '2024-01-31T07:30:00.000Z'],
  ])('reads the date %s', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  it.each([
    ['s', '1706693400'],
    ['s with a fraction', '1706693400.0'],
    ['ms', '1706693400000'],
    ['µs', '1706693400000000'],
    ['ns', '1706693400000000000'],
  ])('reads Unix time in %s', (_, text) => {
    expect(iso(text)).toBe('2024-01-31T09:30:00.000Z');
  });

  it('says how far ahead of UTC a time was written', () => {
    expect(parseTime('2024-01-31T00:00:00-05:00')?.zoneMs).toBe(-5 * 3_600_000);
    expect(parseTime('2024-01-31T00:00:00')?.zoneMs).toBe(0);
    expect(parseTime('1706693400')?.zoneMs).toBe(0);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'Total'],
    ['a day that its month has not', '2023-02-29'],
    ['a thirteenth month', '2024-13-01'],
    ['a twenty-fifth hour', '2024-01-01 24:00'],
    ['a sixtieth minute', '2024-01-01 12:60'],
    ['a day first', '31/01/2024'],
    ['a month first', '01/31/2024'],
    ['two separators', '2024-01/31'],
    ['an unknown zone', '2024-01-31 09:30 CET'],
    ['a time of 12 hours', '2024-01-31 09:30 AM'],
    ['a serial number of a spreadsheet', '45322'],
    ['a rounded Unix time', '1.70669E+12'],
    ['digits of date and time that look like 1976', '202401310930'],
    ['a negative number', '-1706693400'],
  ])('refuses %s', (_, text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../src/upstream/csv/parse-csv.js';
import { csvOf } from './csv-folder.js';

const ROW = { open: 1, high: 4, low: 0.5, close: 2, volume: 10 };
const only = (text: string) => parseCsv(text, 'ABC').get('ABC')?.rows ?? [];

describe('parseCsv', () => {
  it('reads rows with their lines, as editors count', () => {
    expect(only(csvOf('2024-01-01,1,4,0.5,2,10', '', '2024-01-02,1,4,0.5,2,10'))).toEqual([
      { line: 2, time: Date.UTC(2024, 0, 1), zoneMs: 0, ...ROW },
      { line: 4, time: Date.UTC(2024, 0, 2), zoneMs: 0, ...ROW },
    ]);
  });

  it.each([
    ['a byte order mark', '\uFEFFdate,open,high,low,close,volume\n2024-01-01,1,4,0.5,2,10'],
    ['CRLF', 'date,open,high,low,close,volume\r\n2024-01-01,1,4,0.5,2,10\r\n'],
    ['CR', 'date,open,high,low,close,volume\r2024-01-01,1,4,0.5,2,10\r'],
    [
      'blank lines and a title before the header',
      '\n,,,\nhttps://example.com\ndate,open,high,low,close,volume\n2024-01-01,1,4,0.5,2,10',
    ],
    ['semicolons', 'date;open;high;low;close;volume\n2024-01-01;1;4;0.5;2;10'],
    ['tabs', 'date\topen\thigh\tlow\tclose\tvolume\n2024-01-01\t1\t4\t0.5\t2\t10'],
    ['quotes', '"date","open","high","low","close","volume"\n"2024-01-01","1","4","0.5","2","10"'],
    ['a delimiter at the end', 'date,open,high,low,close,volume\n2024-01-01,1,4,0.5,2,10,'],
    ['exponents', 'date,open,high,low,close,volume\n2024-01-01,1e0,4,5e-1,2.0,1e+01'],
    ['date and time apart', '<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\n2024.01.01,00:00,1,4,0.5,2,10'],
  ])('reads a file with %s', (_, text) => {
    expect(only(text)).toMatchObject([{ time: Date.UTC(2024, 0, 1), ...ROW }]);
  });

  it('skips rows without any price', () => {
    const text = csvOf(
      '2024-01-01,,,,,',
      '2024-01-02,null,null,null,null,null',
      '2024-01-03,NaN,NaN,NaN,NaN,0',
      ',,,,,',
      '  ',
    );
    expect(only(text + '2024-01-04,1,4,0.5,2,10')).toMatchObject([{ line: 7, ...ROW }]);
  });

  it('reads several symbols, without regard to case, in their first spelling', () => {
    const text = [
      'ticker,date,open,high,low,close,volume',
      'Abc,2024-01-01,1,4,0.5,2,10',
      'XYZ,2024-01-01,1,4,0.5,3,10',
    ]
      .concat('ABC,2024-01-02,1,4,0.5,2,10')
      .join('\n');
    const parsed = [...parseCsv(text, 'FILE').values()];
    expect(parsed.map(({ symbol, rows }) => [symbol, rows.length])).toEqual([
      ['Abc', 2],
      ['XYZ', 1],
    ]);
  });

  it('counts the decimals of prices and of volumes', () => {
    const parsed = parseCsv(csvOf('2024-01-01,1.10,4.125,0.5,2,10.0', '2024-01-02,1,4,1,2,10.1000'), 'ABC').get('ABC');
    expect(parsed).toMatchObject({ priceDecimals: 3, volumeDecimals: 1 });
  });

  it('takes prices below zero', () => {
    expect(only(csvOf('2020-04-20,17.73,17.85,-40.32,-37.63,247947'))).toMatchObject([{ low: -40.32, close: -37.63 }]);
  });

  it('reads the same from columns in any order', () => {
    const names = ['date', 'open', 'high', 'low', 'close', 'volume', 'comment'];
    const cells: Record<string, string> = {
      date: '2024-01-01',
      open: '1',
      high: '4',
      low: '0.5',
      close: '2',
      volume: '10',
    };
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: names.length }), (order) => {
        const text = [order.join(','), order.map((name) => cells[name] ?? 'x').join(',')].join('\n');
        expect(only(text)).toMatchObject([{ time: Date.UTC(2024, 0, 1), ...ROW }]);
      }),
    );
  });

  it.each([
    ['nothing', '', 'it has no header line'],
    ['text', 'hello\nworld\n', 'it has no header line'],
    ['a header alone', csvOf(), 'it has no rows'],
    ['blank rows alone', csvOf('2024-01-01,,,,,'), 'it has no rows'],
    ['no header', '\n2024-01-01,1,4,0.5,2,10', 'line 2: the header has no date or time column: 2024-01-01,1,4'],
    ['a word for a price', csvOf('2024-01-01,1,4,0.5,two,10'), 'line 2: close must be a number, but got "two"'],
    ['a missing price', csvOf('2024-01-01,1,,0.5,2,10'), 'line 2: high must be a number, but got ""'],
    ['a short row', csvOf('2024-01-01,1,4'), 'line 2: low must be a number, but got ""'],
    ['an infinite price', csvOf('2024-01-01,1,Infinity,0.5,2,10'), 'line 2: high must be a number, but got "Infinity"'],
    ['a missing volume', csvOf('2024-01-01,1,4,0.5,2,'), 'line 2: volume must be a number, but got ""'],
    ['a negative volume', csvOf('2024-01-01,1,4,0.5,2,-1'), 'line 2: volume must not be negative, but got -1'],
    ['high below low', csvOf('2024-01-01,1,0.5,4,2,10'), 'line 2: high must not be below low, but got 0.5 and 4'],
    ['a number with a comma', csvOf('2024-01-01,1,234,4,0.5,2,10'), 'line 2: it has 7 cells, but the header 6'],
    [
      'a month first',
      csvOf('', '01/31/2024,1,4,0.5,2,10'),
      'line 3: the time must be a date (year first) or a Unix time in s or ms, but got "01/31/2024"',
    ],
    [
      'no symbol in its cell',
      'symbol,date,open,high,low,close,volume\n,2024-01-01,1,4,0.5,2,10',
      'line 2: a symbol has 1 to 32 of A-Z a-z 0-9 . _ : / -, but got ""',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseCsv(text, 'ABC')).toThrow(message);
  });
});

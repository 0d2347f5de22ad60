import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openCsvMarket } from '../../../src/upstream/csv/csv-market.js';
import { candlesOf, csvOf, makeFolder, openFiles } from './csv-folder.js';

const GOOD = csvOf('2024-01-01,1,1,1,1,1', '2024-01-02,2,2,2,2,2');

describe('the faults of a csv source', () => {
  it.each([
    [
      'a bad header',
      'date,open,high,low,volume\n2024-01-01,1,1,1,1',
      'line 1: the header has no close column: date,open,high,low,volume',
    ],
    [
      'a bad number',
      csvOf('2024-01-01,1,1,1,1,1', '2024-01-02,1,1,1,x,1'),
      'line 3: close must be a number, but got "x"',
    ],
    [
      'a bad time',
      csvOf('01/02/2024,1,1,1,1,1'),
      'line 2: the time must be a date (year first) or a Unix time in s or ms, but got "01/02/2024"',
    ],
    ['no rows', csvOf(), 'it has no rows'],
    ['nothing', '', 'it has no header line'],
    ['a single row', csvOf('2024-01-01,1,1,1,1,1'), 'the times of BAD say no timeframe: one row is too few'],
    [
      'a step of no timeframe',
      csvOf('2024-01-01,1,1,1,1,1', '2024-01-04,1,1,1,1,1'),
      'the times of BAD say no timeframe: most rows are 4320 minutes apart',
    ],
    [
      'different rows of one time',
      csvOf('2024-01-02,1,1,1,1,1', '2024-01-01,1,1,1,1,1', '', '2024-01-02,1,1,1,2,1'),
      'lines 2 and 5: two different rows for the D1 candle 2024-01-02T00:00:00.000Z of BAD',
    ],
    [
      'different rows of one day',
      csvOf('2024-01-01,1,1,1,1,1', '2024-01-02,1,1,1,1,1', '2024-01-03,1,1,1,1,1', '2024-01-03 16:00,1,1,1,1,2'),
      'lines 4 and 5: two different rows for the D1 candle 2024-01-03T00:00:00.000Z of BAD',
    ],
  ])('name a file with %s, and the others serve', async (_, text, reason) => {
    const market = await openFiles({ 'BAD.csv': text, 'GOOD.csv': GOOD });
    expect(market.faults()).toEqual([`BAD.csv: ${reason}`]);
    expect((await market.instruments()).map(({ symbol }) => symbol)).toEqual(['GOOD']);
    expect(await candlesOf(market, { symbol: 'GOOD', timeframe: 'D1' })).toHaveLength(2);
  });

  it('name a name that is no symbol', async () => {
    const market = await openFiles({ 'my data (1).csv': GOOD, 'GOOD.csv': GOOD });
    expect(market.faults()).toEqual([
      'my data (1).csv: line 2: a symbol has 1 to 32 of A-Z a-z 0-9 . _ : / -, but got "my data (1)"',
    ]);
  });

  it('name what is not zipped, and a link to nothing', async () => {
    const folder = await makeFolder({ 'BAD.csv.gz': Buffer.from(GOOD), 'GOOD.csv': GOOD });
    await symlink(join(folder, 'gone.csv'), join(folder, 'LINK.csv'));
    const market = await openCsvMarket(folder);
    expect(market.faults()).toEqual([
      expect.stringMatching(/^BAD\.csv\.gz: incorrect header check/),
      expect.stringMatching(/^LINK\.csv: ENOENT/),
    ]);
  });

  it('leave a file out whole: no symbol of it is there, and no candle of it in another file’s', async () => {
    const market = await openFiles({
      'A_1.csv': ['symbol,date,open,high,low,close,volume', 'A,2024-01-01,1,1,1,1,1', 'A,2024-01-02,2,2,2,2,2'].join(
        '\n',
      ),
      'A_2.csv': ['symbol,date,open,high,low,close,volume']
        .concat('A,2024-01-03,1,1,1,1,1', 'A,2024-01-04,1,1,1,1,1', 'A,2024-01-05,1,1,1,1,1')
        .concat('B,2024-01-03,1,1,1,1,1', 'B,2024-01-04,x,1,1,1,1')
        .join('\n'),
      'A_3.csv': ['symbol,date,open,high,low,close,volume']
        .concat('B,2024-01-01,1,1,1,1,1', 'B,2024-01-02,1,1,1,1,1')
        .concat('a,2024-01-02,2,9,2,9,2', 'a,2024-01-03,2,9,2,9,2')
        .join('\n'),
    });
    expect(market.faults()).toEqual([
      'A_2.csv: line 6: open must be a number, but got "x"',
      'A_3.csv: its D1 candle 2024-01-02T00:00:00.000Z of A differs from that of a file before it',
    ]);
    expect((await market.instruments()).map(({ symbol }) => symbol)).toEqual(['A']);
    expect(await candlesOf(market, { symbol: 'A', timeframe: 'D1' })).toHaveLength(2);
  });

  it('are logged with path and reason', async () => {
    const lines: string[] = [];
    const logger = pino({ base: undefined, timestamp: false }, { write: (line: string) => lines.push(line) });
    const folder = await makeFolder({ 'BAD.csv': csvOf(), 'GOOD.csv': GOOD });
    await openCsvMarket(folder, logger);
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      {
        level: 50,
        file: join(folder, 'BAD.csv'),
        reason: 'it has no rows',
        msg: 'A file of the csv source cannot be read; the others serve',
      },
    ]);
  });
});

describe('openCsvMarket', () => {
  it('rejects where no file serves, and names path and reasons', async () => {
    const folder = await makeFolder({ 'A.csv': csvOf(), 'B.csv': 'hello' });
    await expect(openCsvMarket(folder)).rejects.toThrow(
      `The csv source ${folder} has no file that can be read: A.csv: it has no rows; B.csv: it has no header line`,
    );
  });

  it('names five reasons at most', async () => {
    const names = ['1', '2', '3', '4', '5', '6', '7'].map((name) => [`${name}.csv`, ''] as const);
    const folder = await makeFolder(Object.fromEntries(names));
    await expect(openCsvMarket(folder)).rejects.toThrow(/5\.csv: it has no header line; and 2 more$/);
  });

  it.each([
    ['there is nothing', 'gone', /The csv source \S+gone cannot be opened: ENOENT/],
    [
      'the folder has no csv file',
      'empty',
      /The csv source \S+empty cannot be opened: the folder has no file that ends/,
    ],
    [
      'the file is no csv',
      'empty/a.txt',
      /The csv source \S+a\.txt cannot be opened: a file ends in \.csv or \.csv\.gz/,
    ],
  ])('rejects where %s', async (_, path, message) => {
    const folder = await makeFolder({ 'empty/a.txt': 'hello' });
    await expect(openCsvMarket(join(folder, path))).rejects.toThrow(message);
  });
});

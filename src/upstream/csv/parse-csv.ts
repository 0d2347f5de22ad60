import { findColumns, volumeColumn, type Columns } from './columns.js';
import { decimalsOf } from './decimals.js';
import { parseTime } from './parse-time.js';
import { splitCells } from './split-cells.js';

/** A line of a file, read. */
export interface Row {
  /** From 1, as editors count. */
  readonly line: number;
  /** As written, ms since the epoch. */
  readonly time: number;
  /** What the zone of its time is ahead of UTC, ms. */
  readonly zoneMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** What a file has of one symbol. */
export interface ParsedSymbol {
  /** As the file spells it first. */
  readonly symbol: string;
  /** In the file's order. */
  readonly rows: Row[];
  /** Most decimals that a price, a volume has; zeros at the end don't count. */
  priceDecimals: number;
  volumeDecimals: number;
}

const SYMBOL = /^[A-Za-z0-9._:/-]{1,32}$/;
const NO_NUMBER: ReadonlySet<string> = new Set(['', 'null', 'nan', 'n/a', 'na', 'none', '-']);
const TIME_RULE = 'the time must be a date (year first) or a Unix time in s or ms';

/**
 * The rows of a text by symbol, in upper case; `fileSymbol` is that of a text without a symbol column. Cells are separated by commas,
 * semicolons or tabs. Throws an Error with line and rule at the first line that is wrong, and where there is no row at all.
 */
export function parseCsv(text: string, fileSymbol: string): Map<string, ParsedSymbol> {
  // The CR of a CRLF goes with the white space around the last cell.
  const lines = text.split(text.includes('\n') ? '\n' : '\r');
  const headerAt = lines.findIndex((line) => delimiterOf(line) !== undefined);
  const header = lines[headerAt] ?? '';
  const delimiter = delimiterOf(header);
  if (delimiter === undefined) throw new Error('it has no header line');
  const reader = atLine(headerAt, () => new RowReader(splitCells(header, delimiter), fileSymbol));
  for (let i = headerAt + 1; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    if (line.trim() !== '') atLine(i, () => reader.read(splitCells(line, delimiter), i + 1));
  }
  if (reader.symbols.size === 0) throw new Error('it has no rows');
  return reader.symbols;
}

/** Private: what fails names the line that it failed at, from 1. */
function atLine<T>(index: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`line ${index + 1}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Private: the most frequent of the three; undefined in a line of one cell, as a title above the header is, and in a blank one. */
function delimiterOf(line: string): string | undefined {
  if (/^[,;\s]*$/.test(line)) return undefined;
  const count = (delimiter: string): number => line.split(delimiter).length;
  const [delimiter = ','] = [',', ';', '\t'].sort((a, b) => count(b) - count(a));
  return count(delimiter) > 1 ? delimiter : undefined;
}

/** Private: reads line after line into rows by symbol. */
class RowReader {
  readonly symbols = new Map<string, ParsedSymbol>();
  readonly #columns: Columns;
  readonly #width: number;
  readonly #fileSymbol: string;
  #volume: number | undefined;

  constructor(header: readonly string[], fileSymbol: string) {
    this.#columns = findColumns(header);
    this.#width = header.length;
    this.#fileSymbol = fileSymbol;
  }

  read(cells: readonly string[], line: number): void {
    const { time, timeOfDay, symbol, open, high, low, close, volumes } = this.#columns;
    // A number with an unquoted comma would shift the cells after it.
    if (cells.length > this.#width && cells.slice(this.#width).some((cell) => cell !== '')) {
      throw new Error(`it has ${cells.length} cells, but the header ${this.#width}`);
    }
    if ([open, high, low, close].every((index) => NO_NUMBER.has((cells[index] ?? '').toLowerCase()))) return;
    const of = this.#symbol(symbol === undefined ? this.#fileSymbol : (cells[symbol] ?? ''));
    // All symbols of a file have their volume in one column: what suits the first suits them all.
    this.#volume ??= volumeColumn(volumes, of.symbol);
    const timeText = timeOfDay === undefined ? (cells[time] ?? '') : `${cells[time]} ${cells[timeOfDay]}`;
    const opened = parseTime(timeText);
    if (!opened) throw new Error(`${TIME_RULE}, but got "${timeText.slice(0, 80)}"`);
    const row: Row = {
      line,
      time: opened.time,
      zoneMs: opened.zoneMs,
      open: readNumber(cells, open, 'open'),
      high: readNumber(cells, high, 'high'),
      low: readNumber(cells, low, 'low'),
      close: readNumber(cells, close, 'close'),
      volume: readNumber(cells, this.#volume, 'volume'),
    };
    if (row.high < row.low) throw new Error(`high must not be below low, but got ${row.high} and ${row.low}`);
    if (row.volume < 0) throw new Error(`volume must not be negative, but got ${row.volume}`);
    of.rows.push(row);
    for (const price of [open, high, low, close]) {
      of.priceDecimals = Math.max(of.priceDecimals, decimalsOf(cells[price] ?? ''));
    }
    of.volumeDecimals = Math.max(of.volumeDecimals, decimalsOf(cells[this.#volume] ?? ''));
  }

  /** Matched without regard to case, as clients' symbols are. */
  #symbol(symbol: string): ParsedSymbol {
    const key = symbol.toUpperCase();
    const known = this.symbols.get(key);
    if (known) return known;
    if (!SYMBOL.test(symbol)) {
      throw new Error(`a symbol has 1 to 32 of A-Z a-z 0-9 . _ : / -, but got "${symbol.slice(0, 80)}"`);
    }
    const parsed: ParsedSymbol = { symbol, rows: [], priceDecimals: 0, volumeDecimals: 0 };
    this.symbols.set(key, parsed);
    return parsed;
  }
}

/** Private: a price may be zero or below, as oil was in April 2020. */
function readNumber(cells: readonly string[], index: number, name: string): number {
  const cell = cells[index] ?? '';
  const value = cell === '' ? NaN : Number(cell);
  if (Number.isFinite(value)) return value;
  throw new Error(`${name} must be a number, but got "${cell.slice(0, 80)}"`);
}

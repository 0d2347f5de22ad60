import { splitPair } from './pair.js';

/** Where a file has what: indices of cells. */
export interface Columns {
  readonly time: number;
  /** A second cell with the time of day, where date and time stand apart. */
  readonly timeOfDay: number | undefined;
  readonly symbol: number | undefined;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volumes: readonly VolumeColumn[];
}

/** `Volume` has no unit, `Volume ATOM` and `Volume (ATOM)` have ATOM. */
export interface VolumeColumn {
  readonly index: number;
  readonly unit: string | undefined;
}

/** Unix time first: it has no zone to be wrong about. */
const TIMES = [
  ...['unix', 'unix timestamp', 'unix time', 'timestamp', 'open time', 'opentime'],
  ...['datetime', 'date time', 'date', 'date (utc)', 'date(utc)', 'time', 'time (utc)', 'time(utc)'],
];
const VOLUME = /^(?:volume|vol\.?)(?:[ (]+(.*?)\)?)?$/;

/**
 * The columns of a header, by their names in any order and case. A header whose first cell is empty has the dates there. Throws an Error
 * that names what is missing; Adj Close is no close.
 */
export function findColumns(header: readonly string[]): Columns {
  const names = header.map(normalise);
  const find = (name: string): number | undefined => (names.includes(name) ? names.indexOf(name) : undefined);
  const need = (name: string, index: number | undefined): number => {
    if (index === undefined) throw new Error(`the header has no ${name} column: ${header.join(',').slice(0, 200)}`);
    return index;
  };
  const apart = find('date') !== undefined && find('time') !== undefined;
  const byName = TIMES.map(find).find((index) => index !== undefined);
  const time = need('date or time', byName ?? (names[0] === '' ? 0 : undefined));
  const volumes = names.flatMap((name, index) => {
    const match = VOLUME.exec(name);
    return match ? [{ index, unit: match[1]?.toUpperCase() }] : [];
  });
  need('volume', volumes[0]?.index);
  return {
    time,
    timeOfDay: apart && time === find('date') ? find('time') : undefined,
    symbol: find('symbol') ?? find('ticker'),
    open: need('open', find('open')),
    high: need('high', find('high')),
    low: need('low', find('low')),
    close: need('close', find('close')),
    volumes,
  };
}

/**
 * The column of base units: the `Volume BASE` of the symbol, else `Volume`, else the one that is not in its quote, else the only one.
 * Throws an Error where none of several is it.
 */
export function volumeColumn(volumes: readonly VolumeColumn[], symbol: string): number {
  const { base, quote } = splitPair(symbol.toUpperCase());
  const others = volumes.filter(({ unit }) => unit !== quote);
  const found =
    volumes.find(({ unit }) => unit === base) ??
    volumes.find(({ unit }) => unit === undefined) ??
    (others.length === 1 ? others[0] : volumes.length === 1 ? volumes[0] : undefined);
  if (found) return found.index;
  const units = volumes.map(({ unit }) => unit).join(', ');
  throw new Error(`none of the volumes (in ${units}) is in ${base}, the base of ${symbol}`);
}

/** Private: `Open_Time`, ` <OPEN> ` and `open` alike. */
function normalise(cell: string): string {
  return cell.replace(/[<>]/g, '').replaceAll('_', ' ').trim().toLowerCase();
}

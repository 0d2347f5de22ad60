import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** A file that the source is to read. */
export interface CsvFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

const EXTENSION = /\.csv(\.gz)?$/i;
const unzip = promisify(gunzip);

/**
 * The file at `path`, or the `.csv` and `.csv.gz` files of the folder there (hidden ones and subfolders left out), by name. Throws where
 * there is nothing at `path` or no such file.
 */
export async function findCsvFiles(path: string): Promise<CsvFile[]> {
  const given = await stat(path);
  if (!given.isDirectory()) {
    if (!EXTENSION.test(path)) throw new Error('a file ends in .csv or .csv.gz');
    return [{ path, name: basename(path), bytes: given.size }];
  }
  const names = (await readdir(path)).filter((name) => EXTENSION.test(name) && !name.startsWith('.')).sort();
  const files = (await Promise.all(names.map((name) => statFile(path, name)))).filter((file) => file !== undefined);
  if (files.length === 0) throw new Error('the folder has no file that ends in .csv or .csv.gz');
  return files;
}

/** The text of a file, unzipped. */
export async function readCsvText({ path }: CsvFile): Promise<string> {
  const bytes = await readFile(path);
  return (path.toLowerCase().endsWith('.gz') ? await unzip(bytes) : bytes).toString('utf8');
}

/** Private: undefined for a folder. A link to nothing is kept: reading it fails and names it. */
async function statFile(folder: string, name: string): Promise<CsvFile | undefined> {
  const path = join(folder, name);
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() ? undefined : { path, name, bytes: stats?.size ?? 0 };
}

/** `BTCUSDT_1h.csv.gz` is `BTCUSDT_1h`. */
export function withoutExtension(name: string): string {
  return name.replace(EXTENSION, '');
}

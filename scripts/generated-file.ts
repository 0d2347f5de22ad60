import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that is committed although a command makes it. */
export interface GeneratedFile {
  /** From the project's root. */
  readonly path: string;
  /** What the command makes now. */
  readonly text: string;
}

const MAX_LINES = 40;
const MAX_LENGTH = 200;

/**
 * Writes the files; with `check` it writes none, and tells on stderr how each differs from the committed one, and by which command it
 * is made, with exit code 1.
 */
export async function keepGenerated(files: readonly GeneratedFile[], command: string, check: boolean): Promise<void> {
  for (const { path, text } of files) {
    const committed = await readFile(path, 'utf8').catch(() => undefined);
    if (committed === text) continue;
    if (check) {
      process.stderr.write(
        `${path} is not what its sources say; run: ${command}\n${describeDrift(committed ?? '', text)}\n`,
      );
      process.exitCode = 1;
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    process.stdout.write(`${path}\n`);
  }
}

/** The lines that differ, as a diff shows them: what is committed (-), and what it should be (+). */
export function describeDrift(committed: string, made: string): string {
  const [old, fresh] = [committed.split('\n'), made.split('\n')];
  const common = commonLengths(old, fresh);
  const lines: string[] = [];
  let differs = false;
  for (let i = 0, j = 0; i < old.length || j < fresh.length;) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      differs = false;
      i += 1;
      j += 1;
      continue;
    }
    if (!differs) lines.push(`@@ line ${i + 1} @@`);
    differs = true;
    const isOld = j >= fresh.length || (i < old.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0));
    lines.push(isOld ? `- ${shorten(old[i++])}` : `+ ${shorten(fresh[j++])}`);
  }
  const rest = lines.length - MAX_LINES;
  return [...lines.slice(0, MAX_LINES), ...(rest > 0 ? [`… ${rest} lines more`] : [])].join('\n');
}

/** Private: at [i][j] how many lines `old` from i and `fresh` from j have in common, in order: the longest common subsequence. */
function commonLengths(old: readonly string[], fresh: readonly string[]): Uint32Array[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(fresh.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const [row, below] = [lengths[i] ?? new Uint32Array(), lengths[i + 1] ?? new Uint32Array()];
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === fresh[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

/** Private: a typed document is one line of some thousand characters. */
function shorten(line = ''): string {
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}

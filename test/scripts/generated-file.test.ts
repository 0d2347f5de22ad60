import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeDrift, keepGenerated } from '../../scripts/generated-file.js';

describe('describeDrift', () => {
  it('shows the lines that differ, and where', () => {
    expect(describeDrift('a\nb\nc\nd\ne\n', 'a\nB\nc\nD\nE\n')).toBe(
      ['@@ line 2 @@', '- b', '+ B', '@@ line 4 @@', '- d', '- e', '+ D', '+ E'].join('\n'),
    );
  });

  it('shows what was added, and what was taken away', () => {
    expect(describeDrift('a\nb\n', 'a\nnew\nb\n')).toBe('@@ line 2 @@\n+ new');
    expect(describeDrift('a\na\nb\n', 'a\nb\n')).toBe('@@ line 2 @@\n- a');
    expect(describeDrift('a\n', 'a')).toBe('@@ line 2 @@\n- ');
  });

  it('shows the beginning of what is too long', () => {
    const many = Array.from({ length: 50 }, (_, i) => `line ${i}`).join('\n');
    const shown = describeDrift('line 49', many).split('\n');
    expect(shown).toHaveLength(41);
    expect(shown.at(-1)).toBe('… 10 lines more');
    expect(describeDrift('', 'x'.repeat(1_000)).split('\n').at(-1)).toBe(`+ ${'x'.repeat(200)}…`);
  });
});

describe('keepGenerated', () => {
  let folder: string;
  const told: string[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-generated-'));
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((text) => Boolean(told.push(String(text))));
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    told.length = 0;
    process.exitCode = undefined;
    await rm(folder, { recursive: true });
  });

  it('writes what differs, into folders that it makes', async () => {
    const path = join(folder, 'new', 'file.txt');
    await keepGenerated([{ path, text: 'made\n' }], 'npm run it', false);
    expect(await readFile(path, 'utf8')).toBe('made\n');
    expect(told.splice(0)).toEqual([`${path}\n`]);
    await keepGenerated([{ path, text: 'made\n' }], 'npm run it', false);
    expect(told).toEqual([]);
  });

  it('fails a check where the committed file differs or is not there, and leaves it', async () => {
    const path = join(folder, 'file.txt');
    await writeFile(path, 'old\n');
    const files = [
      { path, text: 'made\n' },
      { path: join(folder, 'missing.txt'), text: 'made\n' },
    ];
    await keepGenerated(files, 'npm run it', true);
    expect(process.exitCode).toBe(1);
    expect(told[0]).toBe(`${path} is not what its sources say; run: npm run it\n@@ line 1 @@\n- old\n+ made\n`);
    expect(told).toHaveLength(2);
    expect(await readFile(path, 'utf8')).toBe('old\n');
  });

  it('passes a check where nothing differs', async () => {
    const path = join(folder, 'file.txt');
    await writeFile(path, 'made\n');
    await keepGenerated([{ path, text: 'made\n' }], 'npm run it', true);
    expect(process.exitCode).toBeUndefined();
    expect(told).toEqual([]);
  });
});

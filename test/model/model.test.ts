import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

/** Enough for every break to show; what the whole models have beyond it is for the command line, see model/README.md. */
const MAX_STATES = { whole: 10_000, broken: 300_000 };

const FOLDER = fileURLToPath(new URL('../../model', import.meta.url));
const models = readdirSync(FOLDER).filter((file) => file.endsWith('.mjs') && file !== 'explore.mjs');
const breaksOf = new Map(await Promise.all(models.map(async (model) => [model, await readBreaks(model)] as const)));

describe.each(models)('model/%s', (model) => {
  it('finds no violation', async () => {
    const { code, output } = await run(model, `--states=${MAX_STATES.whole}`);
    expect(output).toContain('no violation');
    expect(code).toBe(0);
  });

  it.each(breaksOf.get(model) ?? [])('catches: $what', async ({ name }) => {
    const { code, output } = await run(model, name, `--states=${MAX_STATES.broken}`);
    expect(output).toContain('VIOLATION');
    expect(code).toBe(1);
  });

  it('knows no other break', async () => {
    expect(await run(model, 'nothing')).toMatchObject({ code: 2 });
  });
});

/** Private */
async function readBreaks(model: string): Promise<{ name: string; what: string }[]> {
  const { output } = await run(model, '--breaks');
  const breaks = z.record(z.string(), z.object({ what: z.string() })).parse(JSON.parse(output));
  return Object.entries(breaks).map(([name, { what }]) => ({ name, what }));
}

/** Private: a process of its own, because what it exits with is part of what it promises. */
async function run(model: string, ...args: readonly string[]): Promise<{ code: number; output: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [`${FOLDER}/${model}`, ...args]);
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout } = z.object({ code: z.number(), stdout: z.string() }).parse(error);
    return { code, output: stdout };
  }
}

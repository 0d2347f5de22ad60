import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseLockedError, lockFolder } from '../../../src/accounts/database/folder-lock.js';
import { startFolderProcess } from './folder-process.js';

describe('lockFolder', { timeout: 60_000 }, () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives a folder to one at a time', async () => {
    const unlock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(DatabaseLockedError);
    await unlock();
    const unlockAgain = await lockFolder(folder);
    await unlockAgain();
    expect(await readdir(folder)).toEqual([]);
  });

  it('makes the folder', async () => {
    const unlock = await lockFolder(join(folder, 'a', 'b'));
    await expect(lockFolder(join(folder, 'a', 'b'))).rejects.toThrow(DatabaseLockedError);
    await unlock();
  });

  it('names the folder and the process that has it, running or stopped', async () => {
    const holder = await startFolderProcess('hold-lock.ts', folder);
    const refused = { code: 'DATABASE_LOCKED', folder, holder: String(holder.process.pid) };
    await expect(lockFolder(folder)).rejects.toMatchObject(refused);
    await expect(lockFolder(folder)).rejects.toThrow(
      `The embedded database in ${folder} is in use by another process (pid ${holder.process.pid}). ` +
        'Stop that one first, give this one another DATA_DIR, or let both share a Postgres by DATABASE_URL.',
    );
    holder.process.kill('SIGSTOP');
    await expect(lockFolder(folder)).rejects.toMatchObject(refused);
    await holder.kill();
  });

  it('takes over from a process that was killed', async () => {
    const holder = await startFolderProcess('hold-lock.ts', folder);
    await holder.kill();
    expect(await readdir(folder)).toHaveLength(1);
    const unlock = await lockFolder(folder);
    expect(await readdir(folder)).toEqual([expect.stringContaining(`.lock-${process.pid}-`)]);
    await unlock();
  });

  it('takes over from a process that ended without unlocking', async () => {
    const holder = await startFolderProcess('hold-lock.ts', folder);
    holder.process.stdin?.end();
    await new Promise((resolve) => holder.process.once('exit', resolve));
    await (
      await lockFolder(folder)
    )();
  });

  it('is not held by a dead process whose pid is another one now', async () => {
    await writeFile(join(folder, `.lock-${process.ppid}-0123456789ab`), '');
    const unlock = await lockFolder(folder);
    await unlock();
    expect(await readdir(folder)).toEqual([]);
  });

  it('never goes to two that come at the same time, whatever the dead left behind', async () => {
    let locked = 0;
    for (let round = 0; round < 5; round++) {
      await writeFile(join(folder, '.lock-1-0123456789ab'), '');
      const contenders = await Promise.allSettled([lockFolder(folder), lockFolder(folder), lockFolder(folder)]);
      const unlocks = contenders.flatMap((contender) => (contender.status === 'fulfilled' ? [contender.value] : []));
      expect(unlocks.length).toBeLessThanOrEqual(1);
      locked += unlocks.length;
      await unlocks[0]?.();
    }
    expect(locked).toBeGreaterThan(0);
  });

  it('locks a folder whose path is too long for a socket', async () => {
    const long = join(folder, 'x'.repeat(200));
    await mkdir(long);
    const unlock = await lockFolder(long);
    await expect(lockFolder(long)).rejects.toThrow(DatabaseLockedError);
    await unlock();
    expect(await readdir(long)).toEqual([]);
  });
});

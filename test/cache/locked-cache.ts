import type { LockOutcome, Locks } from '../../src/cache/stores/locks.js';
import { createAloneWorld, LONG_MS } from './alone-world.js';

/** One gateway whose locks answer what the test has queued for them, else that they are its own. */
export async function createLockedCache() {
  const queued: LockOutcome[] = [];
  const released: string[] = [];
  const locks: Locks = {
    acquire: async (asks) => asks.map(() => queued.shift() ?? 'owned'),
    release: (keys) => void released.push(...keys),
    freed: async () => undefined,
    close: () => undefined,
  };
  const { join, pass } = createAloneWorld({ locks });
  const { cache } = join('one');
  await pass(LONG_MS);
  return { cache, queued, released };
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { MemoryStore } from '../../src/cache/index.js';
import { systemClock } from '../../src/support/clock.js';
import { ManualClock } from '../support/manual-clock.js';
import { openRedisStore, whenTrusted } from '../support/redis-store.js';
import { describeStore } from './store.contract.js';

describeStore('memory', async () => {
  const clock = new ManualClock();
  return {
    store: new MemoryStore({ clock, timers: clock, maxBytes: 10_000_000 }),
    wait: async (ms) => clock.advance(ms),
    now: () => clock.monotonic(),
    layers: ['MEMORY'],
  };
});

describeStore('memory over Redis', async () => {
  const store = openRedisStore(inject('redisUrl'), { timeoutMs: 1_000, prefix: `test-${randomUUID()}:` });
  await whenTrusted(store);
  // Redis keeps its own time.
  return { store, wait: (ms) => sleep(ms), now: () => systemClock.monotonic(), layers: ['MEMORY', 'REDIS'] };
});

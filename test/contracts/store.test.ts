import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { connectRedis, MemoryStore, RedisStore } from '../../src/cache/index.js';
import { systemClock } from '../../src/support/clock.js';
import { ManualClock } from '../support/manual-clock.js';
import { whenTrusted } from '../support/redis-store.js';
import { describeStore } from './store.contract.js';

describeStore('memory', async () => {
  const clock = new ManualClock();
  return { store: new MemoryStore({ clock, maxBytes: 10_000_000 }), wait: async (ms) => clock.advance(ms) };
});

describeStore('Redis', async () => {
  const redis = connectRedis(inject('redisUrl'));
  const store = new RedisStore({ redis, timeoutMs: 1_000, clock: systemClock, prefix: `test-${randomUUID()}:` });
  await whenTrusted(store);
  // Redis keeps its own time.
  return { store, wait: (ms) => sleep(ms) };
});

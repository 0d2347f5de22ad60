import { Cache, connectRedis, createRedisStore, Namespaces } from '../../src/cache/index.js';
import { systemClock } from '../../src/support/clock.js';
import { systemTimers } from '../../src/support/timers.js';

const MEMORY_BYTES = 64 * 1_048_576;

/** The engine as a gateway has it, over the Redis at `url`: the benches' one composition of it. */
export function composeCache(url: string): Cache {
  const namespaces = new Namespaces();
  namespaces.set('api', 'm.bench');
  const store = createRedisStore({
    link: connectRedis({ urls: [url], timeoutMs: 1_000 }),
    clock: systemClock,
    timers: systemTimers,
    prefix: 'tidemark:',
    maxBytes: MEMORY_BYTES,
  });
  return new Cache({ store, clock: systemClock, namespaces });
}

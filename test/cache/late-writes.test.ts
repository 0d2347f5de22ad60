import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Cache } from '../../src/cache/index.js';
import { systemClock } from '../../src/support/clock.js';
import { createDeferred } from '../../src/support/deferred.js';
import { startRedis } from '../support/redis-server.js';
import { openRedisStore, whenLeased, whenTrusted } from '../support/redis-store.js';
import { openNamespaces, policyOf, Source } from './cache-world.js';

const KEY = { id: 'a' };
const STOPPED_MS = 1_500;
/** By which the ages of an entry here and there may differ: a lock is taken a round trip after its computation was begun. */
const TRIP_MS = 400;

/** What a stopped Redis was sent it executes when it goes on, though its sender has given up long ago. */
describe('Cache, of a value that Redis stores late', () => {
  /** What another gateway finds of a value that was sent to Redis while it was stopped. */
  const storeLate = async (ttl: `${number}s`) => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const join = async () => {
      const store = openRedisStore(server.url, { timeoutMs: 100 });
      const cache = new Cache({ store, clock: systemClock, namespaces: openNamespaces(), random: () => 1 });
      onTestFinished(() => cache.close());
      await whenLeased(store);
      return { cache, store };
    };
    const [one, other] = [await join(), await join()];
    const policy = policyOf({ ttl });
    // So that the scripts are known, and what is sent to the stopped Redis is executed.
    await one.cache.load(policy, { id: 'b' }, new Source().compute);
    const source = new Source();
    const { promise, resolve: open } = createDeferred<void>();
    source.gate = promise;
    const begunAt = performance.now();
    const loading = one.cache.load(policy, KEY, source.compute);
    await expect.poll(() => source.calls).toBe(1);
    await server.kill('SIGSTOP');
    open();
    await loading;
    await sleep(STOPPED_MS);
    await server.kill('SIGCONT');
    await whenTrusted(other.store);
    const { info } = await other.cache.load(policy, KEY, new Source().compute);
    return { info, trueAgeMs: performance.now() - begunAt };
  };

  it('thinks it no younger than it is', async () => {
    const { info, trueAgeMs } = await storeLate('60s');
    expect([info.status, info.layer]).toEqual(['HIT', 'REDIS']);
    expect(info.ageMs).toBeGreaterThan(trueAgeMs - TRIP_MS);
  });

  it('does not serve it past its end', async () => {
    expect((await storeLate('1s')).info.status).toBe('MISS');
  });
});

/** A process with the engine in it and no gateway around it. REDIS_URL says where its Redis is. */
import { setTimeout as delay } from 'node:timers/promises';
import type { PolicyOptions } from '../../src/cache/index.js';
import { composeCache } from './compose-cache.js';
import { marketValue } from './market-value.js';
import { serveCalls } from '../../test/support/serve-calls.js';

const cache = composeCache(process.env['REDIS_URL'] ?? '');
const policies = new Map<string, PolicyOptions<unknown>>();
const TAG = 'bench:BTC-USD';
/** Few enough that a batch of the largest values is written within the time that Redis is given. */
const AT_ONCE = 100;

const functions = {
  /** Whether it serves from memory unasked, and so is one whom a raise waits for. */
  leased: () => cache.store.health().leased,

  /** Loads `count` values of about so many bytes of JSON, all under one tag, and says how many had to be computed. */
  async load(count: number, bytes: number, ttlSeconds: number): Promise<number> {
    let computed = 0;
    for (let from = 0; from < count; from += AT_ONCE) {
      const keys = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => ({ bytes, index: from + i }));
      await cache.loadMany(policyOf(ttlSeconds), keys, async (misses) => {
        computed += misses.length;
        return misses.map(({ args }) => marketValue(bytes, Number(args['index'])));
      });
    }
    return computed;
  },

  /** Raises their tag so often, `everyMs` from the end of one to the beginning of the next, and tells how long each took, ms. */
  async raise(times: number, everyMs: number): Promise<number[]> {
    const durations: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const begunAt = performance.now();
      const { status } = await cache.invalidate([TAG]);
      durations.push(performance.now() - begunAt);
      if (status !== 'DONE') throw new Error(`A raise was ${status}: this is no measurement of it.`);
      await delay(everyMs);
    }
    return durations;
  },

  /** Bytes that the process holds once its garbage is collected. */
  heldBytes(): number {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
};

/** What `Child.call` may call. */
export type InstanceFunctions = typeof functions;

serveCalls(functions);

/** Private */
function policyOf(ttlSeconds: number): PolicyOptions<unknown> {
  const name = `Bench.value${ttlSeconds}`;
  let policy = policies.get(name);
  if (!policy) policies.set(name, (policy = { name, ttl: `${ttlSeconds}s`, tags: [TAG] }));
  return policy;
}

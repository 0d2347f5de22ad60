import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis, createRedisStore, type Store } from '../../src/cache/index.js';
import { systemClock, type Clock } from '../../src/support/clock.js';
import { systemTimers } from '../../src/support/timers.js';

export interface RedisStoreWanted {
  readonly timeoutMs?: number;
  readonly prefix?: string;
  readonly clock?: Clock;
  readonly maxBytes?: number;
  readonly cluster?: boolean;
  readonly onTrust?: (trusted: boolean, reason: string | undefined) => void;
}

/** A store on a real Redis, or, with commas in `url`, on a cluster. */
export function openRedisStore(url: string, wanted: RedisStoreWanted = {}): Store {
  const { timeoutMs = 100, prefix = 'tidemark:', clock = systemClock, maxBytes = 10_000_000, cluster = false } = wanted;
  const [first = '', ...others] = url.split(',');
  const link = connectRedis({ urls: [first, ...others], cluster, timeoutMs });
  const { onTrust } = wanted;
  return createRedisStore({ link, clock, timers: systemTimers, prefix, maxBytes, ...(onTrust ? { onTrust } : {}) });
}

/** Waits until a store on a real Redis is believed, or no longer is; five seconds at most. */
export async function whenTrusted(store: Store, trusted = true): Promise<void> {
  await when(store, () => store.health().available === trusted, trusted ? 'believed' : 'doubted');
}

/** Waits until hits cost no round trip, or cost one. */
export async function whenLeased(store: Store, leased = true): Promise<void> {
  await when(store, () => store.health().leased === leased, leased ? 'leased' : 'without a lease');
}

/** Private */
async function when(store: Store, holds: () => boolean, what: string): Promise<void> {
  for (let waited = 0; waited < 5_000; waited += 5) {
    if (holds()) return;
    await sleep(5);
  }
  throw new Error(`The store never came to be ${what}: ${JSON.stringify(store.health())}`);
}

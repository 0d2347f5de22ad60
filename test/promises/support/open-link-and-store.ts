import { connectRedis, createRedisStore, type Store } from '../../../src/cache/index.js';
import type { Clock } from '../../../src/support/clock.js';
import { systemTimers } from '../../../src/support/timers.js';

export interface LinkAndStoreWanted {
  /** With commas where it is a cluster. */
  readonly url: string;
  readonly isCluster: boolean;
  readonly prefix: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly onTrust?: ((trusted: boolean, reason: string | undefined) => void) | undefined;
}

export interface LinkAndStore {
  readonly store: Store;
  /** To all nodes of a cluster: a lease needs the tide's alone. */
  readonly isConnected: () => boolean;
}

/** A store with connections of its own. */
export function openLinkAndStore({
  url,
  isCluster,
  prefix,
  timeoutMs,
  clock,
  onTrust,
}: LinkAndStoreWanted): LinkAndStore {
  const [first = '', ...others] = url.split(',');
  const link = connectRedis({ urls: [first, ...others], cluster: isCluster, timeoutMs });
  const options = { link, clock, timers: systemTimers, prefix, maxBytes: 10_000_000 };
  const store = createRedisStore({ ...options, ...(onTrust ? { onTrust } : {}) });
  return { store, isConnected: () => link.status().state === 'ready' };
}

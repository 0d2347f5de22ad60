import { Redis } from 'ioredis';
import { expect, onTestFinished, vi } from 'vitest';
import {
  Cache,
  type CacheEvent,
  type CacheOptions,
  type Loaded,
  type LoadOptions,
  type PolicyOptions,
  type Store,
} from '../../../src/cache/index.js';
import { systemClock, type Clock } from '../../../src/support/clock.js';
import { openNamespaces, policyOf } from '../../cache/cache-world.js';
import { alteredStore } from '../../support/altered-store.js';
import { ManualClock } from '../../support/manual-clock.js';
import { whenLeased } from '../../support/redis-store.js';
import { openLinkAndStore } from './open-link-and-store.js';
import type { TestRedis } from './redis-setups.js';
import { Upstream } from './upstream.js';

/** One of several instances: a cache with connections of its own. */
export interface Instance {
  readonly cache: Cache;
  readonly store: Store;
  readonly events: readonly CacheEvent[];
  /** Round trips for entries and marks so far. */
  readonly trips: number;
  /** Loads the value `a` of a policy, computed from the world's upstream. */
  read(policy?: PolicyOptions<number>, options?: LoadOptions): Promise<Loaded<number>>;
  /**
   * Waits until what it has asked of Redis so far has been answered, and what followed from that too: each tick goes the same way, after it.
   */
  answered(): Promise<void>;
  close(): Promise<void>;
}

export interface JoinOptions extends Partial<Pick<CacheOptions, 'isUpstreamFailure' | 'random'>> {
  readonly clock?: Clock;
  /** By way of its network. */
  readonly url?: string;
  /** Long, so that a busy machine is not taken for a Redis that is away. */
  readonly timeoutMs?: number;
  readonly onTrust?: (trusted: boolean, reason: string | undefined) => void;
}

/** Instances that share a Redis and an upstream. */
export interface World {
  readonly prefix: string;
  readonly upstream: Upstream;
  /** For whoever joins by it. */
  readonly clock: ManualClock;
  /** Returns when the instance is leased. */
  join(options?: JoinOptions): Promise<Instance>;
  joinAs(count: number, options?: JoinOptions): Promise<readonly Instance[]>;
  /** Lets time pass, by the manual clock and for entries in Redis alike. */
  pass(ms: number): Promise<void>;
  /** What an operator would do at the servers themselves; the answers of each. */
  readonly atServers: <T>(act: (redis: Redis) => Promise<T>) => Promise<readonly T[]>;
}

/** A world under a prefix of its own. It ends with the test. */
export function createWorld(redis: TestRedis): World {
  const prefix = `world${(worldCount += 1)}:`;
  const upstream = new Upstream();
  const clock = new ManualClock();
  let begun: Promise<void> | undefined;
  const join = async ({
    clock: ownClock = systemClock,
    url = redis.url,
    timeoutMs = 1_000,
    ...options
  }: JoinOptions = {}) => {
    const { onTrust, ...cacheOptions } = options;
    const wanted = { url, isCluster: redis.isCluster, prefix, timeoutMs, clock: ownClock, onTrust };
    const { store, isConnected } = openLinkAndStore(wanted);
    const instance = createInstance(store, upstream, { clock: ownClock, ...cacheOptions });
    onTestFinished(() => instance.close());
    await vi.waitFor(() => expect(isConnected()).toBe(true), 10_000);
    await whenLeased(store);
    await (begun ??= dropUnknown(redis, `${prefix}{tide}`));
    return instance;
  };
  const atServers = <T>(act: (client: Redis) => Promise<T>) =>
    Promise.all(
      redis.servers.map(async ({ url }) => {
        const client = new Redis(url);
        try {
          return await act(client);
        } finally {
          client.disconnect();
        }
      }),
    );
  return {
    prefix,
    upstream,
    clock,
    join,
    joinAs: (count, options) => Promise.all(Array.from({ length: count }, () => join(options))),
    pass: async (ms) => {
      await atServers((client) => ageEntries(client, prefix, ms));
      clock.advance(ms);
    },
    atServers,
  };
}

/** The key that an instance reads. */
export const KEY = { id: 'a' };

/** Private: no two worlds of a file share a tide. */
let worldCount = 0;

/** Private */
function createInstance(
  remote: Store,
  upstream: Upstream,
  options: Pick<CacheOptions, 'clock'> & Partial<CacheOptions>,
): Instance {
  let trips = 0;
  const store = alteredStore(remote, {
    read: (keys, fields) => {
      trips += 1;
      return remote.read(keys, fields);
    },
  });
  const events: CacheEvent[] = [];
  const onEvent = (event: CacheEvent) => void events.push(event);
  // Nothing is refreshed early, so that computations can be counted.
  const cache = new Cache({ random: () => 1, onEvent, ...options, store, namespaces: openNamespaces() });
  return {
    cache,
    store,
    events,
    get trips() {
      return trips;
    },
    read: (policy = policyOf(), load = {}) => cache.load(policy, KEY, upstream.compute, load),
    answered: async () => {
      for (let trip = 0; trip < MOST_TRIPS; trip += 1) await store.raise({ fields: [], kind: 'hard' });
    },
    close: () => cache.close(),
  };
}

/** Private: of a read that finds its key locked: the look, the lock, and one more. */
const MOST_TRIPS = 3;

/** Private: whoever held a lease before the world began; there was nobody, so that nobody need be waited for. */
async function dropUnknown({ tideServer }: TestRedis, tide: string): Promise<void> {
  const client = new Redis(tideServer.url);
  const drop = `return redis.call('HSET', KEYS[1], 'members', (string.gsub(redis.call('HGET', KEYS[1], 'members'), '%?=%d+', '')))`;
  await client.eval(drop, 1, tide);
  client.disconnect();
}

/** Private: the life of an entry is counted by Redis, which has no clock to be driven. */
async function ageEntries(client: Redis, prefix: string, ms: number): Promise<void> {
  for (const key of await client.keys(`${prefix}m.test:*`)) {
    const left = (await client.pttl(key)) - ms;
    if (left > 0) await client.pexpire(key, left);
    else await client.del(key);
  }
}

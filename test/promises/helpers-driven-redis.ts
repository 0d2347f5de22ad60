import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Cache,
  connectRedis,
  createRedisStore,
  type CacheEvent,
  type CacheOptions,
  type Store,
} from '../../src/cache/index.js';
import type { RedisLink } from '../../src/cache/redis/redis-link.js';
import { GatewayError } from '../../src/support/gateway-error.js';
import { openNamespaces } from '../cache/cache-world.js';
import { ManualClock } from '../support/manual-clock.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { whenLeased, whenTrusted } from '../support/redis-store.js';

/** Generous: on a busy machine too only who hangs is given up. */
const TIMEOUT_MS = 2_000;

/** What a promise is kept on: `describe.each(DEPLOYMENTS)`. */
export const DEPLOYMENTS = [
  { where: 'one Redis', cluster: false },
  { where: 'a cluster of three masters', cluster: true },
] as const;

export interface InstanceWanted extends Partial<Omit<CacheOptions, 'store'>> {
  readonly maxBytes?: number;
  /** Its subscriptions hear nothing: it is never leased, and asks Redis at every look. */
  readonly deaf?: boolean;
}

/** One instance: a cache with connections and a memory of its own. */
export interface Instance {
  readonly cache: Cache;
  readonly store: Store;
  readonly events: readonly CacheEvent[];
  /** Round trips that `act` took; on a cluster rounds, in which the nodes are asked side by side. */
  tripsOf(act: () => Promise<unknown>): Promise<number>;
}

/** Commands that were carried out, those of scripts included, by their names such as `hset`. */
export type CommandCounts = Readonly<Record<string, number>>;

/** Redis's own background, which tells nothing of what was asked of it. */
const BACKGROUND = new Set(['ping', 'info', 'config|resetstat', 'cluster|slots', 'cluster|shards', 'cluster|nodes']);

/**
 * Instances that share a real Redis on one driven clock: no hold, poll or renewal happens unless a test moves the clock on, so that
 * commands and round trips can be counted to the last one. What ages in Redis itself is aged along with the clock.
 */
export class DrivenRedis {
  readonly clock = new ManualClock();
  readonly url: string;
  readonly #nodes: readonly RedisServer[];
  readonly #stop: () => Promise<void>;
  #instances: (Instance & { readonly deaf: boolean })[] = [];

  constructor(nodes: readonly RedisServer[], stop: () => Promise<void>) {
    this.#nodes = nodes;
    this.#stop = stop;
    this.url = nodes.map(({ url }) => url).join();
  }

  static async start({ cluster = false }: { readonly cluster?: boolean } = {}): Promise<DrivenRedis> {
    if (cluster) {
      const masters = await startRedisCluster();
      return new DrivenRedis(masters.nodes, () => masters.stop());
    }
    const server = await startRedis();
    return new DrivenRedis([server], () => server.stop());
  }

  /** A connection as an instance has it. Whoever asks for it ends it. */
  link(): RedisLink {
    const [first = '', ...others] = this.#nodes.map(({ url }) => url);
    return connectRedis({ urls: [first, ...others], cluster: others.length > 0, timeoutMs: TIMEOUT_MS });
  }

  /** One more instance, believed and, unless it is deaf, leased, as all others are. */
  async join({ maxBytes = 10_000_000, deaf = false, ...options }: InstanceWanted = {}): Promise<Instance> {
    const { clock } = this;
    const counted = countTrips(deaf ? withoutBus(this.link()) : this.link());
    const store = createRedisStore({ link: counted.link, clock, timers: clock, prefix: 'tidemark:', maxBytes });
    const events: CacheEvent[] = [];
    const cache = new Cache({
      clock,
      timers: clock,
      // Nothing is refreshed early, so that computations can be counted.
      random: () => 1,
      namespaces: openNamespaces(),
      isUpstreamFailure: (error) => error instanceof GatewayError && error.code.startsWith('UPSTREAM_'),
      onEvent: (event) => void events.push(event),
      ...options,
      store,
    });
    const tripsOf = async (act: () => Promise<unknown>) => {
      const before = counted.trips();
      await act();
      return counted.trips() - before;
    };
    const instance = { cache, store, events, tripsOf };
    this.#instances.push({ ...instance, deaf });
    await whenTrusted(store);
    // Past the silent member of a new generation, whom the first raise would wait for.
    await this.pass(1_000);
    return instance;
  }

  /** Time goes by, here and in Redis, and every instance holds again. */
  async pass(ms: number): Promise<void> {
    await this.onEach(async (redis) => {
      for (const [key, remainingMs] of await remainingOf(redis)) {
        if (remainingMs > ms) await redis.pexpire(key, Math.round(remainingMs - ms));
        else if (remainingMs >= 0) await redis.del(key);
      }
    });
    this.clock.advance(ms);
    for (const { store, deaf } of this.#instances) {
      await store.read([], []);
      if (!deaf) await whenLeased(store);
    }
  }

  /** Lets time go by until something is done that waits for another instance, whose word may come too early and leave it to a poll. */
  async settled<T>(waiting: Promise<T>): Promise<T> {
    let isDone = false;
    const finish = () => void (isDone = true);
    waiting.then(finish, finish);
    while (!isDone) {
      await sleep(5);
      if (!isDone) this.clock.advance(50);
    }
    return waiting;
  }

  /** Every key there is, with its remaining life in ms; -1 for one without end. */
  async keys(): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.onEach(remainingOf)).flatMap((each) => [...each]));
  }

  /** The tide's hash as it is, wherever it is. */
  async tide(): Promise<Readonly<Record<string, string>>> {
    const hashes = await this.onEach(async (redis) => {
      const [tide] = await redis.keys('*{tide}');
      return tide === undefined ? {} : redis.hgetall(tide);
    });
    return Object.assign({}, ...hashes) as Record<string, string>;
  }

  /** What `act` had Redis carry out, on all nodes together. */
  async commandsOf(act: () => Promise<unknown>): Promise<CommandCounts> {
    await this.onEach((redis) => redis.config('RESETSTAT'));
    await act();
    const counts: Record<string, number> = {};
    for (const stats of await this.onEach((redis) => redis.info('commandstats'))) {
      for (const [, name = '', calls] of stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
        if (!BACKGROUND.has(name)) counts[name] = (counts[name] ?? 0) + Number(calls);
      }
    }
    return counts;
  }

  /** What an operator would do at each master itself. */
  onEach<T>(act: (redis: Redis) => Promise<T>): Promise<T[]> {
    return Promise.all(
      this.#nodes.map(async ({ url }) => {
        const redis = new Redis(url);
        try {
          return await act(redis);
        } finally {
          redis.disconnect();
        }
      }),
    );
  }

  /** No server answers any more. */
  async hang(): Promise<void> {
    for (const node of this.#nodes) await node.kill('SIGSTOP');
  }

  /** Undoes {@link hang}. */
  async resume(): Promise<void> {
    for (const node of this.#nodes) await node.kill('SIGCONT');
  }

  /** After each test: no instance, no key. */
  async clear(): Promise<void> {
    const instances = this.#instances;
    this.#instances = [];
    await this.resume();
    await Promise.all(instances.map(({ cache }) => cache.close()));
    await this.onEach((redis) => redis.flushall());
  }

  async stop(): Promise<void> {
    await this.clear();
    await this.#stop();
  }
}

/** Private: without a key's own deadline where it goes meanwhile. */
async function remainingOf(redis: Redis): Promise<readonly (readonly [string, number])[]> {
  const keys = await redis.keys('*');
  const remaining = await Promise.all(keys.map(async (key) => [key, await redis.pttl(key)] as const));
  return remaining.filter(([, ms]) => ms !== -2);
}

/** Private: each send of requests, not of what is published, is a round trip; see {@link RedisLink.send}. */
function countTrips(link: RedisLink): { readonly link: RedisLink; readonly trips: () => number } {
  let trips = 0;
  const counting: RedisLink = {
    ...delegate(link),
    send: (requests) => {
      trips += 1;
      return link.send(requests);
    },
  };
  return { link: counting, trips: () => trips };
}

/** Private */
function withoutBus(link: RedisLink): RedisLink {
  return { ...delegate(link), subscribe: () => undefined };
}

/** Private */
function delegate(link: RedisLink): RedisLink {
  return {
    send: (requests) => link.send(requests),
    sendOnEach: (requests) => link.sendOnEach(requests),
    epochOf: (key) => link.epochOf(key),
    onChange: (listener) => link.onChange(listener),
    subscribe: (channels, listener) => link.subscribe(channels, listener),
    status: () => link.status(),
    close: () => link.close(),
  };
}

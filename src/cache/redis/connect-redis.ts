import { ClusterTopology } from './cluster-topology.js';
import { PooledLink } from './pooled-link.js';
import type { RedisLink } from './redis-link.js';
import { masterOf, serverAt } from './redis-target.js';
import { RoutedLink } from './routed-link.js';
import { SingleServer } from './single-server.js';
import type { Topology } from './topology.js';

export interface RedisConnectOptions {
  /** One server; or with `cluster` some nodes of it, with `sentinel` the Sentinels. */
  readonly urls: readonly [string, ...string[]];
  readonly cluster?: boolean;
  /** The name under which Sentinels know the master. */
  readonly sentinel?: string;
  /** To each server; 1 where it is not given. Those that subscribe come on top. */
  readonly connections?: number;
  /** How long an answer is waited for, over all its trips. */
  readonly timeoutMs: number;
}

/** Begins to connect and returns at once. Throws where a URL is none of Redis. */
export function connectRedis(options: RedisConnectOptions): RedisLink {
  const { connections = 1, timeoutMs } = options;
  const createLink = () => new RoutedLink(createTopology(options), timeoutMs);
  if (connections === 1) return createLink();
  return new PooledLink([createLink(), ...Array.from({ length: connections - 1 }, createLink)]);
}

/** Private */
function createTopology({ urls, cluster = false, sentinel, timeoutMs }: RedisConnectOptions): Topology {
  if (cluster) return new ClusterTopology(urls, timeoutMs);
  return new SingleServer(sentinel === undefined ? serverAt(urls[0]) : masterOf(urls, sentinel));
}

import { startRedisCluster } from '../../support/redis-cluster.js';
import { startRedis, type RedisServer } from '../../support/redis-server.js';

/** What instances share: one server, or a cluster. */
export interface TestRedis {
  /** With commas where it is a cluster. */
  readonly url: string;
  readonly isCluster: boolean;
  readonly servers: readonly RedisServer[];
  /** The one that has the tide, whatever the prefix: its key's hash tag is the same. */
  readonly tideServer: RedisServer;
  stop(): Promise<void>;
}

/** One server. */
export async function startOneRedis(args: readonly string[] = []): Promise<TestRedis> {
  const server = await startRedis({ args });
  return { url: server.url, isCluster: false, servers: [server], tideServer: server, stop: () => server.stop() };
}

/** Three masters. */
export async function startThreeMasters(): Promise<TestRedis> {
  const cluster = await startRedisCluster();
  const tideServer = await cluster.ownerOf('{tide}');
  return { url: cluster.url, isCluster: true, servers: cluster.nodes, tideServer, stop: () => cluster.stop() };
}

/** For `describe.each`, by `%s`: what must hold on one server and on a cluster alike. */
export const REDIS_SETUPS: readonly (readonly [name: string, start: () => Promise<TestRedis>])[] = [
  ['one Redis', () => startOneRedis()],
  ['a cluster of three masters', startThreeMasters],
];

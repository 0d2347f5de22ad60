import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from './free-port.js';
import { type RedisServer, startRedis } from './redis-server.js';

/** Three masters and no replicas. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  /** The nodes' URLs, separated by commas: REDIS_URL with REDIS_CLUSTER=true. */
  readonly url: string;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const MASTERS = 3;

/** Starts a Redis Cluster and returns when each node finds it whole. Not with Docker: nodes in containers do not reach each other. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const started = await Promise.all(Array.from({ length: MASTERS }, startNode));
  const nodes = started.map(({ node }) => node);
  const clients = nodes.map((node) => new Redis(node.url));
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    for (const [index, client] of clients.entries()) {
      await client.call('CLUSTER', 'ADDSLOTSRANGE', firstSlot(index), firstSlot(index + 1) - 1);
      // Distinct epochs from the start, else the nodes would first have to settle who is newer.
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    }
    for (const { node, busPort } of started.slice(1)) {
      await clients[0]?.call('CLUSTER', 'MEET', '127.0.0.1', node.port, busPort);
    }
    await Promise.all(clients.map(untilWhole));
  } catch (error) {
    await stop();
    throw error;
  } finally {
    for (const client of clients) client.disconnect();
  }
  return { nodes, url: nodes.map((node) => node.url).join(), stop };
}

/** Private: with a bus port of its own choice, since the usual one (port + 10000) may be taken. */
async function startNode() {
  const busPort = await findFreePort();
  const node = await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)] });
  return { node, busPort };
}

/** Private */
function firstSlot(index: number): number {
  return Math.round((index * SLOTS) / MASTERS);
}

/** Private: nodes learn of each other by gossip, and tell nobody when they have. */
async function untilWhole(client: Redis): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const info = String(await client.call('CLUSTER', 'INFO'));
    if (info.includes('cluster_state:ok') && info.includes(`cluster_size:${MASTERS}`)) return;
    if (Date.now() > deadline) throw new Error(`The cluster must be whole within 20 s, but got:\n${info}`);
    await delay(20);
  }
}

import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from './free-port.js';
import { type RedisServer, startRedis } from './redis-server.js';

export interface RedisClusterOptions {
  /** A replica for each master, which takes its place about two seconds after it died. */
  readonly replicas?: boolean;
}

/** Three masters. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  /** In the order of their masters; none where they were not asked for. */
  readonly replicas: readonly RedisServer[];
  /** The masters' URLs, separated by commas: REDIS_URL with REDIS_CLUSTER=true. */
  readonly url: string;
  /** The master that was given the key's slot at the start. */
  ownerOf(key: string): Promise<RedisServer>;
  /** Begins to move a key's slot: the old owner answers ASK for keys that it does not have (any more). */
  migrate(key: string, to: RedisServer): Promise<SlotMigration>;
  /** Waits until every node that runs finds the cluster whole, and a replica that `promoted` names is a master. */
  untilWhole(promoted?: RedisServer): Promise<void>;
  stop(): Promise<void>;
}

/** A slot on its way from one master to another. */
export interface SlotMigration {
  /** Moves what the slot holds now. */
  moveKeys(): Promise<void>;
  /** Moves the rest, and gives the slot to its new owner. */
  finish(): Promise<void>;
}

const SLOTS = 16_384;
const MASTERS = 3;

/** Starts a Redis Cluster and returns when each node finds it whole. Not with Docker: nodes in containers do not reach each other. */
export async function startRedisCluster({ replicas = false }: RedisClusterOptions = {}): Promise<RedisCluster> {
  const started = await Promise.all(
    Array.from({ length: replicas ? 2 * MASTERS : MASTERS }, () => startNode(replicas ? QUICK_FAILOVER : [])),
  );
  const all = started.map(({ node }) => node);
  const nodes = all.slice(0, MASTERS);
  const stop = async () => {
    await Promise.all(all.map((node) => node.stop()));
  };
  try {
    await withClients(nodes, async (clients) => {
      for (const [index, client] of clients.entries()) {
        await client.call('CLUSTER', 'ADDSLOTSRANGE', firstSlot(index), firstSlot(index + 1) - 1);
        // Distinct epochs from the start, else the nodes would first have to settle who is newer.
        await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      }
      for (const { node, busPort } of started.slice(1)) {
        await clients[0]?.call('CLUSTER', 'MEET', '127.0.0.1', node.port, busPort);
      }
    });
    await untilWhole(all);
    await replicate(nodes, all.slice(MASTERS));
  } catch (error) {
    await stop();
    throw error;
  }
  const ownerOf = async (key: string) => {
    const slot = await slotOf(nodes[0], key);
    const owner = nodes.findLast((_, index) => firstSlot(index) <= slot);
    if (!owner) throw new Error(`No master was given the slot ${slot}.`);
    return owner;
  };
  return {
    nodes,
    replicas: all.slice(MASTERS),
    url: nodes.map((node) => node.url).join(),
    ownerOf,
    migrate: async (key, to) => migrate(await slotOf(to, key), await ownerOf(key), to, nodes),
    untilWhole: (promoted) => untilWhole(all.filter(isRunning), promoted),
    stop,
  };
}

/** Private: a dead master is noticed after a second. A replica is not put off by what it missed, nor made to wait for others at its start. */
const QUICK_FAILOVER = [
  ...['--cluster-node-timeout', '1000', '--cluster-replica-validity-factor', '0'],
  ...['--repl-diskless-sync-delay', '0'],
];

/** Private: with a bus port of its own choice, since the usual one (port + 10000) may be taken. */
async function startNode(args: readonly string[]) {
  const busPort = await findFreePort();
  const node = await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), ...args] });
  return { node, busPort };
}

/** Private */
function firstSlot(index: number): number {
  return Math.round((index * SLOTS) / MASTERS);
}

/** Private */
async function replicate(masters: readonly RedisServer[], replicas: readonly RedisServer[]): Promise<void> {
  for (const [index, replica] of replicas.entries()) {
    const master = masters[index];
    if (!master) continue;
    await withClients([master, replica], async ([ofMaster, ofReplica]) => {
      await ofReplica?.call('CLUSTER', 'REPLICATE', String(await ofMaster?.call('CLUSTER', 'MYID')));
      await until(async () => String(await ofReplica?.info('replication')).includes('master_link_status:up'));
    });
  }
}

/** Private */
async function slotOf(node: RedisServer | undefined, key: string): Promise<number> {
  if (!node) throw new Error('There is no node to ask.');
  return withClients([node], async ([client]) => Number(await client?.call('CLUSTER', 'KEYSLOT', key)));
}

/** Private */
async function migrate(
  slot: number,
  from: RedisServer,
  to: RedisServer,
  masters: readonly RedisServer[],
): Promise<SlotMigration> {
  const [fromId, toId] = await withClients([from, to], (clients) =>
    Promise.all(clients.map((client) => client.call('CLUSTER', 'MYID'))),
  );
  // The importer first: until it knows, it would send those that were asked away again.
  await withClients([to, from], async ([target, source]) => {
    await target?.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(fromId));
    await source?.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(toId));
  });
  const moveKeys = () =>
    withClients([from], async ([source]) => {
      const keys = await source?.call('CLUSTER', 'GETKEYSINSLOT', slot, 1_000);
      if (!Array.isArray(keys) || keys.length === 0) return;
      await source?.call('MIGRATE', '127.0.0.1', to.port, '', 0, 1_000, 'KEYS', ...keys.map(String));
    });
  return {
    moveKeys,
    finish: async () => {
      await moveKeys();
      await withClients([to, ...masters.filter((node) => node !== to)], async (clients) => {
        for (const client of clients) await client.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(toId));
      });
    },
  };
}

/** Private: nodes learn of each other by gossip, and tell nobody when they have. */
async function untilWhole(nodes: readonly RedisServer[], promoted?: RedisServer): Promise<void> {
  await withClients(nodes, (clients) =>
    until(async () => {
      const infos = await Promise.all(clients.map(async (client) => String(await client.call('CLUSTER', 'INFO'))));
      if (!infos.every((info) => info.includes('cluster_state:ok') && info.includes(`cluster_size:${MASTERS}`))) {
        return false;
      }
      // Before the slots are given out the size alone would not tell whether all nodes have met.
      if (!promoted) return infos.every((info) => Number(/cluster_known_nodes:(\d+)/.exec(info)?.[1]) >= nodes.length);
      const role = await clients[nodes.indexOf(promoted)]?.call('ROLE');
      return Array.isArray(role) && role[0] === 'master';
    }),
  );
}

/** Private */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await isSo()); await delay(20)) {
    if (Date.now() > deadline) throw new Error('The cluster must be as it was asked to be within 20 s.');
  }
}

/** Private */
function isRunning({ pid }: RedisServer): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Private: a client that knows nothing of clusters for each node, for as long as `use` takes. */
async function withClients<T>(nodes: readonly RedisServer[], use: (clients: Redis[]) => Promise<T>): Promise<T> {
  const clients = nodes.map((node) => new Redis(node.url));
  try {
    return await use(clients);
  } finally {
    for (const client of clients) client.disconnect();
  }
}

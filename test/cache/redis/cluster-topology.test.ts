import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { keySlot, SLOTS } from '../../../src/cache/redis/key-slot.js';
import { LinkError } from '../../../src/cache/redis/redis-link.js';
import { createRedisScript } from '../../../src/cache/redis/redis-script.js';
import { findFreePort } from '../../support/free-port.js';
import { type RedisCluster, startRedisCluster } from '../../support/redis-cluster.js';
import { type RedisServer, startRedis } from '../../support/redis-server.js';
import { beginLink, Ear, get, openLink, set, until } from './open-link.js';
import { startForwarder } from './start-forwarder.js';

/** Of enough keys all masters have some. */
const KEYS = Array.from({ length: 60 }, (_, i) => `key ${i}`);

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startRedisCluster({ replicas: true });
});
afterAll(() => cluster.stop());

describe('a cluster', () => {
  it('is found from any of its nodes', async () => {
    const link = await openCluster({ url: cluster.replicas[1]?.url ?? '' });
    expect(await link.send(KEYS.map((key) => set(key, key)))).toEqual(KEYS.map(() => 'OK'));
    expect(await link.send(KEYS.map(get))).toEqual(KEYS);
  });

  it('is asked side by side', async () => {
    const link = await openCluster();
    const [hung, other] = await keysOnTwoMasters();
    await hung.master.kill('SIGSTOP');
    const sent = link.send([set(hung.key, 'side by side'), set(other.key, 'side by side')]);
    await vi.waitFor(async () => {
      expect(await withClient(other.master, (client) => client.get(other.key))).toBe('side by side');
    });
    await hung.master.kill('SIGCONT');
    expect(await sent).toEqual(['OK', 'OK']);
  });

  it('answers for the nodes that answer; a LinkError stands for the others', async () => {
    const link = await openCluster({ timeoutMs: 100 });
    const [hung, other] = await keysOnTwoMasters();
    await link.send([set(other.key, 'there')]);
    await hung.master.kill('SIGSTOP');
    const replies = await link.send([get(hung.key), get(other.key), get(hung.key)]);
    await hung.master.kill('SIGCONT');
    expect(replies).toEqual([expect.any(LinkError), 'there', expect.any(LinkError)]);
  });

  it('puts keys where its nodes do', async () => {
    const slots = await withClient(cluster.nodes[0], (client) =>
      Promise.all([...KEYS, 'Größe', 'a{b}c', '{}a'].map((key) => client.call('CLUSTER', 'KEYSLOT', key))),
    );
    expect([...KEYS, 'Größe', 'a{b}c', '{}a'].map(keySlot)).toEqual(slots);
  });
});

describe('a slot that moves', () => {
  it('is followed: what was refused is sent once more, and once only', async () => {
    const link = await openCluster();
    const key = '{moved} n';
    const from = await cluster.ownerOf(key);
    const another = await keyOnAnotherMaster(key);
    const epochs = { of: link.epochOf(key), ofAnother: link.epochOf(another) };
    const increment = { script: INCREMENT, keys: [key], args: [] } as const;
    await link.send([increment]);
    await (await cluster.migrate(key, masterOtherThan(from))).finish();
    expect(new Set(await link.send([increment, increment, { name: 'incr', key, args: [key] }]))).toEqual(
      new Set([2, 3, 4]),
    );
    expect(await link.send([get(key)])).toEqual(['4']);
    expect(link.epochOf(key)).not.toBe(epochs.of);
    expect(link.epochOf(another)).toBe(epochs.ofAnother);
  });

  it('is asked for where it goes to, while it moves', async () => {
    const link = await openCluster();
    const key = '{asked} n';
    const epoch = link.epochOf(key);
    await link.send([set(key, '1')]);
    const migration = await cluster.migrate(key, masterOtherThan(await cluster.ownerOf(key)));
    expect(await link.send([get(key)])).toEqual(['1']);
    expect(link.epochOf(key)).toBe(epoch);
    await migration.moveKeys();
    expect(await link.send([get(key), set('{asked} new', 'x'), get('{asked} new')])).toEqual(['1', 'OK', 'x']);
    const during = link.epochOf(key);
    expect(during).not.toBe(epoch);
    expect(await link.send([{ script: INCREMENT, keys: [key], args: [] }])).toEqual([2]);
    expect(link.epochOf(key)).toBe(during);
    await migration.finish();
    expect(await link.send([get(key)])).toEqual(['2']);
    expect(link.epochOf(key)).not.toBe(during);
  });

  it('refuses keys that are on both sides', async () => {
    const link = await openCluster();
    await link.send([set('{both} a', '1')]);
    const migration = await cluster.migrate('{both}', masterOtherThan(await cluster.ownerOf('{both}')));
    const both = { script: INCREMENT, keys: ['{both} a', '{both} b'], args: [] } as const;
    expect(await link.send([both])).toEqual([expect.objectContaining({ kind: 'TRYAGAIN' })]);
    await migration.finish();
    expect(await link.send([both])).toEqual([2]);
  });
});

describe('subscribe', () => {
  it('hears on one node what is published on any', async () => {
    const link = await openCluster();
    const ear = new Ear();
    link.subscribe(['news'], ear);
    await ear.until(1);
    for (const [i, key] of KEYS.slice(0, 9).entries()) await link.send([{ name: 'publish', key, args: ['news', i] }]);
    const heard = await ear.until(10);
    // Those of different nodes in no order: the bus of the cluster keeps it for each alone.
    expect(new Set(heard)).toEqual(new Set(['subscribed', ...KEYS.slice(0, 9).map((_, i) => `news: ${i}`)]));
  });
});

describe('all of this', () => {
  it('never asked for keys of different slots at once', async () => {
    const stats = await Promise.all(
      cluster.nodes.map((node) => withClient(node, (client) => client.info('errorstats'))),
    );
    expect(stats.join()).toContain('errorstat_MOVED');
    expect(stats.join()).not.toContain('CROSSSLOT');
  });
});

describe('a master that hands over to its replica', () => {
  it('is no longer sent to, nor listened to', async () => {
    const link = await openCluster();
    // Each goes to the next master, and an attempt that failed counts: with so many, one is surely at the master that hands over.
    const ears = Array.from({ length: 12 }, () => new Ear());
    for (const ear of ears) link.subscribe(['handover'], ear);
    await Promise.all(ears.map((ear) => ear.until(1)));
    const [replica, key] = [cluster.replicas[1], KEYS.find((key) => isIn(key, 1)) ?? ''];
    const epoch = link.epochOf(key);
    await withClient(replica, (client) => client.call('CLUSTER', 'FAILOVER'));
    await cluster.untilWhole(replica);
    await until(link, () => link.epochOf(key) !== epoch && link.status().state === 'ready');
    expect(await link.send([set(key, 'after')])).toEqual(['OK']);
    expect(await withClient(replica, (client) => client.get(key))).toBe('after');
    expect(await Promise.any(ears.map((ear) => ear.until(3)))).toEqual(['subscribed', 'lost', 'subscribed']);
  });
});

describe('a slot that nobody serves', () => {
  it('is refused in its place', async () => {
    const link = await openCluster();
    const [key, another] = [KEYS.find((key) => isIn(key, 2)) ?? '', KEYS.find((key) => isIn(key, 0)) ?? ''];
    await link.send([set(another, 'there')]);
    await withClient(cluster.nodes[2], (client) => client.call('CLUSTER', 'DELSLOTS', keySlot(key)));
    expect(await link.send([get(key), get(another)])).toEqual([
      expect.objectContaining({ kind: 'CLUSTERDOWN' }),
      'there',
    ]);
    await withClient(cluster.nodes[2], (client) => client.call('CLUSTER', 'ADDSLOTS', keySlot(key)));
    await cluster.untilWhole();
    await vi.waitFor(async () => expect(await link.send([set(key, 'back')])).toEqual(['OK']));
  });
});

describe('a master that dies', () => {
  it('is followed by its replica, under another epoch; who listened to it listens elsewhere', async () => {
    const link = await openCluster();
    const ears = cluster.nodes.map(() => new Ear());
    for (const ear of ears) link.subscribe(['news'], ear);
    await Promise.all(ears.map((ear) => ear.until(1)));
    const [master, replica] = [cluster.nodes[0], cluster.replicas[0]];
    const key = KEYS.find((key) => isIn(key, 0)) ?? '';
    const epoch = link.epochOf(key);
    await link.send([set(key, 'replicated')]);
    await master?.kill();
    await until(link, () => link.epochOf(key) === undefined);
    await expect(link.send([get(key)])).rejects.toThrow(LinkError);
    await cluster.untilWhole(replica);
    await until(link, () => link.epochOf(key) !== undefined);
    expect(await link.send([get(key)])).toEqual(['replicated']);
    expect(link.epochOf(key)).not.toBe(epoch);
    expect(await Promise.any(ears.map((ear) => ear.until(3)))).toEqual(['subscribed', 'lost', 'subscribed']);
    expect(link.status().state).toBe('ready');
  });

  it('comes back with all others', async () => {
    const link = await openCluster();
    const living = [...cluster.nodes.slice(1), ...cluster.replicas];
    await Promise.all(living.map((node) => node.kill()));
    await until(link, () => KEYS.every((key) => link.epochOf(key) === undefined));
    await Promise.all(living.map((node) => node.restart()));
    await cluster.untilWhole();
    await until(link, () => link.status().state === 'ready');
    expect(await link.send(KEYS.map((key) => set(key, 'again')))).toEqual(KEYS.map(() => 'OK'));
  });
});

describe('a cluster that was replaced', () => {
  it('is found where the first one was', async () => {
    const [first, second] = await Promise.all([startLonelyNode(), startLonelyNode()]);
    const seed = await startForwarder(first);
    const link = await openLink({ urls: [seed.url], cluster: true });
    await first.kill();
    seed.target = second;
    await until(link, () => link.status().state === 'connecting');
    await until(link, () => link.status().state === 'ready');
    expect(await link.send([set('key', 'value')])).toEqual(['OK']);
    expect(await withClient(second, (client) => client.get('key'))).toBe('value');
  });
});

describe('what is no cluster', () => {
  it('says so', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const link = beginLink({ urls: [server.url], cluster: true });
    await until(link, () => link.status().lastError !== undefined);
    expect(link.status().state).toBe('connecting');
    expect(link.status().lastError).toContain('cluster support disabled');
    await expect(link.send([get('key')])).rejects.toThrow('cluster support disabled');
  });
});

const INCREMENT = createRedisScript("return redis.call('INCR', KEYS[1])");

function openCluster(options: { readonly timeoutMs?: number; readonly url?: string } = {}) {
  const { url = cluster.url, ...others } = options;
  const [first = '', ...more] = url.split(',');
  return openLink({ urls: [first, ...more], cluster: true, ...others });
}

/** A cluster of one. */
async function startLonelyNode(): Promise<RedisServer> {
  const args = ['--cluster-enabled', 'yes', '--cluster-port', String(await findFreePort())];
  const node = await startRedis({ args });
  onTestFinished(() => node.stop());
  await withClient(node, async (client) => {
    await client.call('CLUSTER', 'ADDSLOTSRANGE', 0, SLOTS - 1);
    // A node holds itself back for two seconds after its start.
    const isWhole = async () => expect(await client.call('CLUSTER', 'INFO')).toContain('cluster_state:ok');
    await vi.waitFor(isWhole, { timeout: 10_000 });
  });
  return node;
}

async function keysOnTwoMasters() {
  const [key = ''] = KEYS;
  const other = await keyOnAnotherMaster(key);
  return [
    { key, master: await cluster.ownerOf(key) },
    { key: other, master: await cluster.ownerOf(other) },
  ] as const;
}

async function keyOnAnotherMaster(key: string): Promise<string> {
  const master = await cluster.ownerOf(key);
  for (const other of KEYS) if ((await cluster.ownerOf(other)) !== master) return other;
  throw new Error('All keys are on one master.');
}

/** By the slots that the masters were given at the start. */
function isIn(key: string, index: number): boolean {
  return Math.floor((keySlot(key) * 3) / SLOTS) === index;
}

function masterOtherThan(node: RedisServer): RedisServer {
  const other = cluster.nodes.find((candidate) => candidate !== node);
  if (!other) throw new Error('There is no other master.');
  return other;
}

async function withClient<T>(node: RedisServer | undefined, use: (client: Redis) => Promise<T>): Promise<T> {
  if (!node) throw new Error('There is no such node.');
  const client = new Redis(node.url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

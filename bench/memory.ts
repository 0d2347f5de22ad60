import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { startRedis } from '../test/support/redis-server.js';
import { ensurePeers } from './peers/ensure-peers.js';
import type { Measurement } from './run.js';
import { startChild, type Child } from '../test/support/child.js';
import { marketValue } from './support/market-value.js';
import { startInstance } from './support/start-instance.js';
import { until } from './support/until.js';

const ENTRIES = 10_000;
const SIZES = [2_000, 40_000];
const TTL_SECONDS = 600;
/** So much JSON fits into the memory tier, decoded; it is many times what a process's memory changes by of itself. */
const IN_MEMORY_BYTES = 10_000_000;
const KEY_BYTES = 100;

/** What an entry takes, in Redis and in memory, beside its bare JSON under a key as long, and what is left of all when it has expired. */
export async function benchMemory(): Promise<readonly Measurement[]> {
  await ensurePeers();
  const measurements: Measurement[] = [];
  for (const bytes of SIZES) {
    const size = `${bytes / 1_000} kB`;
    const plain = await inRedis(async ({ redis }) => writePlain(redis, bytes));
    const ours = await inRedis(async ({ url }) => loadOurs(url, bytes));
    measurements.push(
      { what: `${size} as JSON in Redis`, value: plain.perEntry, unit: 'bytes' },
      {
        what: `${size} in Redis`,
        value: ours.perEntry,
        unit: 'bytes',
        against: { what: 'the bytes of JSON', ratio: ours.perEntry / plain.perEntry },
      },
      { what: `${size} in memory`, value: await inMemory(bytes), unit: 'bytes' },
      toLeft(`Left of ${size} entries`, ours),
    );
  }
  const [bytes = 0] = SIZES;
  for (const [what, name] of Object.entries({ createRedisCache: 'envelop', 'mercurius-cache': 'mercurius' })) {
    const peer = await inRedis(async ({ url }) => loadPeer(url, name, bytes));
    measurements.push(toLeft(`Left of ${what}'s ${bytes / 1_000} kB entries`, peer));
  }
  return measurements;
}

interface Usage {
  readonly perEntry: number;
  /** When all has expired, above what was there before. */
  readonly keysLeft: number;
  readonly bytesLeft: number;
}

/** Private: a process that wrote entries, and what belongs to it; before `write` it has written all that it keeps without entries. */
interface Writer extends Pick<Child, 'stop'> {
  readonly write: () => Promise<unknown>;
}

/** Private */
async function inRedis(open: (server: { url: string; redis: Redis }) => Promise<Writer>): Promise<Usage> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  const writer = await open({ url: server.url, redis });
  try {
    const before = await measure(redis);
    await writer.write();
    const full = await measure(redis);
    await expireAll(redis);
    const after = await measure(redis);
    return {
      perEntry: (full.bytes - before.bytes) / ENTRIES,
      keysLeft: after.keys - before.keys,
      bytesLeft: after.bytes - before.bytes,
    };
  } finally {
    await writer.stop();
    redis.disconnect();
    await server.stop();
  }
}

/** Private */
async function measure(redis: Redis): Promise<{ readonly keys: number; readonly bytes: number }> {
  const [, used = ''] = /^used_memory:(\d+)/m.exec(await redis.info('memory')) ?? [];
  return { keys: await redis.dbsize(), bytes: Number(used) };
}

/** Private: the end of time: every key that has a TTL reaches it now. Redis removes them by and by, and then the tables that they stood in. */
async function expireAll(redis: Redis): Promise<void> {
  const script = `for _, key in ipairs(redis.call('KEYS', '*')) do
    if redis.call('PTTL', key) > 0 then redis.call('PEXPIRE', key, 1) end
  end`;
  await redis.eval(script, 0);
  await until(async () => !/expires=[1-9]\d{2}/.test(await redis.info('keyspace')), 60_000);
  await delay(3_000);
}

/** Private: JSON and nothing else. */
async function writePlain(redis: Redis, bytes: number): Promise<Writer> {
  const write = async () => {
    for (let from = 0; from < ENTRIES; from += 100) {
      const pipeline = redis.pipeline();
      for (let i = from; i < from + 100; i += 1) {
        const key = `plain:${String(i).padStart(KEY_BYTES, '0')}`;
        pipeline.set(key, JSON.stringify(marketValue(bytes, i)), 'EX', TTL_SECONDS);
      }
      await pipeline.exec();
    }
  };
  return { write, stop: async () => {} };
}

/** Private */
async function loadOurs(url: string, bytes: number): Promise<Writer> {
  const instance = await startInstance(url);
  return { write: () => instance.call('load', ENTRIES, bytes, TTL_SECONDS), stop: instance.stop };
}

/** Private */
async function loadPeer(url: string, name: string, bytes: number): Promise<Writer> {
  const peer = startChild('bench/peers/tag-index.mjs', { env: { REDIS_URL: url, PEER: name } });
  // Its connection is open before anything is measured.
  await peer.call('served', 1);
  return { write: () => peer.call('load', ENTRIES, bytes), stop: peer.stop };
}

/** Private: what a process grows by that keeps so many; what it needs for the work itself is there before. */
async function inMemory(bytes: number): Promise<number> {
  const server = await startRedis();
  const instance = await startInstance(server.url);
  try {
    const count = Math.round(IN_MEMORY_BYTES / bytes);
    await instance.call('load', count, 100, TTL_SECONDS);
    const before = await instance.call('heldBytes');
    await instance.call('load', count, bytes, TTL_SECONDS);
    return ((await instance.call('heldBytes')) - before) / count;
  } finally {
    await instance.stop();
    await server.stop();
  }
}

/** Private */
function toLeft(what: string, { keysLeft, bytesLeft }: Usage): Measurement {
  return { what, value: keysLeft, unit: 'keys', beside: [{ value: bytesLeft, unit: 'bytes' }] };
}

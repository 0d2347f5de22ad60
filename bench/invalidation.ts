import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { startRedis } from '../test/support/redis-server.js';
import { ensurePeers } from './peers/ensure-peers.js';
import type { Measurement } from './run.js';
import { startChild } from '../test/support/child.js';
import { readCommandCounts, resetCommandCounts, totalOf } from './support/command-counts.js';
import { startDeafProxy } from './support/deaf-proxy.js';
import { percentile } from './support/percentile.js';
import { toQuantities } from './support/quantities.js';
import { startInstance, type Instance } from './support/start-instance.js';

const ENTRIES = [1, 1_000, 100_000, 1_000_000];
const VALUE_BYTES = 300;
const TTL_SECONDS = 600;
/** Entries that are computed and stored one by one; more of them are copies. */
const OWN = 1_000;
const RAISES = 100;
/** A peer's entries take their time to write: where ten times as many would take longer than this, it is not asked for them. */
const PATIENCE_MS = 60_000;
/** Of instances that have just started: until all of them hold a lease. */
const SETTLE_MS = 2_000;

/**
 * What an invalidation costs. First by how many entries carry the tag, beside two peers that keep an index of them; then by how many
 * instances there are and what is wrong with one of them.
 */
export async function benchInvalidation(): Promise<readonly Measurement[]> {
  await ensurePeers();
  const ours = await byEntries();
  const envelop = await peerByEntries('envelop');
  const mercurius = await peerByEntries('mercurius');
  return [
    ...ours.map((cost) => toMeasurement('Tidemark', cost)),
    ...envelop.map((cost) => toMeasurement('createRedisCache of Envelop', cost, ours)),
    ...mercurius.map((cost) => toMeasurement('mercurius-cache in Redis', cost, ours)),
    ...(await byInstances()),
  ];
}

interface Cost {
  readonly entries: number;
  /** NaN: not measured. */
  readonly ms: number;
  readonly commands: number;
}

/** Private: medians of several raises; each must end all that was there. */
async function byEntries(): Promise<Cost[]> {
  const redis = await startRedis();
  const client = new Redis(redis.url);
  const instance = await startInstance(redis.url);
  try {
    const costs: Cost[] = [];
    for (const entries of ENTRIES) {
      await client.flushall();
      await delay(SETTLE_MS);
      const own = Math.min(entries, OWN);
      await instance.call('load', own, VALUE_BYTES, TTL_SECONDS);
      await copyEntries(client, entries - own);
      costs.push({ entries, ...(await measureRaises(instance, client)) });
      const computed = await instance.call('load', own, VALUE_BYTES, TTL_SECONDS);
      if (computed !== own) throw new Error(`${own - computed} of ${own} entries outlived their invalidation.`);
    }
    return costs;
  } finally {
    await instance.stop();
    client.disconnect();
    await redis.stop();
  }
}

/**
 * Private: a million entries that carry the tag, without the minute that it takes to compute them: an entry that the instance stored,
 * under so many more keys.
 */
async function copyEntries(client: Redis, count: number): Promise<void> {
  const keys = await client.keys('tidemark:*Bench*');
  const key = keys.find((name) => !name.includes('lock')) ?? '';
  const script = `
    local bytes, px = redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])
    for i = 1, tonumber(ARGV[1]) do redis.call('SET', KEYS[1] .. i, bytes, 'PX', px) end`;
  // In pieces: an instance that heard nothing of Redis for a second would not trust it.
  for (let left = count, piece = 0; left > 0; left -= 50_000, piece += 1) {
    await client.eval(script.replaceAll('.. i', `.. '${piece}.' .. i`), 1, key, Math.min(left, 50_000));
  }
}

/** Private: one raise at a time is counted, so that in the median no heartbeat falls into it. */
async function measureRaises(instance: Instance, client: Redis): Promise<Omit<Cost, 'entries'>> {
  const durations: number[] = [];
  const commands: number[] = [];
  for (let raise = 0; raise < 25; raise += 1) {
    await resetCommandCounts(client);
    durations.push(...(await instance.call('raise', 1, 0)));
    commands.push(totalOf(await readCommandCounts(client)));
  }
  return { ms: percentile(durations, 0.5), commands: percentile(commands, 0.5) };
}

/** Private */
async function peerByEntries(name: string): Promise<Cost[]> {
  const redis = await startRedis();
  const client = new Redis(redis.url);
  const peer = startChild('bench/peers/tag-index.mjs', { env: { REDIS_URL: redis.url, PEER: name } });
  try {
    // Code that runs for the first time is slow, ours too.
    await peer.call('load', 1, VALUE_BYTES);
    await peer.call('invalidate');
    const costs: Cost[] = [];
    for (const entries of ENTRIES) {
      const begunAt = performance.now();
      await peer.call('load', entries, VALUE_BYTES);
      await resetCommandCounts(client);
      const ms = await peer.call<number>('invalidate');
      const commands = totalOf(await readCommandCounts(client));
      const served = await peer.call<number>('served', Math.min(entries, OWN));
      if (served > 0) throw new Error(`${name} still serves ${served} of ${entries}.`);
      costs.push({ entries, ms, commands });
      if ((performance.now() - begunAt) * 10 > PATIENCE_MS) {
        costs.push({ entries: entries * 10, ms: NaN, commands: NaN });
        break;
      }
    }
    return costs;
  } finally {
    await peer.stop();
    client.disconnect();
    await redis.stop();
  }
}

/** Private */
function toMeasurement(what: string, { entries, ms, commands }: Cost, ours: readonly Cost[] = []): Measurement {
  const own = ours.find((cost) => cost.entries === entries);
  const subject = `${what}, ${entries.toLocaleString('en')} ${entries === 1 ? 'entry' : 'entries'}`;
  if (Number.isNaN(ms)) return { what: subject, value: ms, unit: `not measured: over ${PATIENCE_MS / 1_000} s` };
  return {
    what: subject,
    value: ms,
    unit: 'ms',
    beside: [{ value: commands, unit: 'Redis commands' }],
    ...(own && { against: { what: 'as long as Tidemark', ratio: ms / own.ms } }),
  };
}

/** Private: the first raises; then one instance is lost after another, and each time the first raises after it are measured. */
async function byInstances(): Promise<Measurement[]> {
  const redis = await startRedis();
  const proxy = await startDeafProxy(redis.url);
  const instances: Instance[] = [];
  try {
    const measurements: Measurement[] = [];
    const measure = async (what: string): Promise<void> => {
      const durations = (await instances[0]?.call('raise', RAISES, 10)) ?? [];
      const slow = durations.filter((ms) => ms > 100).length;
      measurements.push({ what, ...toQuantities(durations, { value: slow, unit: 'over 100 ms' }) });
    };
    const grow = async (count: number) => {
      const urls = Array.from({ length: count - instances.length }, () => redis.url);
      // The second one hears by way of the proxy.
      if (instances.length === 1) urls[0] = proxy.url;
      instances.push(...(await Promise.all(urls.map(startInstance))));
      await delay(SETTLE_MS);
    };
    for (const count of [1, 3, 10]) {
      await grow(count);
      await measure(`A raise, instances: ${count}`);
    }
    instances[9]?.kill('SIGKILL');
    await measure('A raise after one was killed');
    instances[8]?.kill('SIGSTOP');
    await measure('A raise after one was stopped');
    proxy.deafen();
    await measure('A raise after one became deaf to the bus');
    return measurements;
  } finally {
    await Promise.all(instances.map((instance) => instance.stop()));
    proxy.close();
    await redis.stop();
  }
}

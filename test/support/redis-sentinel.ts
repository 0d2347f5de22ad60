import { Redis } from 'ioredis';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findRedisServer, withLibraries } from './find-redis-server.js';
import { findFreePort } from './free-port.js';
import { type RedisServer, startRedis } from './redis-server.js';

/** A master, its replica, and one Sentinel that makes the replica master about two seconds after the master died. */
export interface RedisSentinel {
  /** Of the Sentinel: REDIS_URL with REDIS_SENTINEL. */
  readonly url: string;
  /** The name by which it knows the master. */
  readonly name: string;
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** Waits until the Sentinel names this server as the master. */
  untilMaster(server: RedisServer): Promise<void>;
  stop(): Promise<void>;
}

/** Not with Docker: servers in containers do not reach each other. */
export async function startRedisSentinel(): Promise<RedisSentinel> {
  const name = 'tide';
  const master = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(master.port)] });
  await ask(replica.url, async (client) => String(await client.info('replication')).includes('master_link_status:up'));
  const sentinel = await startSentinel([
    `sentinel monitor ${name} 127.0.0.1 ${master.port} 1`,
    `sentinel down-after-milliseconds ${name} 500`,
    `sentinel failover-timeout ${name} 3000`,
  ]);
  const untilMaster = ({ port }: RedisServer) =>
    ask(sentinel.url, async (client) => {
      const address = await client.call('SENTINEL', 'get-master-addr-by-name', name);
      return Array.isArray(address) && address[1] === String(port);
    });
  await ask(sentinel.url, async (client) => {
    const replicas = await client.call('SENTINEL', 'replicas', name);
    return Array.isArray(replicas) && replicas.length === 1;
  });
  return {
    url: sentinel.url,
    name,
    master,
    replica,
    untilMaster,
    stop: async () => {
      await Promise.all([sentinel.stop(), replica.stop(), master.stop()]);
    },
  };
}

/** Private: it keeps its state in its configuration file. A shell ends it when its own input ends, even by our death. */
async function startSentinel(lines: readonly string[]) {
  const program = findRedisServer();
  if (program.kind !== 'binary')
    throw new Error('A Sentinel needs a redis-server on this machine, but there is Docker alone.');
  const port = await findFreePort();
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-sentinel-'));
  const file = join(dir, 'sentinel.conf');
  writeFileSync(file, ['bind 127.0.0.1', `port ${port}`, `dir ${dir}`, ...lines, ''].join('\n'));
  const shell = spawn('sh', ['-c', '"$@" & read -r _; kill -9 $!', 'sh', program.path, file, '--sentinel'], {
    env: withLibraries(program.libraries),
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      shell.stdin.end();
      await once(shell, 'exit');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Private: asks until it is so. */
async function ask(url: string, isSo: (client: Redis) => Promise<boolean>): Promise<void> {
  const client = new Redis(url);
  // It may not be up yet: the client tries again.
  client.on('error', () => {});
  try {
    for (const deadline = Date.now() + 20_000; !(await isSo(client)); await delay(20)) {
      if (Date.now() > deadline) throw new Error(`${url} must be as it was asked to be within 20 s.`);
    }
  } finally {
    client.disconnect();
  }
}

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedis, type RedisServer } from '../../test/support/redis-server.js';
import type { Fleet } from './fleet.js';
import type { Random } from './random.js';
import { RedisNetwork } from './redis-network.js';

export const REDIS_PREFIX = 'tidemark:';
/** Where the stub of TIME (breaks.ts) finds by how many seconds the clock of Redis is wrong. */
export const CLOCK_STEP_KEY = 'consistency:clock-step';

const STEP_SCRIPT = `#!lua flags=allow-oom
return redis.call('SET', KEYS[1], ARGV[1])`;
const APPEND_ONLY = 'appendonlydir';
const REWRITE_TRIES = 200;

/** The Redis of a run, with its files, and the network to it of each gateway: what the nemeses work on. */
export class RedisArena {
  readonly server: RedisServer;
  /** Past the networks; waits for Redis where it is down. */
  readonly admin: Redis;
  readonly networks: readonly RedisNetwork[];
  readonly #dir: string;
  #hasBackup = false;

  static async start(gateways: number): Promise<RedisArena> {
    const dir = await mkdtemp(join(tmpdir(), 'tidemark-arena-'));
    // Rewritten by us alone, so that its files can be copied; flushed to the disk never, since no machine dies here.
    const files = ['--appendonly', 'yes', '--appendfsync', 'no', '--auto-aof-rewrite-percentage', '0'];
    const server = await startRedis({ dir, args: files });
    const networks = await Promise.all(Array.from({ length: gateways }, () => RedisNetwork.start(server.port)));
    return new RedisArena(server, networks, dir);
  }

  private constructor(server: RedisServer, networks: readonly RedisNetwork[], dir: string) {
    this.server = server;
    this.networks = networks;
    this.#dir = dir;
    this.admin = new Redis(server.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    // It is meant to lose its connection.
    this.admin.on('error', () => undefined);
  }

  url(gateway: number): string {
    const network = this.networks[gateway];
    if (!network)
      throw new RangeError(`There are ${this.networks.length} gateways, but number ${gateway} was asked for.`);
    return `redis://127.0.0.1:${network.port}`;
  }

  /** Keeps the present state, to come back to it later. */
  async backUp(): Promise<void> {
    await this.admin.bgrewriteaof();
    for (let i = 0; i < REWRITE_TRIES && (await this.#isRewriting()); i += 1) await sleep(10);
    await rm(join(this.#dir, 'backup'), { recursive: true, force: true });
    await cp(join(this.#dir, APPEND_ONLY), join(this.#dir, 'backup'), { recursive: true });
    this.#hasBackup = true;
  }

  /** SIGKILL and a start at once: from what it wrote, from nothing, or from the state that was backed up. */
  async restart(from: 'file' | 'nothing' | 'backup'): Promise<void> {
    await this.server.kill('SIGKILL');
    const files = join(this.#dir, APPEND_ONLY);
    if (from !== 'file') await rm(files, { recursive: true, force: true });
    if (from === 'backup' && this.#hasBackup) await cp(join(this.#dir, 'backup'), files, { recursive: true });
    await this.server.restart();
  }

  /** For the stub of TIME; by a script, which is obeyed by a Redis that is full too. */
  async stepClock(seconds: number): Promise<void> {
    await this.admin.eval(STEP_SCRIPT, 1, CLOCK_STEP_KEY, seconds);
  }

  async close(): Promise<void> {
    this.admin.disconnect();
    await Promise.all(this.networks.map((network) => network.close()));
    await this.server.stop();
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #isRewriting(): Promise<boolean> {
    return /aof_rewrite_(?:in_progress|scheduled):1/.test(await this.admin.info('persistence'));
  }
}

/** What a nemesis is handed. */
export interface Arena {
  readonly redis: RedisArena;
  readonly fleet: Fleet;
  readonly random: Random;
}

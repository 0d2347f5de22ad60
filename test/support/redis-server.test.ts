import { Redis } from 'ioredis';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { findRedisServer } from './find-redis-server.js';
import { startRedisCluster } from './redis-cluster.js';
import { type RedisServer, type RedisServerOptions, startRedis } from './redis-server.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('startRedis', () => {
  it('starts a Redis that keeps nothing on disk', async () => {
    const client = connect((await start()).url);
    expect(await client.config('GET', 'save')).toEqual(['save', '']);
    expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'no']);
  });

  it('takes arguments, and puts a password into the URL', async () => {
    const client = connect((await start({ args: ['--requirepass', 'a/b', '--maxmemory', '20mb'] })).url);
    expect(await client.config('GET', 'maxmemory')).toEqual(['maxmemory', '20971520']);
  });

  it('is dead when a kill returns, and empty on the same port after a restart', async () => {
    const server = await start();
    const { pid, url } = server;
    await connect(url).set('key', 'value');
    await server.kill();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(await connect(url).get('key')).toBeNull();
  });

  it('restarts in good order, even when it hangs, and finds what is in its folder', async () => {
    const server = await start({ args: ['--appendonly', 'yes'] });
    const client = connect(server.url);
    await client.set('key', 'value');
    await server.kill('SIGSTOP');
    await server.restart();
    expect(await connect(server.url).get('key')).toBe('value');
  });

  it('says what Redis says when it does not come up', async () => {
    await expect(startRedis({ args: ['--no-such-option', 'x'] })).rejects.toThrow(/ended with 1[^]*no-such-option/);
  });
});

describe('startRedisCluster', () => {
  it('starts three masters that serve all slots', async () => {
    const cluster = await startRedisCluster();
    cleanups.push(() => cluster.stop());
    const client = new Redis.Cluster(cluster.url.split(','));
    cleanups.push(() => client.disconnect());
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => client.set(key, key)));
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => client.get(key)))).toEqual(['a', 'b', 'c', 'd']);
    expect(client.nodes('master')).toHaveLength(3);
  });
});

describe('the Redis of the whole run', () => {
  it('answers', async () => {
    expect(await connect(inject('redisUrl')).ping()).toBe('PONG');
  });
});

describe('findRedisServer', () => {
  it('takes TEST_REDIS_SERVER before what is on the PATH', () => {
    const given = fakeServer('mine', 'Redis server v=8.0.1 sha=0');
    const found = findRedisServer({ TEST_REDIS_SERVER: given, PATH: fakePath({ 'redis-server': '7.2.0' }) }, '/none');
    expect(found).toMatchObject({ kind: 'binary', path: given });
  });

  it('passes over one that is too old', () => {
    const PATH = fakePath({ 'redis-server': '6.2.7', 'valkey-server': '8.1.0' });
    expect(findRedisServer({ PATH }, '/none')).toMatchObject({ path: join(PATH, 'valkey-server') });
  });

  it('takes Docker where an engine answers', () => {
    const PATH = fakePath({});
    writeProgram(join(PATH, 'docker'), 'exit 0');
    expect(findRedisServer({ PATH }, '/none')).toMatchObject({ kind: 'image' });
  });

  it('says how to get one where there is none', () => {
    expect(() => findRedisServer({ PATH: fakePath({}) }, '/none')).toThrow('set TEST_REDIS_SERVER');
    expect(() => findRedisServer({ TEST_REDIS_SERVER: '/no/redis' }, '/none')).toThrow('but got /no/redis');
  });
});

async function start(options?: RedisServerOptions): Promise<RedisServer> {
  const server = await startRedis(options);
  cleanups.push(() => server.stop());
  return server;
}

function connect(url: string): Redis {
  const client = new Redis(url, { retryStrategy: () => null });
  // A server that is killed on purpose is no failure of the test.
  client.on('error', () => {});
  cleanups.push(() => client.disconnect());
  return client;
}

function fakePath(versions: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, version] of Object.entries(versions)) writeVersion(join(folder, name), `Redis server v=${version}`);
  return folder;
}

function fakeServer(name: string, version: string): string {
  const path = join(temporaryFolder(), name);
  writeVersion(path, version);
  return path;
}

function writeVersion(path: string, text: string): void {
  writeProgram(path, `echo '${text}'`);
}

function writeProgram(path: string, command: string): void {
  writeFileSync(path, `#!/bin/sh\n${command}\n`);
  chmodSync(path, 0o755);
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
  mkdirSync(folder, { recursive: true });
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LinkError, RefusedError, type RedisLink } from '../../../src/cache/redis/redis-link.js';
import { createRedisScript } from '../../../src/cache/redis/redis-script.js';
import { type RedisServer, type RedisServerOptions, startRedis } from '../../support/redis-server.js';
import { startProxy } from '../../support/tcp-proxy.js';
import { beginLink, Ear, get, openLink, set, until } from './open-link.js';
import { startForwarder } from './start-forwarder.js';

// ioredis prints what nobody listens to: then an operator's log would fill while Redis is away.
beforeEach(() => {
  vi.spyOn(console, 'error');
});
afterEach(() => {
  expect(console.error).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

describe('send', () => {
  it('answers in order, as text or as bytes', async () => {
    const link = await openLink({ urls: [(await start()).url] });
    const bytes = Buffer.from([0, 255, 10]);
    const replies = await link.send([
      set('text', 'a'),
      { name: 'set', key: 'bytes', args: ['bytes', bytes, 'PX', 60_000] },
      get('text'),
      { ...get('bytes'), buffer: true },
      { name: 'hset', key: 'hash', args: ['hash', 'f', 1] },
      { name: 'hmget', key: 'hash', args: ['hash', 'f', 'g'] },
    ]);
    expect(replies).toEqual(['OK', 'OK', 'a', bytes, 1, ['1', null]]);
  });

  it('puts a refusal in the place of what was refused, and answers the rest', async () => {
    const server = await start({ args: ['--maxmemory', '1mb', '--maxmemory-policy', 'noeviction'] });
    const link = await openLink({ urls: [server.url] });
    await admin(server, (client) => client.lpush('list', 'x'));
    const [wrong, oom, read] = await link.send([get('list'), set('key', 'x'.repeat(2_000_000)), get('key')]);
    expect(wrong).toMatchObject({ name: 'RefusedError', kind: 'WRONGTYPE' });
    expect(oom).toMatchObject({ kind: 'OOM' });
    expect(read).toBeNull();
  });

  it('makes one round trip for one batch', async () => {
    const way = await startForwarder(await start());
    const link = await openLink({ urls: [way.url] });
    const before = way.pieces;
    await link.send(Array.from({ length: 50 }, (_, i) => get(`key ${i}`)));
    expect(way.pieces - before).toBe(1);
  });

  it('sends nothing for nothing', async () => {
    const link = await openLink({ urls: [(await start()).url] });
    expect(await link.send([])).toEqual([]);
  });

  it('rejects at once where there is no connection yet, and keeps nothing for later', async () => {
    const server = await start();
    const link = beginLink({ urls: [server.url] });
    await expect(link.send([set('key', 'early')])).rejects.toThrow(LinkError);
    await until(link, () => link.status().state === 'ready');
    expect(await link.send([get('key')])).toEqual([null]);
  });

  it('rejects when it is closed', async () => {
    const link = await openLink({ urls: [(await start()).url] });
    await link.close();
    await expect(link.send([get('key')])).rejects.toThrow('closed');
    expect(link.status().state).toBe('closed');
    expect(link.epochOf('key')).toBeUndefined();
  });
});

describe('scripts', () => {
  const script = createRedisScript("redis.call('INCRBY', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])");

  it('are known after the first time, and again after SCRIPT FLUSH, and run once', async () => {
    const server = await start();
    const link = await openLink({ urls: [server.url] });
    const call = { script, keys: ['n'], args: [1] } as const;
    expect(await link.send([call, call])).toEqual(['1', '2']);
    expect(await link.send([call])).toEqual(['3']);
    await admin(server, (client) => client.script('FLUSH'));
    expect(await link.send([call, set('other', 'x'), call])).toEqual(['4', 'OK', '5']);
    const stats = await admin(server, (client) => client.info('commandstats'));
    expect(stats).toMatch(/cmdstat_eval:calls=4,/);
  });

  it('share one timeout among their trips', async () => {
    const proxy = await startProxy((await start()).url);
    onTestFinished(() => proxy.close());
    const link = await openLink({ urls: [proxy.url], timeoutMs: 300 });
    proxy.delay(200);
    await expect(link.send([{ script, keys: ['n'], args: [1] }])).rejects.toThrow(LinkError);
  });

  it('answer bytes where they are asked to', async () => {
    const link = await openLink({ urls: [(await start()).url] });
    expect(await link.send([{ script, keys: ['n'], args: [1], buffer: true }])).toEqual([Buffer.from('1')]);
  });

  it('that fail are refused, and not sent again', async () => {
    const link = await openLink({ urls: [(await start()).url] });
    const failing = createRedisScript("redis.call('INCR', KEYS[1]) return redis.error_reply('SAD no')");
    expect(await link.send([{ script: failing, keys: ['n'], args: [] }])).toEqual([expect.any(RefusedError)]);
    expect(await link.send([get('n')])).toEqual(['1']);
  });
});

describe('a Redis that is killed', () => {
  it('rejects what is on its way, and is connected to again under another epoch', async () => {
    const server = await start();
    const link = await openLink({ urls: [server.url] });
    const epoch = link.epochOf('key');
    expect(epoch).toBeDefined();
    await server.kill('SIGSTOP');
    const sent = Promise.allSettled(Array.from({ length: 100 }, (_, i) => link.send([set(`k${i}`, 'v'), get('k')])));
    await server.kill('SIGKILL');
    expect((await sent).every((result) => result.status === 'rejected' && result.reason instanceof LinkError)).toBe(
      true,
    );
    await until(link, () => link.epochOf('key') === undefined);
    await server.restart();
    await until(link, () => link.status().state === 'ready');
    expect(link.epochOf('key')).not.toBe(epoch);
    expect(await link.send([get('k0')])).toEqual([null]);
  });

  it('may refuse a hundred times: it says why, and harms nobody', async () => {
    const server = await start();
    await server.kill();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const link = beginLink({ urls: [server.url] });
    let attempts = 0;
    link.onChange(() => (attempts += 1));
    while (attempts < 100) {
      await vi.advanceTimersByTimeAsync(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(link.status().state).toBe('connecting');
    expect(link.status().lastError).toContain('ECONNREFUSED');
    await expect(link.send([get('key')])).rejects.toThrow('ECONNREFUSED');
  });
});

describe('a Redis that hangs', () => {
  it('costs the timeout, and late replies are nobody else’s', async () => {
    const server = await start();
    const link = await openLink({ urls: [server.url], timeoutMs: 50 });
    const epoch = link.epochOf('key');
    await link.send([set('a', 'of a'), set('b', 'of b')]);
    await server.kill('SIGSTOP');
    await expect(link.send([get('a')])).rejects.toThrow('no answer in 50 ms');
    await server.kill('SIGCONT');
    expect(await link.send([get('b')])).toEqual(['of b']);
    expect(link.epochOf('key')).toBe(epoch);
  });

  it('loses its connection when it goes on, and gets another one when it is back', async () => {
    const server = await start();
    const link = await openLink({ urls: [server.url], timeoutMs: 50 });
    const epoch = link.epochOf('key');
    await server.kill('SIGSTOP');
    await until(link, () => link.status().state === 'connecting');
    expect(link.status().lastError).toContain('PING');
    await server.kill('SIGCONT');
    await until(link, () => link.status().state === 'ready');
    expect(link.epochOf('key')).not.toBe(epoch);
  });

  it('is given up in the handshake too', async () => {
    const server = await start();
    const proxy = await startProxy(server.url);
    onTestFinished(() => proxy.close());
    proxy.blackhole();
    const link = beginLink({ urls: [proxy.url] });
    await until(link, () => link.status().lastError !== undefined);
    expect(link.status().lastError).toContain('not ready');
  });
});

describe('a Redis that refuses us', () => {
  it('says that the password is wrong', async () => {
    const { port } = await start({ args: ['--requirepass', 'right'] });
    const link = beginLink({ urls: [`redis://:wrong@127.0.0.1:${port}`] });
    await until(link, () => link.status().lastError !== undefined);
    expect(link.status().state).toBe('connecting');
    expect(link.status().lastError).toContain('WRONGPASS');
  });

  it('says that a password is missing', async () => {
    const { port } = await start({ args: ['--requirepass', 'right'] });
    const link = beginLink({ urls: [`redis://127.0.0.1:${port}`] });
    await until(link, () => link.status().lastError !== undefined);
    expect(link.status().lastError).toContain('NOAUTH');
  });

  it('is entered with the right one, into the database that the URL names', async () => {
    const server = await start({ args: ['--requirepass', 'right'] });
    const link = await openLink({ urls: [`${server.url}/3`] });
    await link.send([set('key', 'value')]);
    expect(await admin(server, (client) => client.info('keyspace'))).toContain('db3:keys=1');
  });

  it('is not used in another database, where there is no such', async () => {
    const link = beginLink({ urls: [`${(await start()).url}/99`] });
    await until(link, () => link.status().lastError !== undefined);
    expect(link.status().state).toBe('connecting');
    expect(link.status().lastError).toContain('out of range');
  });

  it('is left where it has become a replica', async () => {
    const master = await start();
    const server = await start();
    const link = await openLink({ urls: [server.url] });
    const epoch = link.epochOf('key');
    await admin(server, (client) => client.replicaof('127.0.0.1', master.port));
    expect(await link.send([set('key', 'value'), get('key')])).toEqual([
      expect.objectContaining({ kind: 'READONLY' }),
      null,
    ]);
    expect(link.epochOf('key')).toBeUndefined();
    await until(link, () => link.status().state === 'ready');
    expect(link.epochOf('key')).not.toBe(epoch);
  });

  it('is left where a script says so', async () => {
    const master = await start();
    const server = await start();
    const link = await openLink({ urls: [server.url] });
    await admin(server, (client) => client.replicaof('127.0.0.1', master.port));
    const script = createRedisScript("#!lua flags=allow-oom\nreturn redis.call('SET', KEYS[1], 'x')");
    expect(await link.send([{ script, keys: ['key'], args: [] }])).toEqual([
      expect.objectContaining({ kind: 'READONLY' }),
    ]);
    expect(link.epochOf('key')).toBeUndefined();
  });
});

describe('subscribe', () => {
  it('hears its channels, and again after the connection was lost, before it says so', async () => {
    const server = await start();
    const link = await openLink({ urls: [server.url] });
    const ear = new Ear();
    link.subscribe(['one', 'two'], ear);
    await ear.until(1);
    await publish(link, 'one', 'a');
    await publish(link, 'two', 'ü');
    await ear.until(3);
    await server.restart();
    await ear.until(5);
    await until(link, () => link.status().state === 'ready');
    await publish(link, 'one', 'b');
    expect(await ear.until(6)).toEqual(['subscribed', 'one: a', 'two: ü', 'lost', 'subscribed', 'one: b']);
  });

  it('notices that it has gone deaf', async () => {
    const server = await start();
    const proxy = await startProxy(server.url);
    onTestFinished(() => proxy.close());
    const link = beginLink({ urls: [proxy.url] });
    const ear = new Ear();
    link.subscribe(['one'], ear);
    await ear.until(1);
    proxy.blackhole();
    await ear.until(2);
    await proxy.restore();
    expect(await ear.until(3)).toEqual(['subscribed', 'lost', 'subscribed']);
  });
});

describe('several connections', () => {
  it('take turns, and are each asked by sendOnEach', async () => {
    const link = await openLink({ urls: [(await start()).url], connections: 3 });
    const id = { name: 'client', key: 'key', args: ['ID'] };
    const each = (await link.sendOnEach([id, get('key')])).map(([reply]) => reply);
    expect(new Set(each).size).toBe(3);
    const used = await Promise.all(Array.from({ length: 6 }, async () => (await link.send([id]))[0]));
    expect(new Set(used)).toEqual(new Set(each));
  });

  it('change the epoch with each that comes or goes; those that are left are used', async () => {
    const server = await start();
    const link = await openLink({ urls: [server.url], connections: 2 });
    const epoch = link.epochOf('key');
    const [id] = await link.send([{ name: 'client', key: 'key', args: ['ID'] }]);
    await admin(server, (client) => client.client('KILL', 'ID', Number(id)));
    await until(link, () => link.epochOf('key') !== epoch);
    const left = link.epochOf('key');
    expect(epoch).toContain(left);
    expect(await link.sendOnEach([get('key')])).toHaveLength(1);
    expect(await Promise.all([1, 2, 3].map(() => link.send([get('key')])))).toEqual([[null], [null], [null]]);
    await until(link, () => link.status().state === 'ready');
    expect(link.epochOf('key')).not.toBe(epoch);
  });

  it('reject where there is none', async () => {
    const link = beginLink({ urls: [(await start()).url], connections: 2 });
    await expect(link.send([get('key')])).rejects.toThrow(LinkError);
    await expect(link.sendOnEach([get('key')])).rejects.toThrow(LinkError);
  });
});

async function start(options?: RedisServerOptions): Promise<RedisServer> {
  const server = await startRedis(options);
  onTestFinished(() => server.stop());
  return server;
}

async function admin<T>(server: RedisServer, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

async function publish(link: RedisLink, channel: string, text: string): Promise<void> {
  await link.send([{ name: 'publish', key: channel, args: [channel, text] }]);
}

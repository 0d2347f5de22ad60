import { expect, it, onTestFinished } from 'vitest';
import { LinkError } from '../../../src/cache/redis/redis-link.js';
import { startRedisSentinel } from '../../support/redis-sentinel.js';
import { findFreePort } from '../../support/free-port.js';
import { startProxy } from '../../support/tcp-proxy.js';
import { beginLink, Ear, get, openLink, set, until } from './open-link.js';

it('Sentinels lead to the master, and after a failover to the next one, under another epoch', async () => {
  const sentinel = await startRedisSentinel();
  onTestFinished(() => sentinel.stop());
  const hung = await startProxy(sentinel.url);
  onTestFinished(() => hung.close());
  hung.blackhole();
  const dead = `redis://127.0.0.1:${await findFreePort()}`;
  const link = await openLink({ urls: [hung.url, dead, sentinel.url], sentinel: sentinel.name });
  const ear = new Ear();
  link.subscribe(['news'], ear);
  await ear.until(1);
  const epoch = link.epochOf('key');
  await link.send([set('key', 'replicated'), { name: 'wait', key: 'key', args: [1, 1_000] }]);

  await sentinel.master.kill();
  await until(link, () => link.epochOf('key') === undefined);
  await expect(link.send([get('key')])).rejects.toThrow(LinkError);
  await sentinel.untilMaster(sentinel.replica);

  await until(link, () => link.status().state === 'ready');
  expect(await link.send([get('key'), set('key', 'after')])).toEqual(['replicated', 'OK']);
  expect(link.epochOf('key')).not.toBe(epoch);
  await ear.until(3);
  await link.send([{ name: 'publish', key: 'news', args: ['news', 'here'] }]);
  expect(await ear.until(4)).toEqual(['subscribed', 'lost', 'subscribed', 'news: here']);
});

it('Sentinels that are all away are told', async () => {
  const link = beginLink({ urls: [`redis://127.0.0.1:${await findFreePort()}`], sentinel: 'tide' });
  await until(link, () => link.status().lastError !== undefined);
  expect(link.status().lastError).toContain('All sentinels are unreachable');
});

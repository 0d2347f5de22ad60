import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startRedis } from '../../support/redis-server.js';
import { startRedisTls } from '../../support/redis-tls.js';
import { beginLink, until } from './open-link.js';

it('a certificate that nobody vouches for is refused, and the message says what to do', async () => {
  const tls = await start();
  const link = beginLink({ urls: [tls.url] });
  await until(link, () => link.status().lastError !== undefined);
  expect(link.status()).toEqual({
    state: 'connecting',
    lastError: 'self-signed certificate: name the file of its authority in NODE_EXTRA_CA_CERTS',
  });
});

// Node reads the variable when it starts.
it('an authority in NODE_EXTRA_CA_CERTS is trusted', async () => {
  const tls = await start();
  const connectRedis = new URL('../../../src/cache/redis/connect-redis.ts', import.meta.url);
  const program = `
    import { connectRedis } from '${connectRedis.href}';
    const link = connectRedis({ urls: ['${tls.url}/2'], timeoutMs: 1_000 });
    link.onChange(async () => {
      if (link.status().state !== 'ready') return console.log(link.status().lastError);
      console.log(await link.send([{ name: 'set', key: 'key', args: ['key', 'encrypted'] }, { name: 'get', key: 'key', args: ['key'] }]));
      await link.close();
    });`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      env: { ...process.env, NODE_EXTRA_CA_CERTS: tls.caFile },
    },
  );
  expect(stdout).toBe("[ 'OK', 'encrypted' ]\n");
});

async function start() {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const tls = await startRedisTls(redis.url);
  onTestFinished(() => tls.close());
  return tls;
}

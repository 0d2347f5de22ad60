import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import type { RedisServer } from '../../support/redis-server.js';

/** An address that leads to a server, and later perhaps to another one. */
export interface Forwarder {
  readonly url: string;
  /** For those who connect from now on. */
  target: RedisServer;
  /** Pieces in which it was sent to. */
  pieces: number;
}

/** Ends with the test. */
export async function startForwarder(target: RedisServer): Promise<Forwarder> {
  const server = createServer((client) => {
    const redis = connect(forwarder.target.port, '127.0.0.1');
    client.on('data', () => (forwarder.pieces += 1));
    client.pipe(redis).pipe(client);
    client.on('error', () => redis.destroy());
    redis.on('error', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A forwarder must listen on a port.');
  const forwarder: Forwarder = { url: `redis://127.0.0.1:${address.port}`, target, pieces: 0 };
  return forwarder;
}

import type { RedisOptions } from 'ioredis';
import { parseRedisUrl } from './redis-address.js';

/** Where a connection goes to, asked at each attempt. */
export type RedisTarget = () => RedisOptions;

/** A server by its URL. */
export function serverAt(url: string): RedisTarget {
  const { host, port, login } = parseRedisUrl(url);
  return () => ({ host, port, ...login });
}

/**
 * The master that Sentinels name. User, password, database and TLS of their URLs are those of the servers; the Sentinels themselves
 * are asked without a password, and by TLS where the servers are. One that hangs is passed over.
 */
export function masterOf(urls: readonly string[], name: string): RedisTarget {
  const sentinels = urls.map((url) => parseRedisUrl(url, 26_379));
  const login = sentinels[0]?.login ?? {};
  return () => ({
    ...login,
    name,
    role: 'master',
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    sentinelCommandTimeout: 500,
    ...(login.tls && { sentinelTLS: login.tls, enableTLSForSentinelMode: true }),
  });
}

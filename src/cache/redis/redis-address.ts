import type { RedisOptions } from 'ioredis';

/** A server by the name under which it is reached. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** What a REDIS_URL says: `redis://user:password@host:port/db`, or `rediss://` for TLS. */
export interface RedisUrl extends RedisAddress {
  /** As ioredis takes them: who we are, which database, whether encrypted. They hold for every server that is found by this one. */
  readonly login: Pick<RedisOptions, 'username' | 'password' | 'db' | 'tls'>;
}

/**
 * TLS trusts what Node trusts: public authorities, and those in the file that NODE_EXTRA_CA_CERTS names. Throws where the URL is not
 * one of Redis, without repeating it: it may hold a password.
 */
export function parseRedisUrl(text: string, defaultPort = 6379): RedisUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const db = Number(url?.pathname.slice(1));
  if (!url?.hostname || !['redis:', 'rediss:'].includes(url.protocol) || !(Number.isInteger(db) && db >= 0)) {
    throw new Error(
      'A URL of Redis must be redis://[[user]:password@]host[:port][/database], or the same with rediss://.',
    );
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPort : Number(url.port),
    login: {
      db,
      ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
      ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
      ...(url.protocol === 'rediss:' && { tls: {} }),
    },
  };
}

/** `host:port`, as Redis writes it: an IPv6 address has no brackets. */
export function formatAddress({ host, port }: RedisAddress): string {
  return `${host}:${port}`;
}

export function parseAddress(text: string): RedisAddress {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/** What a node of a cluster said of where a node is. One that does not know its own name, or hides it, says '' or '?': where it was asked. */
export function addressSeenFrom({ host, port }: RedisAddress, asked: string | undefined): RedisAddress {
  return { host: asked !== undefined && (host === '' || host === '?') ? parseAddress(asked).host : host, port };
}

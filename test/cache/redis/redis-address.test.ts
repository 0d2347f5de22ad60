import { describe, expect, it } from 'vitest';
import { addressSeenFrom, formatAddress, parseAddress, parseRedisUrl } from '../../../src/cache/redis/redis-address.js';

describe('parseRedisUrl', () => {
  it('reads all parts, decoded', () => {
    expect(parseRedisUrl('redis://user:a%2Fb@redis.example:7000/3')).toEqual({
      host: 'redis.example',
      port: 7000,
      login: { username: 'user', password: 'a/b', db: 3 },
    });
  });

  it('takes the usual port and database', () => {
    expect(parseRedisUrl('redis://localhost')).toEqual({ host: 'localhost', port: 6379, login: { db: 0 } });
    expect(parseRedisUrl('redis://[::1]', 26_379)).toMatchObject({ host: '::1', port: 26_379 });
  });

  it('asks for TLS by the scheme', () => {
    expect(parseRedisUrl('rediss://localhost').login.tls).toEqual({});
  });

  it.each(['localhost:6379', 'http://localhost', 'redis://', 'redis://:secret@localhost/x', 'redis://localhost/-1'])(
    'refuses %s, and does not repeat it',
    (url) => {
      expect(() => parseRedisUrl(url)).toThrow(/^A URL of Redis must be redis:[^]*rediss:/);
      expect(() => parseRedisUrl(url)).not.toThrow('secret');
    },
  );
});

describe('parseAddress', () => {
  it.each(['127.0.0.1:7000', 'redis.example:7000', '2001:db8::1:7000'])('reads %s as it was written', (text) => {
    expect(formatAddress(parseAddress(text))).toBe(text);
  });
});

describe('addressSeenFrom', () => {
  it.each(['', '?'])('puts the host that was asked in the place of %j', (host) => {
    expect(addressSeenFrom({ host, port: 7001 }, '10.0.0.1:7000')).toEqual({ host: '10.0.0.1', port: 7001 });
  });

  it('leaves a host that is one', () => {
    expect(addressSeenFrom({ host: 'b', port: 7001 }, 'a:7000')).toEqual({ host: 'b', port: 7001 });
  });
});

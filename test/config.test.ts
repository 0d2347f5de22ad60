import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig, TTL_NAMES, type Config } from '../src/config.js';

/** The message of the ConfigError that an environment gives. */
function faultOf(env: Readonly<Record<string, string>>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error(`No fault was found in ${JSON.stringify(env)}.`);
}

const DEFAULTS: Config = {
  production: false,
  host: '127.0.0.1',
  port: 4000,
  redis: undefined,
  databaseUrl: undefined,
  dataDir: './data',
  market: { kind: 'simulated', seed: 1, latencyMs: 0 },
  cache: true,
  ttlOverrides: {},
  cacheMemoryBytes: 64 * 1024 * 1024,
  corsOrigins: '*',
  demo: true,
  logLevel: 'info',
  graphiql: true,
  introspection: true,
  overviewSymbols: undefined,
};

const REDIS = { urls: [''] as [string], cluster: false, sentinel: undefined, connections: 1, timeoutMs: 100 };

/** Each variable with what it changes of the defaults. */
const VARIABLES: readonly [name: string, value: string, changed: Partial<Config>][] = [
  ['NODE_ENV', 'development', {}],
  ['NODE_ENV', 'test', {}],
  ['NODE_ENV', 'production', { production: true, demo: false, corsOrigins: [], graphiql: false, introspection: false }],
  ['HOST', 'localhost', { host: 'localhost' }],
  ['HOST', '::1', { host: '::1' }],
  ['HOST', '127.0.0.2', { host: '127.0.0.2' }],
  ['HOST', '0.0.0.0', { host: '0.0.0.0', demo: false, corsOrigins: [] }],
  ['HOST', '127.example.com', { host: '127.example.com', demo: false, corsOrigins: [] }],
  ['PORT', '0', { port: 0 }],
  ['PORT', '65535', { port: 65_535 }],
  ['REDIS_URL', 'redis://:pw@cache:6379/2', { redis: { ...REDIS, urls: ['redis://:pw@cache:6379/2'] } }],
  ['REDIS_URL', 'rediss://cache', { redis: { ...REDIS, urls: ['rediss://cache'] } }],
  ['REDIS_TIMEOUT_MS', '50', {}],
  ['REDIS_CONNECTIONS', '4', {}],
  ['REDIS_CLUSTER', 'false', {}],
  ['DATABASE_URL', 'postgres://me:pw@db/tidemark', { databaseUrl: 'postgres://me:pw@db/tidemark' }],
  ['DATABASE_URL', 'postgresql://db/tidemark', { databaseUrl: 'postgresql://db/tidemark' }],
  ['DATA_DIR', '/var/lib/tidemark', { dataDir: '/var/lib/tidemark' }],
  ['DATA_DIR', 'memory', { dataDir: 'memory' }],
  ['MARKET_SOURCE', 'simulated', {}],
  ['MARKET_SOURCE', 'csv:../data/a b', { market: { kind: 'csv', path: '../data/a b' } }],
  ['MARKET_SOURCE', 'coinbase', { market: { kind: 'coinbase', url: undefined } }],
  ['MARKET_SEED', '7', { market: { kind: 'simulated', seed: 7, latencyMs: 0 } }],
  ['MARKET_LATENCY_MS', '250', { market: { kind: 'simulated', seed: 1, latencyMs: 250 } }],
  ['COINBASE_URL', 'http://127.0.0.1:9000', {}],
  ['CACHE', 'off', { cache: false }],
  ['CACHE', 'on', {}],
  ['CACHE_MEMORY_MB', '1', { cacheMemoryBytes: 1_048_576 }],
  ['CORS_ORIGINS', '*', {}],
  ['CORS_ORIGINS', 'https://a.example', { corsOrigins: ['https://a.example'] }],
  [
    'CORS_ORIGINS',
    'https://a.example, http://localhost:3000,',
    { corsOrigins: ['https://a.example', 'http://localhost:3000'] },
  ],
  ['CORS_ORIGINS', 'https://a.example,*', {}],
  ['DEMO', 'off', { demo: false, corsOrigins: [] }],
  ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
  ['GRAPHIQL', 'off', { graphiql: false }],
  ['INTROSPECTION', 'off', { introspection: false }],
  ['OVERVIEW_SYMBOLS', 'BTC-USD, eth-usd', { overviewSymbols: ['BTC-USD', 'eth-usd'] }],
  ...TTL_NAMES.map((name) => [`CACHE_TTL_${name}`, '90', { ttlOverrides: { [name]: 90_000 } }] as const).map(
    ([name, value, changed]): [string, string, Partial<Config>] => [name, value, changed],
  ),
  ['CACHE_TTL_PRICE', '0', { ttlOverrides: { PRICE: 0 } }],
  ['PATH', '/usr/bin', {}],
];

/** Each variable with what it does not take, and what is said of it. */
const FAULTS: readonly [name: string, value: string, rule: string][] = [
  ...['65536', '-1', '80a', '4e3', '1.5', '99999999999999'].map((value): [string, string, string] => [
    'PORT',
    value,
    `is a whole number from 0 to 65535, but got: ${value}`,
  ]),
  ['REDIS_URL', 'http://cache', 'is an address that begins with redis:// or rediss://, but got: http://cache'],
  ['REDIS_URL', 'redis://', 'is an address that begins with redis:// or rediss://, but got: redis://'],
  ['REDIS_URL', 'cache:6379', 'is an address that begins with redis:// or rediss://, but got: cache://'],
  ['REDIS_TIMEOUT_MS', '0', 'is a whole number from 1 to 60000, but got: 0'],
  [
    'REDIS_URL',
    'redis://a,redis://b',
    'is one address, or several with REDIS_CLUSTER=true or REDIS_SENTINEL, but got:',
  ],
  [
    'REDIS_URL',
    'redis://:secret@a,http://b',
    'is an address that begins with redis:// or rediss://, but got: redis://…',
  ],
  ['REDIS_CLUSTER', 'yes', 'is true or false, but got: yes'],
  ['REDIS_CLUSTER', 'true', 'needs the addresses in REDIS_URL, but got: true'],
  ['REDIS_SENTINEL', 'mymaster', 'needs the addresses in REDIS_URL, but got: mymaster'],
  ['REDIS_CONNECTIONS', '0', 'is a whole number from 1 to 100, but got: 0'],
  ['DATABASE_URL', 'mysql://db', 'is an address that begins with postgres:// or postgresql://, but got: mysql://db'],
  ['MARKET_SOURCE', 'kraken', 'is simulated, csv:FOLDER or coinbase, but got: kraken'],
  ['MARKET_SOURCE', 'csv:', 'is simulated, csv:FOLDER or coinbase, but got: csv:'],
  ['MARKET_SEED', '4294967296', 'is a whole number from 0 to 4294967295, but got: 4294967296'],
  ['MARKET_LATENCY_MS', '60001', 'is a whole number from 0 to 60000, but got: 60001'],
  ['COINBASE_URL', 'ftp://coinbase', 'is an address that begins with http:// or https://, but got: ftp://coinbase'],
  ['CACHE', 'true', 'is on or off, but got: true'],
  ['CACHE_MEMORY_MB', '0', 'is a whole number from 1 to 1048576, but got: 0'],
  ...[
    'https://a.example/',
    'https://a.example/app',
    'a.example',
    'https://*.example',
    'HTTPS://A.EXAMPLE',
    'null',
    'https://a.example;https://b.example',
  ].map((value): [string, string, string] => [
    'CORS_ORIGINS',
    value,
    `is * or origins such as https://app.example.com separated by commas, but got: ${value}`,
  ]),
  ['DEMO', 'yes', 'is on or off, but got: yes'],
  ['LOG_LEVEL', 'verbose', 'is fatal, error, warn, info, debug, trace or silent, but got: verbose'],
  ['GRAPHIQL', '1', 'is on or off, but got: 1'],
  ['INTROSPECTION', 'OFF', 'is on or off, but got: OFF'],
  ['OVERVIEW_SYMBOLS', ',', 'is 1 to 100 symbols separated by commas, each of A-Z a-z 0-9 . _ : / -, but got: ,'],
  [
    'OVERVIEW_SYMBOLS',
    'BTC USD',
    'is 1 to 100 symbols separated by commas, each of A-Z a-z 0-9 . _ : / -, but got: BTC USD',
  ],
  ['CACHE_TTL_PRICE', '-5', 'is a whole number from 0 to 31536000, but got: -5'],
  ['CACHE_TTL_PRICES', '5', 'is no name of a TTL; there are: ANALYSIS, OVERVIEW,'],
];

describe('readConfig', () => {
  it('has a default for everything', () => {
    expect(readConfig({})).toEqual(DEFAULTS);
  });

  it.each(VARIABLES)('takes %s=%s', (name, value, changed) => {
    expect(readConfig({ [name]: value })).toEqual({ ...DEFAULTS, ...changed });
  });

  it('takes a variable that is empty, or blank, as one that is not set', () => {
    const names = [...new Set(VARIABLES.map(([name]) => name))];
    expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(DEFAULTS);
    expect(readConfig(Object.fromEntries(names.map((name) => [name, '  '])))).toEqual(DEFAULTS);
    expect(readConfig(Object.fromEntries(names.map((name) => [name, undefined])))).toEqual(DEFAULTS);
  });

  it('does not mind the blanks that an env file leaves', () => {
    expect(readConfig({ PORT: ' 4001 ', CACHE: 'off\r' })).toEqual({ ...DEFAULTS, port: 4_001, cache: false });
  });

  it('lets what is set stand against what follows from another', () => {
    const production = { NODE_ENV: 'production', DEMO: 'on', GRAPHIQL: 'on', INTROSPECTION: 'on' };
    expect(readConfig(production)).toEqual({ ...DEFAULTS, production: true });
    expect(readConfig({ HOST: '0.0.0.0', DEMO: 'on' })).toEqual({ ...DEFAULTS, host: '0.0.0.0' });
    expect(readConfig({ DEMO: 'off', CORS_ORIGINS: '*' })).toEqual({ ...DEFAULTS, demo: false });
  });

  it('joins variables that belong together', () => {
    const urls = ['redis://a:7000', 'redis://b:7000'];
    const REDIS_URL = urls.join(' , ');
    expect(readConfig({ REDIS_URL, REDIS_CLUSTER: 'true', REDIS_TIMEOUT_MS: '250' }).redis).toEqual({
      ...REDIS,
      urls,
      cluster: true,
      timeoutMs: 250,
    });
    expect(readConfig({ REDIS_URL, REDIS_SENTINEL: 'main', REDIS_CONNECTIONS: '3' }).redis).toEqual({
      ...REDIS,
      urls,
      sentinel: 'main',
      connections: 3,
    });
    expect(readConfig({ MARKET_SOURCE: 'coinbase', COINBASE_URL: 'http://127.0.0.1:9000' }).market).toEqual({
      kind: 'coinbase',
      url: 'http://127.0.0.1:9000',
    });
  });

  it('is frozen all the way down', () => {
    const config = readConfig({
      REDIS_URL: 'redis://cache',
      CORS_ORIGINS: 'https://a.example',
      OVERVIEW_SYMBOLS: 'BTC-USD',
      CACHE_TTL_PRICE: '1',
    });
    const parts: object[] = [config];
    for (const part of parts) {
      for (const value of Object.values(part) as unknown[]) {
        if (typeof value === 'object' && value !== null) parts.push(value);
      }
    }
    expect(parts).toHaveLength(7);
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true);
  });

  it.each(FAULTS)('refuses %s=%s and says what it takes', (name, value, rule) => {
    const message = faultOf({ [name]: value });
    expect(message).toContain(`  ${name} ${rule}`);
    expect(message.split('\n')).toHaveLength(2);
  });

  it('tells all faults in one message', () => {
    const message = faultOf({
      PORT: 'http',
      CACHE: 'maybe',
      LOG_LEVEL: 'loud',
      CACHE_TTL_FOO: '1',
      CACHE_TTL_PRICE: 'x',
    });
    const [first, ...faults] = message.split('\n');
    expect(first).toBe('The environment has values that are not allowed:');
    expect(faults.map((line) => line.trim().split(' ')[0])).toEqual([
      'PORT',
      'CACHE',
      'LOG_LEVEL',
      'CACHE_TTL_PRICE',
      'CACHE_TTL_FOO',
    ]);
  });

  it.each([
    'postgres//me:hunter2@db/tidemark',
    'mysql://me:hunter2@db/tidemark',
    'mysql://me:hun@ter2@db',
    'mysql://hunter2@db',
    'mysql://db/tidemark?password=hunter2',
    'mysql://db/hunter2',
    'me:hunter2@db:5432',
    'hunter2',
    'postgres://me:hunter2/@db',
    'postgres://me:hunter2@',
  ])('shows no password of %s', (url) => {
    const message = faultOf({ DATABASE_URL: url, REDIS_URL: url, COINBASE_URL: url });
    expect(message.match(/but got/g)).toHaveLength(3);
    expect(message).not.toMatch(/hunter2|ter2|hun@/);
  });

  it('reads every variable that is tried here, and no other', () => {
    const source = readFileSync('src/config.ts', 'utf8');
    const read = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name);
    const tried = new Set(VARIABLES.map(([name]) => name).filter((name) => !/^(CACHE_TTL_|PATH$)/.test(name)));
    // It stands only beside REDIS_URL.
    expect([...tried, 'REDIS_SENTINEL'].sort()).toEqual([...read].sort());
  });
});

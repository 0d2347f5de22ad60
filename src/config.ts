import { z } from 'zod';
import { deepFreeze } from './support/deep-freeze.js';
import type { LogLevel } from './support/logger.js';

/** Where market data comes from. */
export type MarketSource =
  | { readonly kind: 'simulated'; readonly seed: number; readonly latencyMs: number }
  | { readonly kind: 'csv'; readonly path: string }
  | { readonly kind: 'coinbase'; readonly url: string | undefined };

/** How Redis is reached. */
export interface RedisConfig {
  /** One server, some nodes of a cluster, or Sentinels. */
  readonly urls: readonly [string, ...string[]];
  readonly cluster: boolean;
  /** The name under which Sentinels know the master. */
  readonly sentinel: string | undefined;
  readonly connections: number;
  readonly timeoutMs: number;
}

/** Everything that the environment decides (CONTRACT.md, Environment). */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly redis: RedisConfig | undefined;
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly market: MarketSource;
  readonly cache: boolean;
  /** ms by the name that follows CACHE_TTL_. */
  readonly ttlOverrides: Readonly<Record<string, number>>;
  readonly cacheMemoryBytes: number;
  readonly corsOrigins: '*' | readonly string[];
  readonly demo: boolean;
  readonly logLevel: LogLevel;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** As written; undefined leaves the choice to the source. */
  readonly overviewSymbols: readonly string[] | undefined;
}

/** The environment holds values that are not allowed: one message that names them all. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly code = 'CONFIG';
}

/** The names that CACHE_TTL_<NAME> takes. */
export const TTL_NAMES = [
  'ANALYSIS',
  'OVERVIEW',
  'BACKTEST',
  'PRICE',
  'ORDER_BOOK',
  'CANDLES_CLOSED',
  'CANDLES_OPEN',
  'INDICATORS',
  'PREDICTION',
  'HOLDINGS',
  'ORDERS',
  'INSTRUMENTS',
  'METADATA',
  'WATCHLISTS',
  'SETTINGS',
  'SESSION',
] as const;

/** The configuration, whole and frozen. Throws {@link ConfigError}, which names every fault, what is allowed and what came. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable is one that is not set: compose files and shells write it so.
  const trimmed = Object.entries(env).map(([name, value = '']) => [name, value.trim()] as const);
  const given = Object.fromEntries(trimmed.filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  const unknown = Object.keys(given).filter((name) => name.startsWith('CACHE_TTL_') && !(name in variables.shape));
  if (!parsed.success || unknown.length > 0) {
    const faults = (parsed.error?.issues ?? []).map(({ path, message }) => {
      const name = String(path[0]);
      return `  ${name} ${message}, but got: ${shown(name, given[name] ?? '')}`;
    });
    const names = unknown.map((name) => `  ${name} is no name of a TTL; there are: ${TTL_NAMES.join(', ')}`);
    throw new ConfigError(`The environment has values that are not allowed:\n${[...faults, ...names].join('\n')}`);
  }
  const { data } = parsed;
  const production = data.NODE_ENV === 'production';
  const demo = data.DEMO ?? (!production && isLoopback(data.HOST));
  return deepFreeze({
    production,
    host: data.HOST,
    port: data.PORT,
    redis: redisOf(data),
    databaseUrl: data.DATABASE_URL,
    dataDir: data.DATA_DIR,
    market: marketSource(data),
    cache: data.CACHE,
    ttlOverrides: ttlOverridesOf(data),
    cacheMemoryBytes: data.CACHE_MEMORY_MB * 1_048_576,
    corsOrigins: data.CORS_ORIGINS ?? (demo ? '*' : []),
    demo,
    logLevel: data.LOG_LEVEL,
    graphiql: data.GRAPHIQL ?? !production,
    introspection: data.INTROSPECTION ?? !production,
    overviewSymbols: data.OVERVIEW_SYMBOLS,
  });
}

/** Private: a whole number within bounds. */
function whole(min: number, max: number) {
  const rule = `is a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,12}$/, rule)
    .transform(Number)
    .refine((value) => value >= min && value <= max, rule);
}

/** Private */
const onOff = z.enum(['on', 'off'], 'is on or off').transform((value) => value === 'on');

/** Private: an address with one of some schemes, and a host. */
function address(...schemes: string[]) {
  const rule = `is an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  const begins = (text: string) => schemes.some((scheme) => text.toLowerCase().startsWith(`${scheme}://`));
  return z.string().refine((text) => begins(text) && URL.canParse(text) && new URL(text).host !== '', rule);
}

/** Private: as a browser sends it. URL would take a star in a name for one of its letters. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && !text.includes('*') && URL.canParse(text) && new URL(text).origin === text;
}

/** Private */
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const ttl = whole(0, 31_536_000).transform((seconds) => seconds * 1_000);

const symbols = list.refine(
  (items) => items.length > 0 && items.length <= 100 && items.every((item) => /^[A-Za-z0-9._:/-]{1,32}$/.test(item)),
  'is 1 to 100 symbols separated by commas, each of A-Z a-z 0-9 . _ : / -',
);

const origins = list
  .transform((items) => (items.includes('*') ? '*' : items))
  .refine(
    (value) => value === '*' || value.every(isOrigin),
    'is * or origins such as https://app.example.com separated by commas',
  );

/** Private: credentials have no comma that is not encoded. */
const redisUrls = list.pipe(z.tuple([address('redis', 'rediss')], address('redis', 'rediss')));

const variables = z.object({
  NODE_ENV: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65_535).default(4000),
  REDIS_URL: redisUrls.optional(),
  REDIS_CLUSTER: z
    .enum(['true', 'false'], 'is true or false')
    .transform((value) => value === 'true')
    .default(false),
  REDIS_SENTINEL: z.string().optional(),
  REDIS_CONNECTIONS: whole(1, 100).default(1),
  REDIS_TIMEOUT_MS: whole(1, 60_000).default(100),
  DATABASE_URL: address('postgres', 'postgresql').optional(),
  DATA_DIR: z.string().default('./data'),
  MARKET_SOURCE: z
    .string()
    .regex(/^(simulated|coinbase|csv:.+)$/, 'is simulated, csv:FOLDER or coinbase')
    .default('simulated'),
  MARKET_SEED: whole(0, 4_294_967_295).default(1),
  MARKET_LATENCY_MS: whole(0, 60_000).default(0),
  COINBASE_URL: address('http', 'https').optional(),
  CACHE: onOff.default(true),
  CACHE_MEMORY_MB: whole(1, 1_048_576).default(64),
  CORS_ORIGINS: origins.optional(),
  DEMO: onOff.optional(),
  LOG_LEVEL: z
    .enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'is fatal, error, warn, info, debug, trace or silent',
    )
    .default('info'),
  GRAPHIQL: onOff.optional(),
  INTROSPECTION: onOff.optional(),
  OVERVIEW_SYMBOLS: symbols.optional(),
  ...(Object.fromEntries(TTL_NAMES.map((name) => [`CACHE_TTL_${name}`, ttl.optional()])) as Record<
    `CACHE_TTL_${(typeof TTL_NAMES)[number]}`,
    z.ZodOptional<typeof ttl>
  >),
});

/** Private: what variables say together, once each says something by itself. */
const environment = variables.superRefine((data, context) => {
  if (context.issues.length > 0) return;
  const { REDIS_URL: urls, REDIS_CLUSTER: cluster, REDIS_SENTINEL: sentinel } = data;
  const fault = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });
  if (cluster && sentinel !== undefined)
    fault('REDIS_SENTINEL', 'names the master of a single Redis, and is not for a cluster');
  if (urls && urls.length > 1 && !cluster && sentinel === undefined) {
    fault('REDIS_URL', 'is one address, or several with REDIS_CLUSTER=true or REDIS_SENTINEL');
  }
  if (!urls && (cluster || sentinel !== undefined)) {
    fault(cluster ? 'REDIS_CLUSTER' : 'REDIS_SENTINEL', 'needs the addresses in REDIS_URL');
  }
});

type Environment = z.output<typeof variables>;

/** Private */
function redisOf(data: Environment): RedisConfig | undefined {
  if (!data.REDIS_URL) return undefined;
  return {
    urls: data.REDIS_URL,
    cluster: data.REDIS_CLUSTER,
    sentinel: data.REDIS_SENTINEL,
    connections: data.REDIS_CONNECTIONS,
    timeoutMs: data.REDIS_TIMEOUT_MS,
  };
}

/** Private */
function marketSource({ MARKET_SOURCE, MARKET_SEED, MARKET_LATENCY_MS, COINBASE_URL: url }: Environment): MarketSource {
  if (MARKET_SOURCE.startsWith('csv:')) return { kind: 'csv', path: MARKET_SOURCE.slice('csv:'.length) };
  if (MARKET_SOURCE === 'coinbase') return { kind: 'coinbase', url };
  return { kind: 'simulated', seed: MARKET_SEED, latencyMs: MARKET_LATENCY_MS };
}

/** Private */
function ttlOverridesOf(data: Environment): Readonly<Record<string, number>> {
  return Object.fromEntries(
    TTL_NAMES.flatMap((name) => {
      const ms = data[`CACHE_TTL_${name}`];
      return ms === undefined ? [] : [[name, ms]];
    }),
  );
}

/** Private */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Private: an address may hold a password, which belongs in no message, and what is no address may be a password by mistake. */
function shown(name: string, value: string): string {
  if (!name.endsWith('_URL')) return value;
  if (!URL.canParse(value)) return `${value.length} characters that are no address`;
  const { protocol, username, password, host } = new URL(value);
  return `${protocol}//${username || password ? '…@' : ''}${host}`;
}

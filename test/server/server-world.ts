import type { Server } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import { afterEach } from 'vitest';
import type { Repositories } from '../../src/accounts/repositories.js';
import { Cache, MemoryStore, Namespaces } from '../../src/cache/index.js';
import type { MarketData } from '../../src/market/market-data.js';
import { buildSchema } from '../../src/schema/index.js';
import { createGatewayServer, type ServerTimeouts } from '../../src/server/gateway-server.js';
import { gracefulClose } from '../../src/server/graceful-close.js';
import { createGraphiqlPage } from '../../src/server/graphiql-page.js';
import { createGraphql } from '../../src/server/graphql.js';
import type { Health } from '../../src/server/health.js';
import { listen } from '../../src/server/listen.js';
import { createMask } from '../../src/server/mask-error.js';
import { printGatewaySchema } from '../../src/server/print-schema.js';
import type { Clock } from '../../src/support/clock.js';
import { createSimulatedMarket } from '../../src/upstream/simulated/simulated-market.js';
import { createClient, type Client } from '../support/client.js';
import { ManualClock } from '../support/manual-clock.js';
import { RecordedPool } from '../support/recorded-pool.js';

export interface ServerWorldOptions {
  readonly schema?: GraphQLSchema;
  /** What of the market is another one than the simulated. */
  readonly market?: Partial<MarketData>;
  /** Without it whoever needs the database fails. */
  readonly database?: (clock: Clock) => Promise<Repositories>;
  readonly corsOrigins?: '*' | readonly string[];
  readonly production?: boolean;
  readonly introspection?: boolean;
  readonly graphiql?: boolean;
  readonly health?: () => Promise<Health>;
  readonly isReady?: () => boolean;
  readonly timeouts?: Partial<ServerTimeouts>;
  readonly stalledMs?: number;
}

/** The server with its parts but no database and no process around it, on a driven clock. */
export interface ServerWorld extends Client {
  readonly server: Server;
  readonly port: number;
  readonly clock: ManualClock;
  readonly cache: Cache;
  /** Lines of the log, parsed. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  close(graceMs?: number): Promise<void>;
}

export const SCHEMA = buildSchema();
const SCHEMA_TEXT = printGatewaySchema(SCHEMA);
export const OVERVIEW_SYMBOLS = ['BTC-USD', 'ETH-USD', 'SOL-USD'];

const opened: ServerWorld[] = [];
afterEach(async () => {
  // Nobody is waited for: a test that leaves something running has said so by then.
  for (const world of opened.splice(0)) await world.close(0);
});

/** Listens on a port of its own until the test ends. */
export async function openServer(options: ServerWorldOptions = {}): Promise<ServerWorld> {
  const { database = noDatabase, production = false, introspection = true, graphiql = true } = options;
  const clock = new ManualClock();
  const logged: Record<string, unknown>[] = [];
  const logger = pino(
    { level: 'debug' },
    { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const market: MarketData = { ...createSimulatedMarket({ seed: 1, latencyMs: 0, clock }), ...options.market };
  const cache = openCache(clock);
  const mask = createMask(logger);
  const parts = {
    cache,
    clock,
    market,
    pool: new RecordedPool(),
    overviewSymbols: OVERVIEW_SYMBOLS,
    database: () => database(clock),
    production,
    mask,
  };
  const { server, endStreams } = createGatewayServer({
    corsOrigins: options.corsOrigins ?? '*',
    graphql: createGraphql({
      schema: options.schema ?? SCHEMA,
      parts,
      introspection,
      logger,
      stalledMs: options.stalledMs,
    }),
    graphiql: graphiql
      ? createGraphiqlPage({ symbols: OVERVIEW_SYMBOLS, timeframe: 'H4', demo: async () => undefined })
      : undefined,
    schemaText: SCHEMA_TEXT,
    health: options.health ?? (async () => ({ status: 'healthy', checks: {} })),
    isReady: options.isReady ?? (() => true),
    mask,
    ...(options.timeouts ? { timeouts: options.timeouts } : {}),
  });
  const close = gracefulClose(server, endStreams);
  const url = await listen(server, { host: '127.0.0.1', port: 0 });
  const world = { ...createClient(url), server, port: Number(new URL(url).port), clock, cache, logged, close };
  opened.push(world);
  return world;
}

/** Private */
function openCache(clock: ManualClock): Cache {
  const namespaces = new Namespaces();
  namespaces.set('api', 'm.test');
  namespaces.set('database', 'd.test');
  return new Cache({ clock, store: new MemoryStore({ clock, maxBytes: 16_000_000 }), namespaces });
}

/** Private */
async function noDatabase(): Promise<Repositories> {
  throw new Error('connect ECONNREFUSED postgres://tidemark:hunter2@db.internal:5432/tidemark');
}

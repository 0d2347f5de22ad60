import { DEMO_ACCOUNTS, seedDemoAccounts } from './accounts/demo-accounts.js';
import type { Database } from './accounts/database/database.js';
import { openDatabase } from './accounts/database/open-database.js';
import { createRepositories, type Repositories } from './accounts/repositories.js';
import { createAnalystPool } from './analytics/threads/analyst-pool.js';
import {
  Cache,
  connectRedis,
  createRedisStore,
  MemoryStore,
  Namespaces,
  OutboxDrain,
  type CacheEvent,
  type RefusedError,
  type Store,
} from './cache/index.js';
import type { Config } from './config.js';
import { chooseOverviewSymbols } from './market/overview-symbols.js';
import type { MarketData } from './market/market-data.js';
import type { Timeframe } from './market/timeframe.js';
import { usualTimeframe } from './market/usual-timeframe.js';
import { buildSchema } from './schema/index.js';
import { createGatewayServer } from './server/gateway-server.js';
import { gracefulClose } from './server/graceful-close.js';
import { createGraphql } from './server/graphql.js';
import { createGraphiqlDemoSource } from './server/graphiql-demo.js';
import { createGraphiqlPage } from './server/graphiql-page.js';
import { checkHealth } from './server/health.js';
import { listen } from './server/listen.js';
import { watchLoopDelay } from './server/loop-delay.js';
import { createMask } from './server/mask-error.js';
import { printGatewaySchema } from './server/print-schema.js';
import { systemClock, type Clock } from './support/clock.js';
import { GatewayError } from './support/gateway-error.js';
import { hash } from './support/hash.js';
import type { Logger } from './support/logger.js';
import { systemTimers } from './support/timers.js';
import { createCoinbaseMarket } from './upstream/coinbase/coinbase-market.js';
import { openCsvMarket } from './upstream/csv/csv-market.js';
import { createSimulatedMarket } from './upstream/simulated/simulated-market.js';

/** A gateway, put together and listening. */
export interface Gateway {
  /** Such as `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly market: MarketData;
  /** For a first query: one that the overview's pairs have. */
  readonly timeframe: Timeframe;
  /** The demo's, where it is on. */
  readonly signIns: readonly { readonly email: string; readonly password: string }[];
  /** Once the database is open too; rejects where it can't be opened. */
  readonly opened: Promise<void>;
  /** Finishes what runs, 10 s at most, and closes everything. A second call waits for the first. */
  readonly close: () => Promise<void>;
}

const NAMESPACE_LENGTH = 12;
const REFUSAL_EVERY_MS = 60_000;

/** The composition root: the only place that knows every part. */
export async function composeGateway(config: Config, logger: Logger, clock: Clock = systemClock): Promise<Gateway> {
  const market = await openMarket(config, clock, logger);
  const instruments = await market.instruments().catch(() => undefined);
  const overviewSymbols = await chooseOverviewSymbols(market, instruments, config.overviewSymbols).catch(
    async (error: unknown) => {
      await market.close();
      throw error;
    },
  );
  const usual = usualTimeframe(overviewSymbols, market.timeframes, instruments ?? []);
  const store = openStore(config, clock, logger);
  const namespaces = new Namespaces();
  namespaces.set('api', `m.${hash(market.fingerprint, NAMESPACE_LENGTH)}`);
  const cache = new Cache({
    store,
    clock,
    namespaces,
    ttlOverrides: config.ttlOverrides,
    enabled: config.cache,
    isUpstreamFailure: (error) => error instanceof GatewayError && error.code.startsWith('UPSTREAM_'),
    onEvent: (event) => logEvent(event, logger),
  });

  let database: Database | undefined;
  let drain: OutboxDrain | undefined;
  let opening: Promise<Repositories> | undefined;
  const open = async () => {
    database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, logger });
    namespaces.set('database', `d.${hash(database.id, NAMESPACE_LENGTH)}`);
    if (config.demo) await seedDemoAccounts(database.db, clock, overviewSymbols.slice(0, 3));
    const repositories = createRepositories(database.db, clock);
    drain = new OutboxDrain({
      outbox: repositories.outbox,
      raise: async (tags, kind) => (await cache.invalidate(tags, kind)).status === 'DONE',
      canRaise: () => store.health().available,
      onFailure: (failure) => logDrain(failure, logger),
    });
    drain.start();
    return repositories;
  };
  const repositories = () => (opening ??= open());

  const mask = createMask(logger);
  const schema = buildSchema(config.ttlOverrides);
  const pool = createAnalystPool({ onError: (err) => logger.warn({ err }, 'a thread of the analysts failed') });
  const { production } = config;
  const parts = { cache, clock, market, pool, overviewSymbols, database: repositories, production, mask };
  const loop = watchLoopDelay();
  let isOpen = false;
  let closing: Promise<void> | undefined;
  const { server, endStreams } = createGatewayServer({
    corsOrigins: config.corsOrigins,
    graphql: createGraphql({ schema, parts, introspection: config.introspection, logger }),
    graphiql: config.graphiql
      ? createGraphiqlPage({
          ...usual,
          demo: config.demo ? createGraphiqlDemoSource(repositories, clock) : async () => undefined,
        })
      : undefined,
    schemaText: printGatewaySchema(schema),
    health: () =>
      checkHealth({
        store,
        marketFaults: () => market.faults(),
        pingDatabase: database && (() => database?.ping() ?? Promise.resolve()),
        loopDelayMs: loop.longestMs,
      }),
    isReady: () => isOpen && closing === undefined,
    mask,
  });
  const closeServer = gracefulClose(server, endStreams);
  const close = async () => {
    await closeServer();
    loop.stop();
    await pool.close();
    const repositories = await opening?.catch(() => undefined);
    await drain?.stop();
    await repositories?.outbox.close();
    await cache.close();
    await database?.close();
    await market.close();
  };
  const url = await listen(server, config).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  // In the background: what needs no database is served at once.
  const opened = repositories().then(() => void (isOpen = true));
  opened.catch(() => undefined);
  const signIns = config.demo ? DEMO_ACCOUNTS : [];
  return { url, market, timeframe: usual.timeframe, signIns, opened, close: () => (closing ??= close()) };
}

/** Private */
async function openMarket({ market }: Config, clock: Clock, logger: Logger): Promise<MarketData> {
  switch (market.kind) {
    case 'csv':
      return openCsvMarket(market.path, logger);
    case 'coinbase':
      return createCoinbaseMarket({ url: market.url, clock, logger });
    case 'simulated':
      return createSimulatedMarket({ seed: market.seed, latencyMs: market.latencyMs, clock });
  }
}

/** Private */
function openStore({ redis, cacheMemoryBytes: maxBytes }: Config, clock: Clock, logger: Logger): Store {
  if (!redis) return new MemoryStore({ clock, maxBytes });
  return createRedisStore({
    link: connectRedis(redis),
    clock,
    timers: systemTimers,
    prefix: 'tidemark:',
    maxBytes,
    onTrust: (trusted, reason) => {
      if (trusted) logger.info('Redis answers: the cache is in use');
      else logger.warn({ reason }, 'Redis is away: everything is computed until it answers');
    },
    onRefusal: oncePerKind(
      ({ kind, message }) => logger.warn({ kind, message }, 'Redis refuses what the cache asks'),
      clock,
    ),
  });
}

/** Private */
function logDrain(failure: Error | undefined, logger: Logger): void {
  if (failure) logger.warn({ err: failure }, 'the outbox could not be drained: its invalidations wait');
  else logger.info('the outbox is drained again');
}

/** Private: a full Redis refuses every write; one line a minute tells as much. */
function oncePerKind(tell: (refusal: RefusedError) => void, clock: Clock): (refusal: RefusedError) => void {
  const told = new Map<string, number>();
  return (refusal) => {
    const now = clock.monotonic();
    if (now - (told.get(refusal.kind) ?? -Infinity) < REFUSAL_EVERY_MS) return;
    told.set(refusal.kind, now);
    tell(refusal);
  };
}

/** Private */
function logEvent(event: CacheEvent, logger: Logger): void {
  if (event.type === 'refreshFailed')
    logger.warn({ name: event.name, err: event.error }, 'a refresh behind a stale value failed');
  if (event.type === 'notStored')
    logger.warn({ name: event.name, reason: event.reason }, 'a value could not be stored');
  if (event.type === 'raised') logger.debug({ tags: event.tags, status: event.status }, 'tags were invalidated');
}

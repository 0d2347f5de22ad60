import { Redis } from 'ioredis';
import { composeGateway, type Gateway } from '../src/compose.js';
import { readConfig } from '../src/config.js';
import { createLogger } from '../src/support/logger.js';
import { startRedis } from '../test/support/redis-server.js';
import type { Measurement } from './run.js';
import { readCommandCounts, resetCommandCounts, totalOf } from './support/command-counts.js';
import { percentile } from './support/percentile.js';
import { startRoundTripCounter, type RoundTripCounter } from './support/round-trips.js';

const QUERY = `{ overview(timeframe: H4) {
  breadth { up down sideways } pairs { symbol price sparkline analysis { dow { trend confidence } } error { code } }
} }`;
const COLD_RUNS = 10;
const WARM_RUNS = 200;

/** System A's own figures, and an upstream as slow as its own. */
const SYSTEM_A = { cold: 1_010, warm: 6.5 };
const UPSTREAM_MS = '50';

/**
 * The overview of 15 pairs: without a cache, cold, and warm in memory and over Redis; upstream calls take no time. Then cold and warm
 * where each takes 50 ms, and what a warm reading asks of Redis, of the overview and of a list of 50.
 */
export async function benchOverview(): Promise<readonly Measurement[]> {
  const redis = await startRedis();
  try {
    const uncached = await median({ CACHE: 'off' }, COLD_RUNS);
    const memory = await median({}, WARM_RUNS);
    const overRedis = await median({ REDIS_URL: redis.url }, WARM_RUNS);
    const ratio = (value: number) => ({ what: 'as fast as without a cache', ratio: uncached.later / value });
    return [
      { what: 'first overview of a gateway', value: memory.first, unit: 'ms' },
      { what: 'without a cache, median', value: uncached.later, unit: 'ms' },
      { what: 'warm, in memory, median', value: memory.later, unit: 'ms', against: ratio(memory.later) },
      { what: 'warm, over Redis, median', value: overRedis.later, unit: 'ms', against: ratio(overRedis.later) },
      ...(await slowUpstream('', {})),
      ...(await slowUpstream(', with Redis', { REDIS_URL: redis.url })),
      ...(await readingCosts(redis.url)),
    ];
  } finally {
    await redis.stop();
  }
}

/** Private: cold is after clearCache, so that nothing is left of what an overview is made of. */
async function slowUpstream(where: string, env: Readonly<Record<string, string>>): Promise<Measurement[]> {
  const gateway = await startGateway({ MARKET_LATENCY_MS: UPSTREAM_MS, ...env });
  try {
    const { login } = await askFor<Login>(gateway.url, LOGIN);
    const clear = () => askFor(gateway.url, 'mutation { clearCache { status } }', login.token);
    const cold: number[] = [];
    const warm: number[] = [];
    for (let run = 0; run < COLD_RUNS; run += 1) {
      await clear();
      cold.push(await ask(gateway.url, QUERY));
      for (let again = 0; again < WARM_RUNS / COLD_RUNS; again += 1) warm.push(await ask(gateway.url, QUERY));
    }
    const measured = (when: string, times: readonly number[], systemA: number): Measurement => {
      const value = percentile(times, 0.5);
      const against = { what: `as fast as system A's ${systemA} ms`, ratio: systemA / value };
      return { what: `upstream ${UPSTREAM_MS} ms${where}, ${when}, median`, value, unit: 'ms', against };
    };
    return [measured('cold', cold, SYSTEM_A.cold), measured('warm', warm, SYSTEM_A.warm)];
  } finally {
    await gateway.close();
  }
}

const LOGIN = 'mutation { login(email: "admin@demo.local", password: "admin") { token } }';

interface Login {
  readonly login: { readonly token: string };
}

/**
 * Private: one gateway computes, another, which has nothing in memory, reads for the first time and at once again. Medians over several
 * overviews and lists, so that no heartbeat is counted in.
 */
async function readingCosts(redisUrl: string): Promise<Measurement[]> {
  const redis = new Redis(redisUrl);
  const counter = await startRoundTripCounter(redisUrl);
  const one = await startGateway({ REDIS_URL: redisUrl });
  const two = await startGateway({ REDIS_URL: counter.url });
  const costs = async (query: string): Promise<Cost[]> => {
    await ask(one.url, query);
    const first = await costOf(() => ask(two.url, query), redis, counter);
    return [first, await costOf(() => ask(two.url, query), redis, counter)];
  };
  try {
    const { instruments } = await askFor<Instruments>(one.url, INSTRUMENTS);
    await ask(two.url, INSTRUMENTS);
    const symbols = instruments.edges.map(({ node }) => node.symbol);
    const overviews: Cost[][] = [];
    for (const timeframe of TIMEFRAMES) overviews.push(await costs(QUERY.replace('H4', timeframe)));
    const lists: Cost[][] = [];
    for (const from of [0, 50, 100, 150]) lists.push(await costs(pricesQuery(symbols.slice(from, from + 50))));
    return [...toMeasurements('overview of 15 pairs', overviews), ...toMeasurements('list of 50 prices', lists)];
  } finally {
    await one.close();
    await two.close();
    await counter.close();
    redis.disconnect();
  }
}

/** Private: none of them asked for before. */
const TIMEFRAMES = ['M5', 'M15', 'H1', 'D1', 'W1'];
const INSTRUMENTS = '{ instruments(first: 250) { edges { node { symbol } } } }';

interface Instruments {
  readonly instruments: { readonly edges: readonly { readonly node: { readonly symbol: string } }[] };
}

/** Private */
function pricesQuery(symbols: readonly string[]): string {
  return `{ prices(symbols: ${JSON.stringify(symbols)}) { price { price } } }`;
}

/** Private: of one reading. */
interface Cost {
  readonly commands: number;
  readonly trips: number;
}

/** Private */
async function costOf(read: () => Promise<unknown>, redis: Redis, counter: RoundTripCounter): Promise<Cost> {
  await resetCommandCounts(redis);
  counter.take();
  await read();
  const trips = counter.take();
  return { trips, commands: totalOf(await readCommandCounts(redis)) };
}

/** Private */
function toMeasurements(what: string, costs: readonly (readonly Cost[])[]): Measurement[] {
  return ['for the first time', 'again'].map((when, i) => {
    const of = costs.flatMap((each) => each[i] ?? []);
    const median = (pick: (cost: Cost) => number) => percentile(of.map(pick), 0.5);
    return {
      what: `${what} in Redis, read ${when}`,
      value: median(({ trips }) => trips),
      unit: 'round trips',
      beside: [{ value: median(({ commands }) => commands), unit: 'commands' }],
    };
  });
}

/** Private: over HTTP, one request after the other: the first, and the median of the later ones. */
async function median(env: Readonly<Record<string, string>>, runs: number): Promise<{ first: number; later: number }> {
  const gateway = await startGateway(env);
  try {
    const first = await ask(gateway.url, QUERY);
    const times: number[] = [];
    for (let run = 0; run < runs; run += 1) times.push(await ask(gateway.url, QUERY));
    return { first, later: percentile(times, 0.5) };
  } finally {
    await gateway.close();
  }
}

/** Private */
async function startGateway(env: Readonly<Record<string, string>>): Promise<Gateway> {
  const config = readConfig({ PORT: '0', DATA_DIR: 'memory', LOG_LEVEL: 'silent', ...env });
  const gateway = await composeGateway(config, createLogger(config.logLevel));
  // The embedded database's start takes a core for some seconds, which is not what is measured.
  await gateway.opened;
  return gateway;
}

/** Private: ms until the whole answer was read. */
async function ask(url: string, query: string): Promise<number> {
  const begun = performance.now();
  await askFor(url, query);
  return performance.now() - begun;
}

/** Private: the answer's data. */
async function askFor<D>(url: string, query: string, token?: string): Promise<D> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await response.json()) as { data: D; errors?: unknown };
  if (errors) throw new Error(`It failed: ${JSON.stringify(errors)}`);
  return data;
}

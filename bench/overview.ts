import { composeGateway } from '../src/compose.js';
import { readConfig } from '../src/config.js';
import { createLogger } from '../src/support/logger.js';
import { startRedis } from '../test/support/redis-server.js';
import type { Measurement } from './run.js';

const QUERY = `{ overview(timeframe: H4) {
  breadth { up down sideways } pairs { symbol price sparkline analysis { dow { trend confidence } } error { code } }
} }`;
const COLD_RUNS = 10;
const WARM_RUNS = 200;

/** The overview of 15 pairs: without a cache, cold, and warm in memory and over Redis; upstream calls take no time. */
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
    ];
  } finally {
    await redis.stop();
  }
}

/** Private: over HTTP, one request after the other: the first, and the median of the later ones. */
async function median(env: Readonly<Record<string, string>>, runs: number): Promise<{ first: number; later: number }> {
  const config = readConfig({ PORT: '0', DATA_DIR: 'memory', LOG_LEVEL: 'silent', ...env });
  const gateway = await composeGateway(config, createLogger(config.logLevel));
  try {
    // The embedded database's start takes a core for some seconds, which is not what is measured.
    await gateway.opened;
    const first = await ask(gateway.url);
    const times: number[] = [];
    for (let run = 0; run < runs; run += 1) times.push(await ask(gateway.url));
    times.sort((a, b) => a - b);
    return { first, later: times[Math.floor(times.length / 2)] ?? NaN };
  } finally {
    await gateway.close();
  }
}

/** Private: ms until the whole answer was read. */
async function ask(url: string): Promise<number> {
  const begun = performance.now();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors) throw new Error(`The overview failed: ${JSON.stringify(errors)}`);
  return performance.now() - begun;
}

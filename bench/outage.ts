import { setTimeout as delay } from 'node:timers/promises';
import { startRedis, type RedisServer } from '../test/support/redis-server.js';
import { startProxy, type TcpProxy } from '../test/support/tcp-proxy.js';
import type { Measurement } from './run.js';
import { startGatewayProcess, type GatewayProcess } from './support/gateway-process.js';
import { toQuantities } from './support/quantities.js';
import { until } from './support/until.js';

const REQUESTS_PER_SECOND = 50;
const BEFORE_MS = 3_000;
const DURING_MS = 6_000;
const AFTER_MS = 3_000;
const SLOW_MS = 300;

interface Outage {
  readonly name: string;
  readonly begin: (redis: RedisServer, proxy: TcpProxy) => unknown;
  readonly end: (redis: RedisServer, proxy: TcpProxy) => unknown;
}

const OUTAGES: readonly Outage[] = [
  { name: 'killed', begin: (redis) => redis.kill('SIGKILL'), end: (redis) => redis.restart() },
  { name: 'stopped', begin: (redis) => redis.kill('SIGSTOP'), end: (redis) => redis.kill('SIGCONT') },
  {
    name: `slow (${SLOW_MS} ms)`,
    begin: (_, proxy) => proxy.delay(SLOW_MS),
    end: (_, proxy) => proxy.restore(),
  },
];

/**
 * What the clients of a gateway notice of an outage of its Redis: 100 requests a second, evenly spaced and whether or not the ones
 * before were answered, half of them for one value that everybody wants and half for values that nobody has asked for yet.
 */
export async function benchOutage(): Promise<readonly Measurement[]> {
  const redis = await startRedis();
  const proxy = await startProxy(redis.url);
  const gateway = await startGatewayProcess({ REDIS_URL: proxy.url });
  try {
    await load(gateway, BEFORE_MS);
    const measurements: Measurement[] = [];
    for (const outage of OUTAGES) measurements.push(...(await suffer(outage, { redis, proxy, gateway })));
    return measurements;
  } finally {
    await gateway.stop();
    await proxy.close();
    await redis.stop();
  }
}

interface World {
  readonly redis: RedisServer;
  readonly proxy: TcpProxy;
  readonly gateway: GatewayProcess;
}

/** Private: three stretches of load, and the time from Redis's return to the cache's. */
async function suffer({ name, begin, end }: Outage, { redis, proxy, gateway }: World): Promise<Measurement[]> {
  const before = await load(gateway, BEFORE_MS);
  const during = load(gateway, DURING_MS);
  await begin(redis, proxy);
  const duringAnswers = await during;
  await end(redis, proxy);
  const [after, backMs] = await Promise.all([load(gateway, AFTER_MS), until(() => usesRedis(gateway))]);
  return [
    toMeasurement(`Redis ${name}: before`, before),
    toMeasurement(`Redis ${name}: during`, duringAnswers),
    toMeasurement(`Redis ${name}: after`, after),
    { what: `Redis ${name}: until the cache is back`, value: backMs, unit: 'ms' },
  ];
}

/** Private: as /health tells it. */
async function usesRedis(gateway: GatewayProcess): Promise<boolean> {
  const { body } = await gateway.get('/health');
  return (body as { checks: { cache: { status: string } } }).checks.cache.status === 'healthy';
}

interface LoadAnswer {
  readonly failed: boolean;
  readonly ms: number;
}

/** Private: all answers, to the last. */
async function load(gateway: GatewayProcess, durationMs: number): Promise<LoadAnswer[]> {
  const begunAt = performance.now();
  const count = (durationMs / 1_000) * REQUESTS_PER_SECOND;
  const answers: Promise<LoadAnswer>[] = [];
  for (let i = 0; i < count; i += 1) {
    const waitMs = begunAt + (i * 1_000) / REQUESTS_PER_SECOND - performance.now();
    if (waitMs > 0) await delay(waitMs);
    answers.push(ask(gateway, i % 2 === 0 ? HOT : coldQuery()));
  }
  return Promise.all(answers);
}

const HOT = '{ analysis(symbol: "BTC-USD", timeframe: H4) { dow { trend } } }';

/** Private: another value at each call; computing one takes the simulated market no time. */
function coldQuery(): string {
  const symbols = ['BTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD', 'ADA-USD', 'DOGE-USD', 'LTC-USD', 'LINK-USD'];
  coldCount += 1;
  const depth = 1 + (Math.floor(coldCount / symbols.length) % 500);
  return `{ orderBook(symbol: "${symbols[coldCount % symbols.length]}", depth: ${depth}) { bids { price } } }`;
}
let coldCount = 0;

/** Private */
async function ask(gateway: GatewayProcess, query: string): Promise<LoadAnswer> {
  const begunAt = performance.now();
  const failed = await gateway.query(query).then(
    ({ status, body }) => status !== 200 || body.errors !== undefined,
    () => true,
  );
  return { failed, ms: performance.now() - begunAt };
}

/** Private */
function toMeasurement(what: string, answers: readonly LoadAnswer[]): Measurement {
  const failed = answers.filter((answer) => answer.failed).length;
  return {
    what,
    ...toQuantities(
      answers.map(({ ms }) => ms),
      { value: failed, unit: `of ${answers.length} failed` },
    ),
  };
}

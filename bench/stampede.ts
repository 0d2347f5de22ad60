import { createClient, type Client } from '../test/support/client.js';
import { startCoinbaseServer, type CoinbaseServer } from '../test/support/coinbase-server.js';
import { startRedis } from '../test/support/redis-server.js';
import { ensurePeers } from './peers/ensure-peers.js';
import type { Measurement } from './run.js';
import { startChild, type Child } from '../test/support/child.js';
import { startGatewayProcess } from './support/gateway-process.js';

const REQUESTS = 1_000;
const PROCESSES = 3;
/** Of one computation: long enough that all requests arrive while it runs. */
const UPSTREAM_MS = 1_000;
const QUERY = '{ orderBook(symbol: "BTC-USD") { symbol bids { price quantity } asks { price quantity } } }';
const BOOK_PATH = '/products/BTC-USD/book';

/** A process that answers the query, and how to end it. */
type Subject = Client & Pick<Child, 'stop'>;
type Start = (env: Readonly<Record<string, string>>) => Promise<Subject>;

const PEERS: Readonly<Record<string, Start>> = {
  'Yoga, response cache in memory': (env) => startPeer('yoga', { ...env, STORE: 'memory' }),
  'Yoga, response cache in Redis': (env) => startPeer('yoga', { ...env, STORE: 'redis' }),
  'Mercurius, mercurius-cache in Redis': (env) => startPeer('mercurius', env),
  'Bentocache, memory over Redis': (env) => startPeer('bentocache', env),
  'Apollo Server, response cache in Redis': (env) => startPeer('apollo', env),
};

/** 1,000 identical requests that come at once to three cold processes on one Redis: what the upstream was asked for them. */
export async function benchStampede(): Promise<readonly Measurement[]> {
  await ensurePeers();
  const ours = await stampede((env) =>
    startGatewayProcess({ MARKET_SOURCE: 'coinbase', COINBASE_URL: env['UPSTREAM_URL'] ?? '', ...env }),
  );
  const peers: [string, Stampede][] = [];
  for (const [name, start] of Object.entries(PEERS)) peers.push([name, await stampede(start)]);
  return [toMeasurement('Tidemark', ours), ...peers.map(([name, peer]) => toMeasurement(name, peer, ours))];
}

interface Stampede {
  readonly computations: number;
  readonly failed: number;
  readonly slowestMs: number;
}

/** Private: each subject has a Redis and an upstream of its own, so that what one left behind is not met by the next. */
async function stampede(start: Start): Promise<Stampede> {
  const redis = await startRedis();
  const upstream = await startCoinbaseServer();
  upstream.failNext({ path: '/book', delayMs: UPSTREAM_MS, times: Infinity });
  const env = { REDIS_URL: redis.url, UPSTREAM_URL: upstream.url };
  const subjects = await Promise.all(Array.from({ length: PROCESSES }, () => start(env)));
  try {
    await warmUp(subjects);
    return await askAll(subjects, upstream);
  } finally {
    await Promise.all(subjects.map((subject) => subject.stop()));
    await upstream.close();
    await redis.stop();
  }
}

/** Private: compiled code and an open connection for each, and nothing of what is measured. */
async function warmUp(subjects: readonly Subject[]): Promise<void> {
  const warm = subjects.map((subject) => subject.query(QUERY.replace('BTC-USD', 'ETH-USD')));
  for (const { body } of await Promise.all(warm)) {
    if (body.errors) throw new Error(`It failed before the stampede: ${JSON.stringify(body.errors)}`);
  }
}

/** Private */
async function askAll(subjects: readonly Subject[], upstream: CoinbaseServer): Promise<Stampede> {
  const begunAt = performance.now();
  const answers = await Promise.all(
    Array.from({ length: REQUESTS }, async (_, i) => {
      const answer = await subjects[i % subjects.length]?.query<{ orderBook: { symbol: string } | null }>(QUERY);
      return { sound: answer?.body.data?.orderBook?.symbol === 'BTC-USD', ms: performance.now() - begunAt };
    }),
  );
  return {
    computations: upstream.calls.get(BOOK_PATH) ?? 0,
    failed: answers.filter(({ sound }) => !sound).length,
    slowestMs: Math.max(...answers.map(({ ms }) => ms)),
  };
}

/** Private */
function toMeasurement(what: string, { computations, failed, slowestMs }: Stampede, ours?: Stampede): Measurement {
  return {
    what,
    value: computations,
    unit: 'computations',
    beside: [
      { value: slowestMs, unit: 'ms, slowest' },
      { value: failed, unit: 'failed' },
    ],
    ...(ours && { against: { what: 'as many as Tidemark', ratio: computations / ours.computations } }),
  };
}

/** Private */
async function startPeer(name: string, env: Readonly<Record<string, string>>): Promise<Subject> {
  const child = startChild(`bench/peers/${name}.mjs`, { env: { NODE_ENV: 'production', ...env }, execArgv: [] });
  const [, url = ''] = await child.printed(/listening at (http:\S+)/);
  // Apollo's standalone server answers at any path, the others at /graphql.
  return { ...createClient(url), stop: child.stop };
}

import { existsSync } from 'node:fs';
import { runBacktest } from '../src/analytics/backtest/run-backtest.js';
import type { CandleColumns } from '../src/market/candle-columns.js';
import type { Measurement } from './run.js';
import { startGatewayProcess, type GatewayProcess } from './support/gateway-process.js';
import { percentile } from './support/percentile.js';
import { startRedis } from '../test/support/redis-server.js';

/** 243 pairs, two years of days. A clone without the file takes the simulated market. */
const REAL = '../shared/data/yahoo_daily_243.csv.gz';
const MARKET: Readonly<Record<string, string>> = existsSync(REAL)
  ? { MARKET_SOURCE: `csv:${REAL}` }
  : { MARKET_SOURCE: 'simulated' };
/** The last two years before it, where the market goes on. */
const FROM = '2020-02-15T00:00:00Z';
const TO = '2022-02-15T00:00:00Z';

const SINGLE_RUNS = 40;
const BATCH_RUNS = 8;
/** System B's own figures: one backtest and 243 of them, computed and from its cache. */
const SYSTEM_B = { single: 243, cachedSingle: 1.8, batch: 59_000, cachedBatch: 500 };

/** One backtest of two years of days and a batch of 243, cold and warm, and how long any other request waited meanwhile. */
export async function benchBacktests(): Promise<readonly Measurement[]> {
  const redis = await startRedis();
  try {
    const inMemory = await measure('', {});
    const overRedis = await measure(', with Redis', { REDIS_URL: redis.url });
    return [await limit(), ...inMemory, ...overRedis];
  } finally {
    await redis.stop();
  }
}

/** Private: what the figures are of one gateway. */
async function measure(where: string, env: Readonly<Record<string, string>>): Promise<Measurement[]> {
  const gateway = await startGatewayProcess({ ...MARKET, RATE_LIMIT: 'off', ...env });
  try {
    const symbols = await symbolsOf(gateway);
    // Threads start with the first backtest, which is told by itself.
    const first = await time(() => single(gateway, symbols[0] ?? '', 3));
    const cold: number[] = [];
    const warm: number[] = [];
    for (const symbol of symbols.slice(1, 1 + SINGLE_RUNS)) {
      cold.push(await time(() => single(gateway, symbol, 4)));
      warm.push(await time(() => single(gateway, symbol, 4)));
    }
    const batches: Batch[] = [];
    for (let run = 0; run < BATCH_RUNS; run += 1) batches.push(await timeBatch(gateway, symbols, 5 + run));
    const median = (pick: (batch: Batch) => number) => percentile(batches.map(pick), 0.5);
    const longest = (pick: (batch: Batch) => number) => percentile(batches.map(pick), 1);
    return [
      { what: `first backtest of a gateway${where}`, value: first, unit: 'ms' },
      { what: `a backtest of two years of days${where}, cold`, ...against(percentile(cold, 0.5), SYSTEM_B.single) },
      { what: `the same${where}, warm`, ...against(percentile(warm, 0.5), SYSTEM_B.cachedSingle) },
      {
        what: `243 backtests${where}, cold`,
        ...against(
          median(({ coldMs }) => coldMs),
          SYSTEM_B.batch,
        ),
        beside: [{ value: longest(({ coldWaitMs }) => coldWaitMs), unit: 'ms longest wait of others' }],
      },
      {
        what: `the same${where}, warm`,
        ...against(
          median(({ warmMs }) => warmMs),
          SYSTEM_B.cachedBatch,
        ),
        beside: [{ value: longest(({ warmWaitMs }) => warmWaitMs), unit: 'ms longest wait of others' }],
      },
    ];
  } finally {
    await gateway.stop();
  }
}

/** Private */
function against(value: number, systemB: number): Pick<Measurement, 'value' | 'unit' | 'against'> {
  return { value, unit: 'ms', against: { what: `as fast as system B's ${systemB} ms`, ratio: systemB / value } };
}

interface Batch {
  readonly coldMs: number;
  readonly coldWaitMs: number;
  readonly warmMs: number;
  readonly warmWaitMs: number;
}

/** Private: a strategy that no batch has had, then once more. */
async function timeBatch(gateway: GatewayProcess, symbols: readonly string[], fast: number): Promise<Batch> {
  const run = async () => {
    const waits = watchOthers(gateway);
    const ms = await time(() => batch(gateway, symbols, fast));
    return { ms, waitMs: await waits.stop() };
  };
  const cold = await run();
  const warm = await run();
  return { coldMs: cold.ms, coldWaitMs: cold.waitMs, warmMs: warm.ms, warmWaitMs: warm.waitMs };
}

/** Private: a request that needs nothing, again and again: it waits for as long as the event loop is blocked. */
function watchOthers(gateway: GatewayProcess): { readonly stop: () => Promise<number> } {
  let running = true;
  const watching = (async () => {
    let longest = 0;
    while (running) longest = Math.max(longest, await time(() => gateway.get('/ready')));
    return longest;
  })();
  return {
    stop: () => {
      running = false;
      return watching;
    },
  };
}

const STATS = 'totalReturnPercent sharpeRatio maxDrawdownPercent tradeCount finalEquity';

/** Private */
function inputOf(fast: number): string {
  return `strategy: { smaCross: { fast: ${fast}, slow: 30 } }, timeframe: D1, from: "${FROM}", to: "${TO}", commission: 0.001`;
}

/** Private */
async function single(gateway: GatewayProcess, symbol: string, fast: number): Promise<void> {
  const { body } = await gateway.query(`{ backtest(input: { symbol: "${symbol}", ${inputOf(fast)} }) {
    stats { ${STATS} } trades { edges { node { side pnl } } } equityCurve { timestamp equity }
  } }`);
  if (body.errors) throw new Error(`A backtest failed: ${JSON.stringify(body.errors)}`);
}

/** Private */
async function batch(gateway: GatewayProcess, symbols: readonly string[], fast: number): Promise<void> {
  const { body } = await gateway.query<{ backtestBatch: { failed: number } }>(
    `query ($symbols: [String!]!) { backtestBatch(input: { symbols: $symbols, ${inputOf(fast)} }) {
      fromCache computed failed results { symbol stats { ${STATS} } error { code } }
    } }`,
    { symbols },
  );
  if (body.errors || body.data?.backtestBatch.failed !== 0) {
    throw new Error(`A batch failed: ${JSON.stringify(body).slice(0, 500)}`);
  }
}

/** Private: as many as system B's batch had. */
async function symbolsOf(gateway: GatewayProcess): Promise<readonly string[]> {
  interface Instruments {
    readonly instruments: { readonly edges: readonly { readonly node: { readonly symbol: string } }[] };
  }
  const { body } = await gateway.query<Instruments>('{ instruments(first: 243) { edges { node { symbol } } } }');
  return body.data?.instruments.edges.map(({ node }) => node.symbol) ?? [];
}

/** Private: the least that 243 backtests of 731 bars can take: computing alone, in one thread, without a gateway. */
async function limit(): Promise<Measurement> {
  const bars = Array.from({ length: 243 }, (_, seed) => walk(731, seed));
  const run = async () => {
    for (const each of bars) runBacktest(each, SETTINGS);
  };
  await run();
  const times: number[] = [];
  for (let i = 0; i < BATCH_RUNS; i += 1) times.push(await time(run));
  return { what: 'limit: computing 243 backtests in one thread', value: percentile(times, 0.5), unit: 'ms' };
}

const SETTINGS = {
  strategy: { name: 'smaCross', fast: 10, slow: 30 },
  direction: 'LONG_ONLY',
  cash: 10_000,
  commission: 0.001,
  spread: 0,
  tradeOnClose: false,
  exclusiveOrders: false,
  finalizeTrades: true,
  unit: 1e-8,
  dailySampling: false,
} as const;

/** Private: days of a price that wanders. */
function walk(length: number, seed: number): CandleColumns {
  const close = Float64Array.from(
    { length },
    (_, i) => 100 + 20 * Math.sin((i + seed) / 17) + 5 * Math.sin(i * (seed + 2)),
  );
  const time = Float64Array.from({ length }, (_, i) => Date.parse(FROM) + i * 86_400_000);
  const volume = new Float64Array(length).fill(1);
  return { time, open: close, high: close.map((it) => it + 1), low: close.map((it) => it - 1), close, volume };
}

/** Private: ms. */
async function time(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}

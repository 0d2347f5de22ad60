import { describe, expect, it } from 'vitest';
import { CATALOG } from '../../src/upstream/simulated/catalog.js';
import { createBacktestWorld } from './backtest-world.js';

const BATCH = `query ($input: BacktestBatchInput!, $force: Boolean! = false) {
  backtestBatch(input: $input, forceRefresh: $force) {
    results { symbol stats { totalReturnPercent tradeCount } error { code message } }
    fromCache computed failed
    cache { status layer ageSeconds ttlSeconds tags computeMs }
  }
}`;
const SINGLE = `query ($input: BacktestInput!) {
  backtest(input: $input) { symbol stats { totalReturnPercent tradeCount } }
}`;

const PAIRS = CATALOG.map(({ symbol }) => symbol);
/** Fifty days. */
const TERMS = {
  strategy: { smaCross: { fast: 2, slow: 5 } },
  from: '2025-10-01T00:00:00Z',
  to: '2025-11-20T00:00:00Z',
};

interface Batch {
  readonly results: readonly {
    readonly symbol: string;
    readonly stats: object | null;
    readonly error: object | null;
  }[];
  readonly cache: { readonly tags: readonly string[] };
}

function batchOf(data: unknown): Batch {
  return (data as { backtestBatch: Batch }).backtestBatch;
}

describe('Query.backtestBatch', () => {
  it('answers 243 symbols from one call for candles, a task each, and then from the cache', async () => {
    const { ask, calls, pool } = createBacktestWorld();
    const symbols = [...PAIRS.slice(0, 100), 'NOPE', ...PAIRS.slice(100)];
    const first = await ask(BATCH, { input: { ...TERMS, symbols } });
    expect(first.errors).toEqual([]);
    expect(first.data).toMatchObject({
      backtestBatch: { fromCache: 0, computed: 243, failed: 1, cache: { status: 'MISS' } },
    });
    const { results } = batchOf(first.data);
    expect(results.map(({ symbol }) => symbol)).toEqual(symbols);
    expect(results.filter(({ stats }) => stats === null)).toEqual([
      { symbol: 'NOPE', stats: null, error: { code: 'NOT_FOUND', message: expect.stringContaining('NOPE') as string } },
    ]);
    expect(results.filter(({ error }) => error !== null)).toHaveLength(1);
    expect(calls.map((requests) => requests.map(({ symbol }) => symbol))).toEqual([PAIRS]);
    expect(pool.ran).toHaveLength(243);

    const second = await ask(BATCH, { input: { ...TERMS, symbols } });
    expect(second.data).toMatchObject({
      backtestBatch: { fromCache: 243, computed: 0, failed: 1, cache: { status: 'HIT', layer: 'MEMORY' } },
    });
    expect(batchOf(second.data).results).toEqual(results);
    expect([calls.length, pool.ran.length]).toEqual([1, 243]);

    const forced = await ask(BATCH, { input: { ...TERMS, symbols }, force: true });
    expect(forced.data).toMatchObject({
      backtestBatch: { fromCache: 0, computed: 243, failed: 1, cache: { status: 'REFRESHED', layer: null } },
    });
    expect([calls.length, pool.ran.length]).toEqual([2, 486]);
  });

  it('says of each symbol what its own backtest says, and each answers for the other', async () => {
    const { ask, pool } = createBacktestWorld();
    const symbols = PAIRS.slice(0, 4);
    const singles = [];
    for (const symbol of symbols.slice(0, 2)) singles.push(await ask(SINGLE, { input: { ...TERMS, symbol } }));
    const { data } = await ask(BATCH, { input: { ...TERMS, symbols } });
    const cache = { status: 'MISS', layer: null };
    expect(data).toMatchObject({ backtestBatch: { fromCache: 2, computed: 2, failed: 0, cache } });
    for (const symbol of symbols.slice(2)) singles.push(await ask(SINGLE, { input: { ...TERMS, symbol } }));
    expect(batchOf(data).results).toEqual(
      singles.map((single) => ({ ...(single.data?.['backtest'] as object), error: null })),
    );
    expect(pool.ran).toHaveLength(4);
  });

  it('answers in the order and length of symbols, in the spelling of the source, each once computed', async () => {
    const { ask, pool } = createBacktestWorld();
    const { data } = await ask(BATCH, { input: { ...TERMS, symbols: ['eth-usd', 'nope', 'BTC-USD', 'ETH-USD'] } });
    expect(batchOf(data).results.map(({ symbol }) => symbol)).toEqual(['ETH-USD', 'nope', 'BTC-USD', 'ETH-USD']);
    expect(data).toMatchObject({ backtestBatch: { computed: 3, failed: 1 } });
    expect(pool.ran).toHaveLength(2);
  });

  it('leaves the others standing where a thread fails, and tells no more of it than that', async () => {
    const { ask, pool } = createBacktestWorld();
    pool.failure = new TypeError('The thread has a fault.');
    const { data } = await ask(BATCH, { input: { ...TERMS, symbols: PAIRS.slice(0, 3) } });
    expect(data).toMatchObject({ backtestBatch: { computed: 2, failed: 1 } });
    expect(batchOf(data).results[0]).toMatchObject({ stats: null, error: { code: 'INTERNAL' } });
  });

  it('tells what holds of all: the oldest age, the least life, all tags', async () => {
    const { ask, clock } = createBacktestWorld();
    await ask(BATCH, { input: { ...TERMS, symbols: ['BTC-USD'] } });
    clock.advance(3_600_000);
    await ask(BATCH, { input: { ...TERMS, symbols: ['ETH-USD'] } });
    clock.advance(60_000);
    const { data } = await ask(BATCH, { input: { ...TERMS, symbols: ['BTC-USD', 'ETH-USD'] } });
    expect(batchOf(data).cache).toMatchObject({
      ...{ status: 'HIT', layer: 'MEMORY', ageSeconds: 3_660 },
      ttlSeconds: 86_400 - 3_660,
      tags: ['backtest:BTC-USD:smaCross', 'candles:BTC-USD:D1', 'backtest:ETH-USD:smaCross', 'candles:ETH-USD:D1'],
    });
  });

  it('tells of a life of ten seconds at the most where one failed', async () => {
    const { ask } = createBacktestWorld();
    const { data } = await ask(BATCH, { input: { ...TERMS, symbols: ['BTC-USD', 'NOPE'] } });
    expect(batchOf(data).cache).toMatchObject({ status: 'MISS', ttlSeconds: 10 });
  });

  it('has nothing to tell of the cache where all failed', async () => {
    const { data } = await createBacktestWorld().ask(BATCH, { input: { ...TERMS, symbols: ['NOPE'] } });
    expect(batchOf(data).cache).toMatchObject({ status: 'BYPASS', tags: [] });
  });

  it.each<[string, object]>([
    ['input.symbols', { symbols: [] }],
    ['input.symbols', { symbols: Array<string>(501).fill('BTC-USD') }],
    ['input.symbols[1]', { symbols: ['BTC-USD', 'BTC USD'] }],
    ['input.cash', { cash: '0' }],
    ['input.strategy.smaCross.fast', { strategy: { smaCross: { fast: 30 } } }],
    ['input.from', { from: '2025-11-20T00:00:00Z' }],
  ])('is refused as a whole before anything is fetched: %s of %j', async (argument, changed) => {
    const { ask, calls } = createBacktestWorld();
    const { data, errors } = await ask(BATCH, { input: { ...TERMS, symbols: ['BTC-USD'], ...changed } });
    expect(data).toEqual({ backtestBatch: null });
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', details: { argument } }]);
    expect(calls).toEqual([]);
  });

  it('fails only the symbols whose candles are too few', async () => {
    const { ask } = createBacktestWorld((market) => ({
      candles: async (requests) =>
        (await market.candles(requests)).map((candles, i) =>
          candles instanceof Error || requests[i]?.symbol !== 'ETH-USD' ? candles : candles.slice(0, 3),
        ),
    }));
    const { data } = await ask(BATCH, { input: { ...TERMS, symbols: ['BTC-USD', 'ETH-USD', 'SOL-USD'] } });
    expect(batchOf(data).results.map(({ error }) => error)).toMatchObject([null, { code: 'BAD_USER_INPUT' }, null]);
  });
});

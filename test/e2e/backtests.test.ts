import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { BacktestStatistics } from '../../src/analytics/backtest/run-backtest.js';
import { isClose, relative, rounded } from '../analytics/support/is-close.js';
import { PUBLISHED_STATISTICS } from '../analytics/support/published-statistics.js';
import { parseReference } from '../analytics/support/reference.js';
import { hasSharedData, sharedPath } from '../analytics/support/shared-data.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { csvOf, makeFolder } from '../upstream/csv/csv-folder.js';

const STATS = `stats {
  startAt endAt durationSeconds exposurePercent finalEquity peakEquity commissions totalReturnPercent
  buyAndHoldReturnPercent annualizedReturnPercent volatilityPercent cagrPercent sharpeRatio sortinoRatio calmarRatio
  alphaPercent beta maxDrawdownPercent avgDrawdownPercent maxDrawdownDurationSeconds avgDrawdownDurationSeconds
  tradeCount winRatePercent bestTradePercent worstTradePercent avgTradePercent maxTradeDurationSeconds
  avgTradeDurationSeconds profitFactor expectancyPercent sqn kellyCriterion
}`;
const BACKTEST = `query ($input: BacktestInput!) {
  backtest(input: $input) {
    symbol ${STATS}
    trades { totalCount edges { node { side quantity entryBar exitBar entryTime entryPrice exitPrice pnl } } }
    equityCurve { time equity drawdownPercent }
  }
}`;
const BATCH = `query ($input: BacktestBatchInput!) {
  backtestBatch(input: $input) {
    fromCache computed failed
    results { symbol ${STATS} error { code message } }
    cache { status layer ageSeconds ttlSeconds expiresAt tags computeMs }
  }
}`;

interface Answer {
  readonly backtest: {
    readonly stats: BacktestStatistics;
    readonly trades: { readonly totalCount: number; readonly edges: readonly { readonly node: object }[] };
    readonly equityCurve: readonly object[];
  };
}

const progressSchema = z.object({
  data: z.object({
    backtestBatchProgress: z.object({
      ...{ done: z.number(), total: z.number(), finished: z.boolean() },
      results: z.array(z.object({ symbol: z.string(), error: z.null() })),
    }),
  }),
});

describe('backtests through the gateway', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const rising = [10, 20, 30, 40, 50].map((open, day) => `2024-01-0${day + 1},${open},${open},${open},${open},1`);
    gateway = await startGateway({ MARKET_SOURCE: `csv:${await makeFolder({ 'RISE.csv': csvOf(...rising) })}` });
  });
  afterAll(() => gateway.close());

  it('are computed to the last digit', async () => {
    const input = { symbol: 'RISE', strategy: { buyAndHold: {} }, fractional: false, commission: 0.01 };
    const { body } = await gateway.query<Answer>(BACKTEST, { input });
    // Asked on the second bar, bought on the third: 330 of 30 with a hundredth, sold on the last at 50 less a hundredth.
    expect(body.data?.backtest).toMatchObject({
      stats: {
        ...{ tradeCount: 1, commissions: '264', finalEquity: '16336' },
        totalReturnPercent: expect.closeTo(63.36, 10) as number,
        ...{ startAt: '2024-01-01T00:00:00.000Z', endAt: '2024-01-05T00:00:00.000Z' },
      },
      trades: {
        totalCount: 1,
        edges: [
          {
            node: {
              side: 'LONG',
              quantity: '330',
              entryBar: 2,
              exitBar: 4,
              entryPrice: 30,
              exitPrice: 50,
              pnl: '6336',
            },
          },
        ],
      },
    });
    expect(body.data?.backtest.equityCurve).toHaveLength(5);
    expect(body.data?.backtest.equityCurve[4]).toEqual({
      ...{ time: '2024-01-05T00:00:00.000Z', equity: 16_336, drawdownPercent: 0 },
    });
  });

  it.each<[string, object, string]>([
    ['two strategies', { strategy: { buyAndHold: {}, smaCross: {} } }, 'strategy'],
    ['no strategy', { strategy: {} }, 'strategy'],
    ['a strategy that there is not', { strategy: { luck: {} } }, 'strategy'],
    ['a period that is no whole number', { strategy: { smaCross: { fast: 1.5 } } }, 'smaCross.fast'],
    ['money that is no number', { cash: 'all of it' }, 'cash'],
    ['no money', { cash: '0' }, 'cash'],
    ['a commission of all', { commission: 1 }, 'commission'],
    ['fast not under slow', { strategy: { smaCross: { fast: 30, slow: 30 } } }, 'smaCross.fast'],
    ['a period longer than the data', { strategy: { smaCross: {} } }, 'smaCross.slow'],
    ['a range without candles', { from: '2023-01-01T00:00:00Z', to: '2023-12-31T00:00:00Z' }, 'from'],
    ['a timeframe that the source has not', { timeframe: 'H1' }, 'timeframe'],
  ])('are refused with the rule: %s', async (_, changed, argument) => {
    const input = { symbol: 'RISE', strategy: { buyAndHold: {} }, ...changed };
    const { body } = await gateway.query<Answer>(BACKTEST, { input });
    const [error] = body.errors ?? [];
    expect(error?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', rule: expect.any(String) as string });
    expect(error?.extensions['argument']).toMatch(
      new RegExp(`\\binput\\.(strategy\\.)?${argument.replace('.', '\\.')}$`),
    );
  });

  it('are NOT_FOUND for a symbol that the source has not', async () => {
    const { body } = await gateway.query(BACKTEST, { input: { symbol: 'FALL', strategy: { buyAndHold: {} } } });
    expect(body.errors).toMatchObject([{ path: ['backtest'], extensions: { code: 'NOT_FOUND', symbol: 'FALL' } }]);
  });
});

describe('batches through the gateway', () => {
  /** Threads that were started since. */
  let threads = 0;
  const count = () => void (threads += 1);
  let gateway: TestGateway;
  let symbols: readonly string[];
  const terms = { strategy: { smaCross: {} }, from: '2020-02-15T00:00:00Z', to: '2020-06-15T00:00:00Z' };

  beforeAll(async () => {
    gateway = await startGateway();
    await gateway.opened;
    process.on('worker', count);
    symbols = (await gateway.market.instruments()).map(({ symbol }) => symbol);
  });
  afterAll(async () => {
    process.off('worker', count);
    await gateway.close();
  });

  it('answer 243 symbols and one that there is not, from threads, and then from the cache', async () => {
    expect(threads).toBe(0);
    const input = { ...terms, symbols: [...symbols, 'NOPE'] };
    const first = await gateway.query(BATCH, { input });
    expect(first.body.errors).toBeUndefined();
    expect(first.body.data).toMatchObject({ backtestBatch: { fromCache: 0, computed: 243, failed: 1 } });
    expect(threads).toBeGreaterThan(0);
    const second = await gateway.query(BATCH, { input });
    expect(second.body.data).toMatchObject({ backtestBatch: { fromCache: 243, computed: 0, failed: 1 } });
  });

  it('are followed as they come, and then in the cache', async () => {
    const query = `subscription ($input: BacktestBatchInput!) {
      backtestBatchProgress(input: $input) { done total finished results { symbol error { code } } }
    }`;
    const input = { ...terms, strategy: { macdCross: {} }, symbols };
    const { text } = await gateway.send('/graphql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const lines = text.split('\n').filter((line) => line.startsWith('data: {'));
    const events = lines.map((line) => progressSchema.parse(JSON.parse(line.slice(6))).data.backtestBatchProgress);
    expect(events.at(0)).toEqual({ done: 0, total: 243, finished: false, results: [] });
    expect(events.at(-1)).toMatchObject({ done: 243, total: 243, finished: true });
    const results = events.flatMap((event) => event.results);
    expect(results.map(({ symbol }) => symbol).sort()).toEqual([...symbols].sort());
    const batch = await gateway.query(BATCH, { input });
    expect(batch.body.data).toMatchObject({ backtestBatch: { fromCache: 243, computed: 0, failed: 0 } });
  });

  it('of as many symbols as are allowed cost no more than a request may, with all that can be selected', async () => {
    const input = { ...terms, symbols: Array.from({ length: 500 }, (_, i) => symbols[i % 3] ?? '') };
    const { body } = await gateway.query(BATCH, { input });
    expect(body.errors).toBeUndefined();
    expect(body.data).toMatchObject({ backtestBatch: { fromCache: 500, failed: 0 } });
  });
});

describe.skipIf(!hasSharedData)('the reference backtests through the gateway (need ../shared/data)', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ MARKET_SOURCE: `csv:${sharedPath('backtestingpy')}` });
  });
  afterAll(() => gateway.close());

  const entries = hasSharedData ? [parseReference().backtest].flatMap((of) => [...of.published, ...of.derived]) : [];
  const goog = { symbol: 'GOOG', fractional: false, direction: 'LONG_SHORT' };
  const smaCross = (fast: number, slow: number) => ({ ...goog, strategy: { smaCross: { fast, slow } } });
  const inputs: Readonly<Record<string, object>> = {
    goog_smacross_10_30_test: smaCross(10, 30),
    // Its release charged as a commission what is the spread today.
    goog_smacross_10_15_notebook: { ...smaCross(10, 15), spread: 0.002, finalizeTrades: false },
    goog_smacross_10_20_comm002_excl_finalized: { ...smaCross(10, 20), commission: 0.002, exclusiveOrders: true },
    goog_smacross_10_20_spread002_open: { ...smaCross(10, 20), spread: 0.002, finalizeTrades: false },
    goog_longonly_rsi14_30_70_comm001: {
      ...{ ...goog, strategy: { rsiReversion: {} }, direction: 'LONG_ONLY', commission: 0.001 },
    },
  };

  it('are all of GOOG', () => {
    const ids = entries.map(({ id }) => id).filter((id) => id.startsWith('goog_'));
    expect(ids.sort()).toEqual(Object.keys(inputs).sort());
  });

  it.each(Object.keys(inputs))('have the figures of %s', async (id) => {
    const { body } = await gateway.query<Answer>(BACKTEST, { input: inputs[id] });
    if (!body.data) throw new Error(JSON.stringify(body.errors));
    const entry = entries.find((each) => each.id === id);
    const isNear = entry?.tolerance === '2 decimals' ? rounded(2) : relative(1e-8);
    const expected = Object.entries(z.record(z.string(), z.unknown()).parse(entry?.expected));
    const { stats } = body.data.backtest;
    const compared = expected.flatMap(([name, value]) => {
      const figure = PUBLISHED_STATISTICS[name.replace(' (days)', '')];
      return figure && typeof value === 'number' ? [{ name, value, came: figure(stats) }] : [];
    });
    expect(compared.length).toBeGreaterThan(14);
    expect(compared.filter(({ came, value }) => !isClose(came, value, isNear))).toEqual([]);
  });

  it('have the trades of btcusd_fractional', async () => {
    const entry = entries.find(({ id }) => id === 'btcusd_fractional');
    const expected = z.object({ '# Trades': z.number(), 'first EntryPrice': z.number() }).parse(entry?.expected);
    const strategy = { smaCross: { fast: 2, slow: 3 } };
    const range = { symbol: 'BTCUSD', timeframe: 'MN1', from: '2015-01-01T00:00:00Z' };
    const { body } = await gateway.query<Answer>(BACKTEST, {
      input: { ...range, strategy, cash: '100', direction: 'LONG_SHORT' },
    });
    expect(body.data?.backtest.stats.tradeCount).toBe(expected['# Trades']);
    expect(body.data?.backtest.trades.edges[0]?.node).toMatchObject({ entryPrice: expected['first EntryPrice'] });
  });
});

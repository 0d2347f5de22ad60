import { assertInputObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { thinCurve } from '../../src/analytics/backtest/thin-curve.js';
import { STRATEGIES } from '../../src/analytics/backtest/strategies/catalogue.js';
import { requiredBars } from '../../src/analytics/backtest/simulate.js';
import type { Strategy } from '../../src/analytics/backtest/strategy.js';
import type { BacktestKey } from '../../src/loaders/backtests.js';
import { unpackCurve } from '../../src/loaders/packed-curve.js';
import { buildSchema } from '../../src/schema/index.js';
import { createBacktestWorld } from './backtest-world.js';

const BACKTEST = `query ($input: BacktestInput!, $force: Boolean! = false) {
  backtest(input: $input, forceRefresh: $force) {
    id symbol timeframe stats { startAt endAt tradeCount finalEquity totalReturnPercent } cache { status ttlSeconds tags }
  }
}`;
const PAGE = `query ($input: BacktestInput!, $first: Int! = 50, $after: String) {
  backtest(input: $input) {
    trades(first: $first, after: $after) {
      totalCount
      edges {
        cursor
        node {
          side quantity entryBar exitBar entryTime entryTimestamp exitTime exitTimestamp
          entryPrice exitPrice pnl returnPercent commission
        }
      }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;
const CURVE = `query ($input: BacktestInput!, $maxPoints: Int! = 500) {
  backtest(input: $input) { equityCurve(maxPoints: $maxPoints) { time timestamp equity drawdownPercent } }
}`;

/** Two years of days, many trades. */
const INPUT = {
  symbol: 'BTC-USD',
  strategy: { smaCross: { fast: 2, slow: 5 } },
  from: '2024-01-01T00:00:00Z',
  to: '2026-01-01T00:00:00Z',
  direction: 'LONG_SHORT',
};
const DAY = 86_400_000;

interface TradePage {
  readonly totalCount: number;
  readonly edges: readonly { readonly cursor: string; readonly node: Readonly<Record<string, unknown>> }[];
  readonly pageInfo: Readonly<Record<string, unknown>>;
}

describe('Query.backtest', () => {
  it('tells what the strategy came to, in the spelling of the source', async () => {
    const { ask } = createBacktestWorld();
    const { data, errors } = await ask(BACKTEST, { input: { ...INPUT, symbol: 'btc-usd' } });
    expect(errors).toEqual([]);
    expect(data?.['backtest']).toMatchObject({
      symbol: 'BTC-USD',
      timeframe: 'D1',
      stats: { startAt: '2024-01-01T00:00:00.000Z', endAt: '2025-12-31T00:00:00.000Z' },
      cache: { status: 'MISS', ttlSeconds: 86_400, tags: ['backtest:BTC-USD:smaCross', 'candles:BTC-USD:D1'] },
    });
  });

  it.each([
    ['the symbol in another case', { symbol: 'btc-USD' }],
    ['money with more zeros', { cash: '10000.00' }],
    ['a beginning after the last candle that is not part of it', { from: '2023-12-31T00:00:01Z' }],
    ['an end after the last candle that is part of it', { to: '2025-12-31T00:00:01Z' }],
    ['one bar a day, where no day has more', { dailySampling: true }],
    ['the times of another zone', { from: '2024-01-01T02:00:00+02:00', to: '2026-01-01' }],
    [
      'the defaults written out',
      { timeframe: 'D1', cash: 10_000, commission: 0, spread: 0.0, tradeOnClose: false, finalizeTrades: true },
    ],
  ])('is the same with %s', async (_, changed) => {
    const { ask, pool } = createBacktestWorld();
    const first = await ask(BACKTEST, { input: INPUT });
    const second = await ask(BACKTEST, { input: { ...INPUT, ...changed } });
    expect(second.data).toMatchObject({ backtest: { cache: { status: 'HIT' } } });
    expect(idOf(second.data)).toBe(idOf(first.data));
    expect(pool.ran).toHaveLength(1);
  });

  it.each<[string, object, object?]>([
    ['symbol', { symbol: 'ETH-USD' }],
    ['timeframe', { timeframe: 'W1' }],
    ['from', { from: '2024-01-02T00:00:00Z' }],
    ['to', { to: null }],
    ['a parameter', { strategy: { smaCross: { fast: 3, slow: 5 } } }],
    ['strategy', { strategy: { macdCross: {} } }],
    ['cash', { cash: '10000.01' }],
    ['commission', { commission: 0.001 }],
    ['spread', { spread: 0.001 }],
    ['direction', { direction: 'LONG_ONLY' }],
    ['tradeOnClose', { tradeOnClose: true }],
    ['exclusiveOrders', { exclusiveOrders: true }],
    ['finalizeTrades', { finalizeTrades: false }],
    ['fractional', { fractional: false }],
    ['dailySampling', { dailySampling: true }, { timeframe: 'H6' }],
  ])('is another one with another %s', async (_, changed, common = {}) => {
    const { ask } = createBacktestWorld();
    const first = await ask(BACKTEST, { input: { ...INPUT, ...common } });
    const second = await ask(BACKTEST, { input: { ...INPUT, ...common, ...changed } });
    expect(second.data).toMatchObject({ backtest: { cache: { status: 'MISS' } } });
    expect(idOf(second.data)).not.toBe(idOf(first.data));
  });

  it('is computed anew by force, and keeps its id', async () => {
    const { ask, pool } = createBacktestWorld();
    const first = await ask(BACKTEST, { input: INPUT });
    const forced = await ask(BACKTEST, { input: INPUT, force: true });
    expect(forced.data).toMatchObject({ backtest: { id: idOf(first.data), cache: { status: 'REFRESHED' } } });
    expect(pool.ran).toHaveLength(2);
  });

  it('gives its trades page by page', async () => {
    const { ask, request } = createBacktestWorld();
    const pageOf = async (variables: object) => {
      const { data, errors } = await ask(PAGE, { input: INPUT, ...variables });
      expect(errors).toEqual([]);
      return (data?.['backtest'] as { trades: TradePage }).trades;
    };
    const whole = await pageOf({ first: 500 });
    const { trades } = await request().backtests.load(KEY);
    expect(trades.length).toBeGreaterThan(100);
    expect(whole.totalCount).toBe(trades.length);
    expect(whole.edges.map(({ node }) => node)).toEqual(
      trades.map(({ entryTime, exitTime, ...trade }) => ({
        ...trade,
        ...{ entryTime: new Date(entryTime).toISOString(), entryTimestamp: entryTime / 1_000 },
        ...{ exitTime: new Date(exitTime ?? 0).toISOString(), exitTimestamp: (exitTime ?? 0) / 1_000 },
      })),
    );
    const first = await pageOf({});
    expect(first.edges).toEqual(whole.edges.slice(0, 50));
    const second = await pageOf({ first: 30, after: first.pageInfo['endCursor'] });
    expect(second.edges).toEqual(whole.edges.slice(50, 80));
    expect(second.pageInfo).toEqual({
      ...{ hasNextPage: true, hasPreviousPage: true },
      ...{ startCursor: whole.edges[50]?.cursor, endCursor: whole.edges[79]?.cursor },
    });
    expect(await pageOf({ first: 500, after: whole.pageInfo['endCursor'] })).toMatchObject({ edges: [] });
  });

  it('leaves exit, gain and return of a trade that is open at the end out', async () => {
    const { ask } = createBacktestWorld();
    const input = { ...INPUT, strategy: { buyAndHold: {} }, finalizeTrades: false };
    const { data } = await ask(PAGE, { input });
    const [edge] = (data?.['backtest'] as { trades: TradePage }).trades.edges;
    const open = {
      exitBar: null,
      exitTime: null,
      exitTimestamp: null,
      exitPrice: null,
      pnl: null,
      returnPercent: null,
    };
    expect(edge?.node).toMatchObject({ side: 'LONG', entryBar: 2, ...open });
  });

  it('gives its equity by bar, thinned to as many points as are wanted', async () => {
    const { ask, request } = createBacktestWorld();
    const { packedCurve } = await request().backtests.load(KEY);
    for (const [wanted, maxPoints] of [
      [{}, 500],
      [{ maxPoints: 2 }, 2],
      [{ maxPoints: 5_000 }, 5_000],
    ] as const) {
      const { data } = await ask(CURVE, { input: INPUT, ...wanted });
      const points = (data?.['backtest'] as { equityCurve: readonly object[] }).equityCurve;
      const { time, equity, drawdownPercent } = thinCurve(unpackCurve(packedCurve), maxPoints);
      expect(points.length).toBeLessThanOrEqual(maxPoints);
      expect(points.length).toBeGreaterThan(0.9 * Math.min(maxPoints, 731));
      expect(points).toEqual(
        time.map((at, i) => ({
          ...{ time: new Date(at).toISOString(), timestamp: at / 1_000 },
          ...{ equity: equity[i], drawdownPercent: drawdownPercent[i] },
        })),
      );
    }
  });

  it.each([
    [PAGE, { first: 0 }, 'first', 0],
    [PAGE, { first: 501 }, 'first', 501],
    [PAGE, { after: 'nonsense' }, 'after', 'nonsense'],
    [CURVE, { maxPoints: 1 }, 'maxPoints', 1],
    [CURVE, { maxPoints: 5_001 }, 'maxPoints', 5_001],
  ])('refuses pages and points that there are not: %#', async (query, variables, argument, received) => {
    const { ask } = createBacktestWorld();
    const { errors } = await ask(query, { input: INPUT, ...variables });
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', details: { argument, received } }]);
  });
});

describe('BacktestInput', () => {
  const smaCross = (fast: number, slow: number) => ({ strategy: { smaCross: { fast, slow } } });

  it.each<[string, object, unknown]>([
    ['input.symbol', { symbol: 'BTC USD' }, 'BTC USD'],
    ['input.timeframe', { timeframe: 'M1' }, 'M1'],
    ['input.from', { from: '2025-01-01T00:00:00Z', to: '2025-01-01T00:00:00Z' }, expect.any(String)],
    ['input.from', { from: '2025-01-02T00:00:00Z', to: '2025-01-01T00:00:00Z' }, expect.any(String)],
    // 20,001 hours before the present, the open one included.
    ['input.from', { timeframe: 'H1', from: '2023-10-05T04:00:00Z', to: null }, '2023-10-05T04:00:00.000Z'],
    ['input.cash', { cash: '0' }, '0'],
    ['input.from', { from: '2025-01-01T01:00:00Z', to: '2025-01-01T02:00:00Z' }, expect.any(String)],
    ['input.cash', { cash: '-1' }, '-1'],
    ['input.cash', { cash: '10000.00000000001' }, '10000.00000000001'],
    ['input.cash', { cash: '1000000000001' }, '1000000000001'],
    ['input.commission', { commission: -0.001 }, -0.001],
    ['input.commission', { commission: 1 }, 1],
    ['input.spread', { spread: -0.001 }, -0.001],
    ['input.spread', { spread: 1 }, 1],
    ['input.strategy.smaCross.fast', smaCross(0, 5), 0],
    ['input.strategy.smaCross.fast', smaCross(5, 5), 5],
    ['input.strategy.smaCross.slow', smaCross(5, 1_001), 1_001],
    ['input.strategy.rsiReversion.oversold', { strategy: { rsiReversion: { oversold: 70, overbought: 70 } } }, 70],
    ['input.strategy.rsiReversion.overbought', { strategy: { rsiReversion: { overbought: 101 } } }, 101],
    ['input.strategy.macdCross.fast', { strategy: { macdCross: { fast: 26 } } }, 26],
    ['input.strategy.bollingerReversion.period', { strategy: { bollingerReversion: { period: 1 } } }, 1],
    ['input.strategy.bollingerReversion.deviations', { strategy: { bollingerReversion: { deviations: 0 } } }, 0],
    ['input.strategy.donchianBreakout.period', { strategy: { donchianBreakout: { period: 0 } } }, 0],
    ['input.strategy.buyAndHold.afterBars', { strategy: { buyAndHold: { afterBars: -1 } } }, -1],
  ])('is refused before anything is fetched: %s of %j', async (argument, changed, received) => {
    const { ask, calls, pool } = createBacktestWorld(() => ({ timeframes: ['H1', 'D1'] }));
    const { data, errors } = await ask(BACKTEST, { input: { ...INPUT, ...changed } });
    expect(data).toEqual({ backtest: null });
    expect(errors).toMatchObject([
      { code: 'BAD_USER_INPUT', details: { argument, received, rule: expect.any(String) as string } },
    ]);
    expect([calls.length, pool.asked.length]).toEqual([0, 0]);
  });

  it.each<[string, object]>([
    ['the most candles', { timeframe: 'H1', from: '2023-10-05T05:00:00Z', to: null }],
    ['the most money', { cash: '1000000000000' }],
    ['the least money', { cash: '0.01' }],
    ['the most digits, and zeros', { cash: '00123456789.012345000000' }],
    ['the highest costs', { commission: 0.999, spread: 0.999 }],
  ])('is taken to its bounds: %s', async (_, changed) => {
    const { ask } = createBacktestWorld();
    expect((await ask(BACKTEST, { input: { ...INPUT, ...changed } })).errors).toEqual([]);
  });

  it.each([
    ['from its beginning', '2023-10-05T05:00:00Z'],
    ['without a beginning', null],
  ])('reaches over as many candles as there may be: %s', async (_, from) => {
    const { ask } = createBacktestWorld();
    const { data } = await ask(BACKTEST, { input: { ...INPUT, timeframe: 'H1', from, to: null } });
    // 20,000 with the one that is open.
    const stats = { startAt: '2023-10-05T05:00:00.000Z', endAt: '2026-01-15T11:00:00.000Z' };
    expect(data).toMatchObject({ backtest: { stats } });
  });

  it.each<[string, object, object]>([
    ['without candles', { from: '2030-01-01T00:00:00Z', to: null }, { argument: 'input.from' }],
    ['before the first candle', { from: null, to: '2018-01-01T00:00:00Z' }, { argument: 'input.to' }],
    [
      'shorter than its longest period',
      { from: '2025-12-28T00:00:00Z', strategy: { macdCross: {} } },
      {
        argument: 'input.strategy.macdCross.slow',
        rule: expect.stringMatching(
          /^fits into the 4 D1 candles that BTC-USD has in the range \(\d+ are needed\)$/,
        ) as string,
        received: 26,
      },
    ],
    [
      'that ends before the purchase',
      { from: '2025-12-28T00:00:00Z', strategy: { buyAndHold: { afterBars: 3 } } },
      { argument: 'input.strategy.buyAndHold.afterBars', received: 3 },
    ],
  ])('is refused with a range %s', async (_, changed, details) => {
    const { ask, pool } = createBacktestWorld();
    const { data, errors } = await ask(BACKTEST, { input: { ...INPUT, ...changed } });
    expect(data).toEqual({ backtest: null });
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', details }]);
    expect(pool.asked).toEqual([]);
  });

  it('takes a range of just as many candles as its strategy needs, and none of one less', async () => {
    const { ask } = createBacktestWorld();
    for (const { name } of STRATEGIES) {
      const bars = requiredBars({ name, ...defaultsOf(name) } as Strategy);
      const rangeOf = (days: number) => new Date(Date.UTC(2026, 0, 1) - days * DAY).toISOString();
      const input = { ...INPUT, strategy: { [name]: {} } };
      expect((await ask(BACKTEST, { input: { ...input, from: rangeOf(bars) } })).errors).toEqual([]);
      const short = await ask(BACKTEST, { input: { ...input, from: rangeOf(bars - 1) } });
      expect(short.errors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
    }
  });
});

describe('Query.strategies', () => {
  const SHOWN = '{ strategies { name title description parameters { name description default min max integer } } }';

  it('shows every strategy with its parameters', async () => {
    const { data } = await createBacktestWorld().ask(SHOWN);
    const shown = STRATEGIES.map(({ parameters, ...strategy }) => ({
      ...strategy,
      parameters: parameters.map(({ below: _below, ...parameter }) => parameter),
    }));
    expect(data?.['strategies']).toEqual(shown);
    expect(shown).toHaveLength(6);
  });

  it('tells names and defaults as the input has them', () => {
    const choices = Object.values(assertInputObjectType(buildSchema().getType('StrategyInput')).getFields());
    expect(choices.map(({ name }) => name)).toEqual(STRATEGIES.map(({ name }) => name));
    const parameters = choices.map(({ type }) =>
      Object.values(assertInputObjectType(type).getFields()).map(({ name, defaultValue }) => [name, defaultValue]),
    );
    expect(parameters).toEqual(
      STRATEGIES.map(({ parameters }) => parameters.map(({ name, default: value }) => [name, value])),
    );
  });
});

/** What INPUT asks of the loader. */
const KEY: BacktestKey = {
  ...{ symbol: 'BTC-USD', timeframe: 'D1', from: Date.UTC(2024, 0, 1), to: Date.UTC(2026, 0, 1) },
  strategy: 'smaCross',
  settings: {
    strategy: { name: 'smaCross', fast: 2, slow: 5 },
    ...{ direction: 'LONG_SHORT', cash: 10_000, commission: 0, spread: 0, unit: 1e-8 },
    ...{ tradeOnClose: false, exclusiveOrders: false, finalizeTrades: true, dailySampling: false },
  },
};

function idOf(data: unknown): unknown {
  return (data as { backtest: { id: unknown } }).backtest.id;
}

function defaultsOf(strategy: string): object {
  const { parameters = [] } = STRATEGIES.find(({ name }) => name === strategy) ?? {};
  return Object.fromEntries(parameters.map(({ name, default: value }) => [name, value]));
}

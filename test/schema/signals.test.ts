import { assertObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { fieldPolicyOf } from '../../src/field-cache/index.js';
import type { CandleRequest } from '../../src/market/market-data.js';
import { buildSchema } from '../../src/schema/index.js';
import { GatewayError } from '../../src/support/gateway-error.js';
import { CATALOG } from '../../src/upstream/simulated/catalog.js';
import { createSimulatedMarket } from '../../src/upstream/simulated/simulated-market.js';
import { openServer, OVERVIEW_SYMBOLS, type ServerWorld } from '../server/server-world.js';
import { ManualClock } from '../support/manual-clock.js';

const EVENT = 'id symbol timeframe kind time timestamp price';
const SIGNAL = `symbol timeframe ma50 ma200 trend last { ${EVENT} } lastProcessed cache { status ttlSeconds tags }`;
const SIGNALS = `query ($symbols: [String!]!, $timeframe: Timeframe! = M15, $force: Boolean! = false) {
  signals(symbols: $symbols, timeframe: $timeframe, forceRefresh: $force) {
    symbol signal { ${SIGNAL} } error { code message }
  }
}`;
const RECENT = `query ($symbols: [String!], $timeframe: Timeframe! = M15, $limit: Int! = 50) {
  recentSignals(symbols: $symbols, timeframe: $timeframe, limit: $limit) { ${EVENT} }
}`;
const PAIRS = CATALOG.map(({ symbol }) => symbol);
const DAY = 86_400_000;

interface Event {
  readonly id: string;
  readonly symbol: string;
  readonly kind: string;
  readonly time: string;
  readonly timestamp: number;
  readonly price: number;
}

interface SignalResult {
  readonly symbol: string;
  readonly signal: {
    readonly ma50: number;
    readonly ma200: number;
    readonly trend: string;
    readonly last: Event | null;
    readonly lastProcessed: string;
    readonly cache: { readonly status: string; readonly ttlSeconds: number; readonly tags: readonly string[] };
  } | null;
  readonly error: { readonly code: string } | null;
}

describe('Query.signals', () => {
  it.each([15, 243])('gives %d symbols from one call for candles, and then from none', async (count) => {
    const { server, calls } = await openCounted();
    const symbols = PAIRS.slice(0, count);
    const first = await signalsOf(server, { symbols: symbols.map((symbol) => symbol.toLowerCase()) });
    expect(first.map(({ symbol }) => symbol)).toEqual(symbols);
    expect(new Set(first.map(({ signal }) => signal?.cache.status))).toEqual(new Set(['MISS']));
    expect(calls.map((requests) => requests.map(({ symbol }) => symbol))).toEqual([symbols]);
    const second = await signalsOf(server, { symbols });
    expect(new Set(second.map(({ signal }) => signal?.cache.status))).toEqual(new Set(['HIT']));
    expect(calls).toHaveLength(1);
  });

  it('tells where the averages stand, as of the last close, until the next', async () => {
    const { server } = await openCounted();
    const [only] = await signalsOf(server, { symbols: ['btc-usd'] });
    expect(only).toMatchObject({
      symbol: 'BTC-USD',
      error: null,
      signal: {
        symbol: 'BTC-USD',
        timeframe: 'M15',
        lastProcessed: '2026-01-01T00:00:00.000Z',
        cache: { ttlSeconds: 900, tags: ['signals:BTC-USD:M15'] },
      },
    });
    const { ma50 = NaN, ma200 = NaN, trend } = only?.signal ?? {};
    expect(trend).toBe(ma50 > ma200 ? 'UP' : 'DOWN');
    const { body } = await server.query('{ indicators(symbol: "BTC-USD", timeframe: M15) { sma50 sma200 } }');
    expect(body.data).toEqual({ indicators: { sma50: ma50, sma200: ma200 } });
  });

  it('says of an item why it has no signal, and leaves the others standing', async () => {
    const { server } = await openCounted('ETH-USD');
    const signals = await signalsOf(server, { symbols: ['BTC-USD', 'nope', 'ETH-USD', 'BTC-USD'] });
    expect(signals.map(({ symbol, signal, error }) => [symbol, signal !== null, error?.code])).toEqual([
      ['BTC-USD', true, undefined],
      ['nope', false, 'NOT_FOUND'],
      ['ETH-USD', false, 'UPSTREAM_UNAVAILABLE'],
      ['BTC-USD', true, undefined],
    ]);
  });

  it('is computed anew by force, for everyone', async () => {
    const { server } = await openCounted();
    const statusOf = async (force: boolean) =>
      (await signalsOf(server, { symbols: ['BTC-USD'], force }))[0]?.signal?.cache.status;
    expect([await statusOf(false), await statusOf(true), await statusOf(false)]).toEqual(['MISS', 'REFRESHED', 'HIT']);
  });

  it('answers 500 symbols, whole, and no more', async () => {
    const server = await openServer();
    const symbols = (count: number) => Array<string>(count).fill('BTC-USD');
    expect(await signalsOf(server, { symbols: symbols(500) })).toHaveLength(500);
    for (const count of [0, 501]) {
      const { body } = await server.query(SIGNALS, { symbols: symbols(count) });
      expect(body).toMatchObject({
        data: { signals: null },
        errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: 'symbols', received: count } }],
      });
    }
  });
});

describe('Query.recentSignals', () => {
  it('gives the latest crosses of the overview, newest first, each once', async () => {
    const { server } = await openCounted();
    const recent = await recentOf(server, {});
    expect(recent).toEqual(await recentOf(server, { symbols: OVERVIEW_SYMBOLS }));
    expect(new Set(recent.map(({ symbol }) => symbol)).size).toBeGreaterThan(1);
    expect(recent.map(({ timestamp }) => timestamp)).toEqual(
      recent.map(({ timestamp }) => timestamp).sort((one, other) => other - one),
    );
    expect(new Set(recent.map(({ id }) => id)).size).toBe(recent.length);
    for (const { id, symbol, kind, time, timestamp } of recent) {
      expect(id).toBe(`${symbol}:M15:${kind}:${timestamp}`);
      expect(Date.parse(time)).toBe(timestamp * 1_000);
    }
    expect(await recentOf(server, { limit: 2 })).toEqual(recent.slice(0, 2));
  });

  it('has the last cross of every signal, under the same id, and asks the source for nothing more', async () => {
    const { server, calls } = await openCounted();
    const symbols = PAIRS.slice(0, 40);
    const signals = await signalsOf(server, { symbols });
    const recent = await recentOf(server, { symbols: [...symbols, 'btc-usd', 'BTC-USD'], limit: 500 });
    const newestOf = (symbol: string) => recent.find((event) => event.symbol === symbol) ?? null;
    expect(signals.map(({ signal }) => signal?.last)).toEqual(symbols.map(newestOf));
    expect(recent.length).toBeGreaterThan(40);
    expect(new Set(recent.map(({ id }) => id)).size).toBe(recent.length);
    expect(calls).toHaveLength(1);
  });

  it('gives a cross one id for as long as it is seen, however often the next candles advance it', async () => {
    const { server } = await openCounted();
    const seen = new Map<string, Event>();
    for (let step = 0; step < 100; step += 1) {
      for (const event of await recentOf(server, { symbols: ['BTC-USD'] })) {
        expect(event).toEqual(seen.get(event.id) ?? event);
        seen.set(event.id, event);
      }
      server.clock.advance((1 + (step % 5)) * 900_000);
    }
    const kinds = [...seen.values()].sort((one, other) => one.timestamp - other.timestamp).map(({ kind }) => kind);
    expect(kinds.length).toBeGreaterThan(3);
    // Up and down in turn: none is missing, and none is there twice.
    expect(kinds.every((kind, i) => i === 0 || kind !== kinds[i - 1])).toBe(true);
  });

  it('leaves out a symbol that fails, and fails where all do', async () => {
    const { server } = await openCounted('ETH-USD');
    const some = await recentOf(server, { symbols: ['ETH-USD', 'BTC-USD'] });
    expect(new Set(some.map(({ symbol }) => symbol))).toEqual(new Set(['BTC-USD']));
    const { body } = await server.query(RECENT, { symbols: ['ETH-USD', 'NOPE'] });
    expect(body).toMatchObject({
      data: { recentSignals: null },
      errors: [{ path: ['recentSignals'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
    });
  });

  it('tells how each of the states came that it was made of', async () => {
    const { server } = await openCounted();
    await signalsOf(server, { symbols: ['ETH-USD'] });
    const { body } = await server.query(RECENT, { symbols: ['BTC-USD', 'ETH-USD'] }, { 'X-Cache-Trace': '1' });
    const field = { path: ['recentSignals'], ttlSeconds: 900 };
    expect(body.extensions).toMatchObject({
      cache: {
        fields: [
          { ...field, status: 'MISS', tags: ['signals:BTC-USD:M15'] },
          { ...field, status: 'HIT', tags: ['signals:ETH-USD:M15'] },
        ],
      },
    });
  });

  it.each([0, 501])('refuses a limit of %d', async (limit) => {
    const { body } = await (await openServer()).query(RECENT, { limit });
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'limit', received: limit } }]);
  });

  it('is within the bound of what a request may cost for 500 symbols and 500 crosses', async () => {
    const server = await openServer();
    expect(await recentOf(server, { symbols: Array<string>(500).fill('BTC-USD'), limit: 500 })).not.toEqual([]);
  });
});

describe('the policy of signals', () => {
  const fields = assertObjectType(buildSchema().getType('Query')).getFields();

  it('lives to the next close, a day at most, under the tag of symbol and timeframe', () => {
    const policies = [fields['signals'], fields['recentSignals']].map((field) => field && fieldPolicyOf(field));
    const tags = ['signals:{$args.symbols}:{$args.timeframe}'];
    const common = { name: 'Query.signals', ttlMs: DAY, keepForMs: DAY, alone: 'ttl', scope: 'PUBLIC', tags };
    expect(policies).toMatchObject([common, common]);
  });

  it('can be refreshed by force on signals alone', () => {
    const argumentsOf = (name: string) => fields[name]?.args.map((argument) => argument.name);
    expect(argumentsOf('signals')).toContain('forceRefresh');
    expect(argumentsOf('recentSignals')).not.toContain('forceRefresh');
  });
});

/** Private: a server whose calls for candles are recorded, and fail for one symbol. */
async function openCounted(failing?: string) {
  const calls: (readonly CandleRequest[])[] = [];
  const begun = new ManualClock();
  const clock = { now: () => (opened ?? { clock: begun }).clock.now(), monotonic: () => 0 };
  const simulated = createSimulatedMarket({ seed: 1, latencyMs: 0, clock });
  let opened: ServerWorld | undefined = undefined;
  const server = await openServer({
    market: {
      candles: async (requests) => {
        calls.push(requests);
        const answers = await simulated.candles(requests);
        return answers.map((candles, i) =>
          requests[i]?.symbol === failing ? new GatewayError('UPSTREAM_UNAVAILABLE', 'It is down.') : candles,
        );
      },
    },
  });
  opened = server;
  return { server, calls };
}

/** Private */
async function signalsOf(server: ServerWorld, variables: Readonly<Record<string, unknown>>) {
  const { body } = await server.query<{ signals: SignalResult[] }>(SIGNALS, variables);
  if (!body.data || body.errors) throw new Error(JSON.stringify(body.errors));
  return body.data.signals;
}

/** Private */
async function recentOf(server: ServerWorld, variables: Readonly<Record<string, unknown>>) {
  const { body } = await server.query<{ recentSignals: Event[] }>(RECENT, variables);
  if (!body.data || body.errors) throw new Error(JSON.stringify(body.errors));
  return body.data.recentSignals;
}

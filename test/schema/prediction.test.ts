import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import type { Database } from '../../src/accounts/database/database.js';
import { openDatabase } from '../../src/accounts/database/open-database.js';
import { seedDemoAccounts } from '../../src/accounts/demo-accounts.js';
import { createRepositories } from '../../src/accounts/repositories.js';
import { systemClock, type Clock } from '../../src/support/clock.js';
import { openServer, type ServerWorld, type ServerWorldOptions } from '../server/server-world.js';

interface Prediction {
  readonly direction: string;
  readonly probabilityUp: number;
  readonly modelVersion: string;
  readonly trainedThrough: string;
  readonly walkForward: Readonly<Record<string, number>> & { readonly beatsBaseline: boolean };
  readonly cache: { readonly status: string; readonly tags: readonly string[] };
}

const WHOLE = `
  symbol timeframe direction probabilityUp horizon modelVersion trainedAt trainedThrough samples
  walkForward { n accuracy ciLow ciHigh baselineAccuracy balancedAccuracy brier baselineBrier beatsBaseline }
  cache { status tags }`;
const PREDICTION = `query ($symbol: String!, $force: Boolean! = false) {
  prediction(symbol: $symbol, forceRefresh: $force) { ${WHOLE} }
}`;
const RETRAIN = `mutation ($symbol: String!) { retrainModel(symbol: $symbol, timeframe: H1) { ${WHOLE} } }`;

async function predictionAt(server: ServerWorld, symbol = 'BTC-USD', force = false): Promise<Prediction> {
  const { body } = await server.query<{ prediction: Prediction }>(PREDICTION, { symbol, force });
  if (!body.data) throw new Error(JSON.stringify(body.errors));
  return body.data.prediction;
}

describe('Query.prediction', () => {
  it('gives a prediction with figures that fit together, on H1 where nothing is said', async () => {
    const { prediction } = { prediction: await predictionAt(await openServer(), 'btc-usd') };
    expect(prediction).toMatchObject({ symbol: 'BTC-USD', timeframe: 'H1', horizon: 1, samples: 500 });
    // The manual clock stands at midnight: the last candle has just closed.
    expect(Date.parse(prediction.trainedThrough)).toBe(Date.UTC(2026, 0, 1));
    expect(prediction.probabilityUp).toBeGreaterThan(0);
    expect(prediction.probabilityUp).toBeLessThan(1);
    const { beatsBaseline, n = 0, accuracy = 0, ciLow = 1, ciHigh = 0, baselineAccuracy = 0 } = prediction.walkForward;
    expect(n).toBe(1_400);
    expect(ciLow < accuracy && accuracy < ciHigh).toBe(true);
    if (beatsBaseline) expect(ciLow).toBeGreaterThan(baselineAccuracy);
    else expect(prediction.direction).toBe('NEUTRAL');
    expect(prediction.cache).toMatchObject({ status: 'MISS' });
    expect(prediction.cache.tags).toContain('model:BTC-USD:H1');
  });

  it('is kept, and by force computed with a new model', async () => {
    const server = await openServer();
    const first = await predictionAt(server);
    expect(await predictionAt(server)).toMatchObject({ modelVersion: first.modelVersion, cache: { status: 'HIT' } });
    const forced = await predictionAt(server, 'BTC-USD', true);
    expect(forced.cache.status).toBe('REFRESHED');
    expect(forced.modelVersion).not.toBe(first.modelVersion);
  });

  it('is null with an error where there are too few candles, and the others stand', async () => {
    const server = await openServer();
    const document = '{ market { source } prediction(symbol: "BTC-USD", timeframe: MN1) { direction } }';
    const { body } = await server.query(document);
    expect(body.data).toEqual({ market: { source: 'simulated' }, prediction: null });
    expect(body.errors).toMatchObject([
      {
        path: ['prediction'],
        message: 'BTC-USD: a prediction needs 612 closed MN1 candles, but there are 84.',
        extensions: { code: 'NOT_FOUND', symbol: 'BTC-USD', received: 84 },
      },
    ]);
  });

  it.each([
    ['NOPE', 'NOT_FOUND'],
    ['BTC USD', 'BAD_USER_INPUT'],
  ])('refuses the symbol %s by %s', async (symbol, code) => {
    const { body } = await (await openServer()).query(PREDICTION, { symbol });
    expect([body.data, body.errors?.map(({ extensions }) => extensions.code)]).toEqual([{ prediction: null }, [code]]);
  });
});

describe('Mutation.retrainModel', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase({ dataDir: 'memory', logger: pino({ level: 'silent' }) });
    await seedDemoAccounts(database.db, systemClock);
  });
  afterAll(() => database.close());

  const open = (options: ServerWorldOptions = {}) =>
    openServer({ ...options, database: async (clock: Clock) => createRepositories(database.db, clock) });
  const signIn = async (server: ServerWorld, who: 'trader' | 'admin') => {
    const { body } = await server.query<{ login: { token: string } }>(
      'mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { token } }',
      { email: `${who}@demo.local`, password: who },
    );
    return { Authorization: `Bearer ${body.data?.login.token ?? ''}` };
  };
  const retrain = async (server: ServerWorld, headers: Record<string, string>, symbol = 'BTC-USD') =>
    (await server.query<{ retrainModel: Prediction }>(RETRAIN, { symbol }, headers)).body;

  it('is for an admin alone, and changes nothing for anybody else', async () => {
    const server = await open();
    const { modelVersion } = await predictionAt(server);
    const codesOf = async (headers = {}) =>
      (await retrain(server, headers)).errors?.map(({ extensions }) => extensions.code);
    expect(await codesOf()).toEqual(['UNAUTHENTICATED']);
    expect(await codesOf(await signIn(server, 'trader'))).toEqual(['FORBIDDEN']);
    expect(await predictionAt(server)).toMatchObject({ modelVersion, cache: { status: 'HIT' } });
  });

  it('answers with the new version, which everyone is served from then on', async () => {
    const server = await open();
    const before = await predictionAt(server);
    const other = await predictionAt(server, 'ETH-USD');
    const { data, errors, extensions } = await retrain(server, await signIn(server, 'admin'), 'btc-usd');
    expect([errors, extensions]).toEqual([undefined, undefined]);
    const after = data?.retrainModel;
    expect(after).toMatchObject({ symbol: 'BTC-USD', timeframe: 'H1', cache: { status: 'MISS' } });
    expect(after?.modelVersion).not.toBe(before.modelVersion);
    // On the same candles it comes to the same.
    expect(after?.probabilityUp).toBe(before.probabilityUp);
    expect(await predictionAt(server)).toEqual({ ...after, cache: { ...after?.cache, status: 'HIT' } });
    expect(await predictionAt(server, 'ETH-USD')).toMatchObject({
      modelVersion: other.modelVersion,
      cache: { status: 'HIT' },
    });
  });

  it('ends nothing where its arguments are refused', async () => {
    const server = await open({ market: { timeframes: ['H1'] } });
    const { modelVersion } = await predictionAt(server);
    const admin = await signIn(server, 'admin');
    const document = 'mutation { retrainModel(symbol: "BTC-USD", timeframe: M5) { modelVersion } }';
    const { body } = await server.query(document, {}, admin);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'timeframe' } }]);
    expect((await retrain(server, admin, 'BTC USD')).errors).toMatchObject([{ extensions: { argument: 'symbol' } }]);
    expect(await predictionAt(server)).toMatchObject({ modelVersion, cache: { status: 'HIT' } });
  });
});

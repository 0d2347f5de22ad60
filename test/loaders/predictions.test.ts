import { describe, expect, it } from 'vitest';
import { predictDirection } from '../../src/analytics/prediction/predict-direction.js';
import { trainModel } from '../../src/analytics/prediction/train-model.js';
import { createLoaders } from '../../src/loaders/loaders.js';
import { modelPolicy, modelTag, type Model } from '../../src/loaders/models.js';
import type { Candle } from '../../src/market/candle.js';
import { toColumns } from '../../src/market/candle-columns.js';
import type { CandleRequest } from '../../src/market/market-data.js';
import { createDeferred } from '../../src/support/deferred.js';
import { GatewayError } from '../../src/support/gateway-error.js';
import { until } from '../support/turns.js';
import { createLoaderWorld } from './loader-world.js';

const KEY = { symbol: 'BTC-USD', timeframe: 'H1' } as const;
const MINUTE = 60_000;
const H = 60 * MINUTE;
const NOON = Date.UTC(2026, 0, 15, 12);

/** What the source answers in place of its candles. */
type Alter = (candles: readonly Candle[], symbol: string | undefined) => readonly Candle[] | Error;

const everything: Alter = (candles) => candles;
/** Enough to train on, and soon done. */
const few: Alter = (candles) => candles.slice(-650);

/** A loader world that counts trainings, and can hold them up. */
function createModelWorld(alter = few) {
  const trainings: CandleRequest[] = [];
  const gate = { opened: Promise.resolve() };
  const world = createLoaderWorld((market) => ({
    candles: async (requests) => {
      const forModels = requests.filter(({ limit }) => limit === 2_000);
      trainings.push(...forModels);
      if (forModels.length > 0) await gate.opened;
      const answers = await market.candles(requests);
      return answers.map((candles, i) => (candles instanceof Error ? candles : alter(candles, requests[i]?.symbol)));
    },
  }));
  const { cache, market, pool, provenance, clock } = world;
  const request = () => createLoaders({ cache, market, pool, provenance, clock });
  const predict = async (key: { symbol: string; timeframe: 'M1' | 'M5' | 'H1' } = KEY, force = false) => {
    const prediction = await request().predictions.load(key, { force });
    const { status, ttlMs, tags } = provenance.of(prediction) ?? {};
    return { prediction, version: prediction.modelVersion, status, ttlMs, tags: tags?.toSorted() };
  };
  return { ...world, request, trainings, gate, predict };
}

describe('predictions loader', () => {
  it('says what a model of the last 2,000 candles says of the last closed one', async () => {
    const { predict, market, trainings, request } = createModelWorld(everything);
    const { prediction } = await predict();
    const [candles] = await market.candles([{ ...KEY, limit: 2_000 }]);
    if (!candles || candles instanceof Error) throw new Error('There are no candles.');
    const closed = candles.filter((candle) => candle.closed);
    const trained = trainModel(toColumns(closed));
    const { candles: kept } = await request().series.load(KEY);
    const expected = predictDirection(
      trained,
      kept.filter((candle) => candle.closed),
    );
    expect(expected?.probabilityUp).toBeGreaterThan(0);
    expect(prediction).toEqual({
      ...{ ...KEY, ...expected, horizon: 1, nextClose: NOON + H },
      ...{ samples: 500, walkForward: trained.walkForward },
      ...{
        trainedAt: NOON + 30_000,
        trainedThrough: NOON,
        modelVersion: expect.stringMatching(/^lr1-[0-9a-f]{12}$/) as string,
      },
    });
    expect(trainings[0]).toEqual({ ...KEY, limit: 2_000 });
  });

  it('lives for half a minute, and never past the next close, under the tags of what it is made of', async () => {
    const { predict, clock } = createModelWorld();
    expect(await predict()).toMatchObject({
      ttlMs: 30_000,
      tags: ['candles:BTC-USD:H1', 'model:BTC-USD:H1', 'prediction:BTC-USD:H1'],
    });
    clock.advance(10_000);
    expect(await predict({ ...KEY, timeframe: 'M1' })).toMatchObject({ ttlMs: 20_000 });
    expect(await predict()).toMatchObject({ status: 'HIT', ttlMs: 20_000 });
  });

  it('is made anew with the model that is there', async () => {
    const { predict, clock, trainings } = createModelWorld();
    const first = await predict();
    clock.advance(31_000);
    const second = await predict();
    expect([second.status, second.version]).toEqual(['MISS', first.version]);
    expect(trainings).toHaveLength(1);
  });

  it('ends with its model, whose tag is raised', async () => {
    const { predict, cache, clock, trainings } = createModelWorld();
    const first = await predict();
    clock.advance(1);
    await cache.invalidate([modelTag(KEY)]);
    const second = await predict();
    expect(second.status).toBe('MISS');
    expect(second.version).not.toBe(first.version);
    expect(trainings).toHaveLength(2);
    await cache.invalidate([modelTag({ ...KEY, symbol: 'ETH-USD' }), 'prediction:ETH-USD']);
    expect((await predict()).status).toBe('HIT');
  });

  it('ends with prediction:SYMBOL, and keeps its model', async () => {
    const { predict, cache } = createModelWorld();
    const first = await predict();
    await cache.invalidate(['prediction:BTC-USD']);
    expect(await predict()).toMatchObject({ status: 'MISS', version: first.version });
  });

  it('is computed by force with a model that is trained by force, which everyone reads from then on', async () => {
    const { predict, clock, trainings } = createModelWorld();
    const first = await predict();
    clock.advance(1);
    const forced = await predict(KEY, true);
    expect(forced.status).toBe('REFRESHED');
    expect(forced.version).not.toBe(first.version);
    expect(trainings).toHaveLength(2);
    expect(await predict()).toMatchObject({ status: 'HIT', version: forced.version });
  });

  it('fails alone in its batch', async () => {
    const { request } = createModelWorld((candles, symbol) => candles.slice(symbol === 'SOL-USD' ? -300 : -650));
    const keys = ['BTC-USD', 'NOPE', 'SOL-USD', 'ETH-USD'].map((symbol) => ({ symbol, timeframe: 'H1' as const }));
    expect(await request().predictions.loadMany(keys)).toMatchObject([
      { symbol: 'BTC-USD' },
      { code: 'NOT_FOUND' },
      { code: 'NOT_FOUND', details: { received: 299 } },
      { symbol: 'ETH-USD' },
    ]);
  });

  it('fails as its source does, and is not kept', async () => {
    let answer = few;
    const { predict } = createModelWorld((candles, symbol) => answer(candles, symbol));
    answer = () => new GatewayError('UPSTREAM_UNAVAILABLE', 'down');
    await expect(predict()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    answer = few;
    expect((await predict()).status).toBe('MISS');
  });
});

describe('models loader', () => {
  it('keeps a model for a day, and no longer than its walk-forward would have', async () => {
    const { request, provenance } = createModelWorld();
    const ttlOf = async (timeframe: 'M1' | 'M5' | 'H1') =>
      provenance.of(await request().models.load({ ...KEY, timeframe }))?.ttlMs;
    expect([await ttlOf('M1'), await ttlOf('M5'), await ttlOf('H1')]).toEqual([50 * MINUTE, 250 * MINUTE, 24 * H]);
  });

  it('serves the old one while it is trained anew, and nobody waits', async () => {
    const { predict, clock, gate, trainings } = createModelWorld();
    const first = await predict();
    clock.advance(25 * H);
    const { promise, resolve } = createDeferred();
    gate.opened = promise;
    const meanwhile = await predict();
    // It is as stale as its model: kept for nobody.
    expect(meanwhile).toMatchObject({ status: 'MISS', ttlMs: 0, version: first.version });
    await until(() => trainings.length === 2);
    resolve();
    await until(async () => (await predict()).version !== first.version);
    expect((await predict()).prediction).toMatchObject({ trainedAt: clock.now(), trainedThrough: NOON + 25 * H });
    expect(trainings).toHaveLength(2);
  });

  it('gives every training a version of its own, also where nothing else is another', async () => {
    const { request, clock } = createModelWorld();
    const { version, trainedAt, ...first } = await request().models.load(KEY);
    clock.advance(1);
    const again = await request().models.load(KEY, { force: true });
    expect(again).toMatchObject(first);
    expect(again.trainedAt).toBe(trainedAt + 1);
    expect(again.version).not.toBe(version);
  });

  it('needs 612 closed candles, says so, and asks for them no more than once a minute', async () => {
    const { predict, clock, trainings } = createModelWorld((candles) => candles.slice(-612));
    // The last of the 612 is open.
    const tooFew = {
      code: 'NOT_FOUND',
      message: 'BTC-USD: a prediction needs 612 closed H1 candles, but there are 611.',
      details: { symbol: 'BTC-USD', rule: 'a prediction needs 612 closed H1 candles', received: 611 },
    };
    await expect(predict()).rejects.toMatchObject(tooFew);
    clock.advance(59_000);
    await expect(predict()).rejects.toMatchObject(tooFew);
    expect(trainings).toHaveLength(1);
    clock.advance(2_000);
    await expect(predict()).rejects.toMatchObject(tooFew);
    expect(trainings).toHaveLength(2);
  });

  it('is trained on 612 closed candles', async () => {
    const { predict } = createModelWorld((candles) => candles.slice(-613));
    expect((await predict()).prediction.walkForward.n).toBe(50);
  });

  it('is ended by modelTag, whatever the symbol holds', async () => {
    const { cache } = createModelWorld();
    for (const symbol of ['BTC-USD', 'NSE:INFY', 'EUR/USD']) {
      const key = { symbol, timeframe: 'H1' } as const;
      const { info } = await cache.load(modelPolicy, key, async () => [key as Model]);
      expect(info.tags).toEqual([modelTag(key)]);
    }
  });
});

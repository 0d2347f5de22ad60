import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

interface Prediction {
  readonly modelVersion: string;
  readonly cache: { readonly status: string };
}

const PREDICTION = '{ prediction(symbol: "BTC-USD", timeframe: D1) { modelVersion cache { status } } }';
const RETRAIN = 'mutation { retrainModel(symbol: "BTC-USD", timeframe: D1) { modelVersion cache { status } } }';

describe('retrainModel, with two gateways on one Redis', { timeout: 90_000 }, () => {
  let redis: RedisServer;
  let one: TestGateway;
  let two: TestGateway;

  beforeAll(async () => {
    redis = await startRedis();
    [one, two] = await Promise.all([startGateway({ REDIS_URL: redis.url }), startGateway({ REDIS_URL: redis.url })]);
    await Promise.all([one.opened, two.opened, ...[one, two].map(whenHealthy)]);
  });

  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    await redis.stop();
  });

  /** Redis is believed again. The rest of its health is that of a busy machine. */
  const whenHealthy = (gateway: TestGateway) =>
    vi.waitFor(
      async () =>
        expect((await gateway.get('/health')).body).toMatchObject({ checks: { cache: { status: 'healthy' } } }),
      10_000,
    );
  const predictionAt = async (gateway: TestGateway) => {
    const { body } = await gateway.query<{ prediction: Prediction }>(PREDICTION);
    if (!body.data) throw new Error(JSON.stringify(body.errors));
    return body.data.prediction;
  };
  const retrainAt = async (gateway: TestGateway) => {
    const token = await gateway.signIn('admin@demo.local', 'admin');
    const { body } = await gateway.query<{ retrainModel: Prediction }>(
      RETRAIN,
      {},
      { Authorization: `Bearer ${token}` },
    );
    if (!body.data) throw new Error(JSON.stringify(body.errors));
    return { ...body.data.retrainModel, extensions: body.extensions };
  };

  it('is in force at both at once, whichever trained', async () => {
    for (const [trainer, reader] of [
      [one, two],
      [two, one],
    ] as const) {
      const { modelVersion } = await predictionAt(reader);
      expect(await predictionAt(reader)).toMatchObject({ modelVersion, cache: { status: 'HIT' } });
      const retrained = await retrainAt(trainer);
      expect(retrained.modelVersion).not.toBe(modelVersion);
      expect(retrained.extensions).toBeUndefined();
      for (const gateway of [reader, trainer]) {
        expect(await predictionAt(gateway)).toMatchObject({
          modelVersion: retrained.modelVersion,
          cache: { status: 'HIT' },
        });
      }
    }
  });

  it('succeeds while Redis hangs, says that the old model is not gone everywhere, and makes up for it', async () => {
    const { modelVersion: old } = await predictionAt(two);
    await redis.kill('SIGSTOP');
    const retrained = await retrainAt(one);
    expect(retrained.extensions).toMatchObject({ cache: { invalidation: 'PENDING' } });
    expect(retrained.modelVersion).not.toBe(old);
    expect((await predictionAt(one)).modelVersion).not.toBe(old);
    await redis.kill('SIGCONT');
    await Promise.all([one, two].map(whenHealthy));
    await vi.waitFor(async () => {
      const { modelVersion } = await predictionAt(two);
      expect(modelVersion).not.toBe(old);
      expect((await predictionAt(one)).modelVersion).toBe(modelVersion);
    }, 10_000);
  });
});

/*
 * Errors are not data. Guards: src/cache/computations.ts (an error fails its flight and never lands; only a not-found under a policy with
 * negativeTtl does), src/cache/landing.ts (such a result has its own short TTL and no window past it), src/cache/entry.ts (what a
 * hard mark ended is dead, what a soft one or its age ended may be a fallback) and `#fallBack`, `#serveStale` of src/cache/cache.ts (the last
 * good value where an upstream fails or is slow, marked STALE).
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Compute, PolicyOptions } from '../../src/cache/index.js';
import { createDeferred } from '../../src/support/deferred.js';
import { GatewayError, unknownSymbol } from '../../src/support/gateway-error.js';
import { policyOf, Source } from '../cache/cache-world.js';
import { settle, until } from '../support/turns.js';
import { DrivenRedis, type Instance } from './helpers-driven-redis.js';

const KEY = { id: 'a' };
const FAILURES = {
  'of the upstream': new GatewayError('UPSTREAM_UNAVAILABLE', 'down'),
  'of us': new TypeError('a fault'),
  'that there is no such thing': unknownSymbol('A'),
};

let redis: DrivenRedis;

beforeAll(async () => {
  redis = await DrivenRedis.start();
});

afterEach(() => redis.clear());

afterAll(() => redis.stop());

describe('an error', () => {
  it.each(Object.entries(FAILURES))('%s is not kept, in any tier', async (_, failure) => {
    const [one, two] = [await redis.join(), await redis.join()];
    const policy = policyOf({ staleFor: '60s', staleIfError: '60s' });
    const before = [...(await redis.keys()).keys()];
    let calls = 0;
    const fail: Compute<number> = async () => {
      calls += 1;
      throw failure;
    };
    for (const { cache } of [one, one, two]) await expect(cache.load(policy, KEY, fail)).rejects.toBe(failure);
    expect(calls).toBe(3);
    expect([...(await redis.keys()).keys()]).toEqual(before);
    const source = new Source();
    expect(await one.cache.load(policy, KEY, source.compute)).toMatchObject({ value: 1, info: { status: 'MISS' } });
    expect(await two.cache.load(policy, KEY, source.compute)).toMatchObject({ value: 1, info: { status: 'HIT' } });
  });

  it('in a batch fails alone, and what stands beside it is kept', async () => {
    const { cache } = await redis.join();
    const failure = FAILURES['of the upstream'];
    const compute: Compute<number> = async (misses) => misses.map(({ args }) => (args['id'] === 'bad' ? failure : 1));
    const keys = [{ id: 'a' }, { id: 'bad' }, { id: 'b' }];
    for (const status of ['MISS', 'HIT']) {
      const [a, bad, b] = await cache.loadMany(policyOf(), keys, compute);
      expect([a, b]).toMatchObject([{ info: { status } }, { info: { status } }]);
      expect(bad).toBe(failure);
    }
  });

  it('reaches everyone who waited for the computation, and nobody after it', async () => {
    const [one, two] = [await redis.join(), await redis.join()];
    const gate = createDeferred<void>();
    let calls = 0;
    const fail: Compute<number> = async () => {
      calls += 1;
      await gate.promise;
      throw FAILURES['of the upstream'];
    };
    const together = [1, 2, 3].map(() => one.cache.load(policyOf(), KEY, fail));
    await until(() => calls === 1);
    await settle();
    gate.resolve();
    const outcomes = await Promise.allSettled(together);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(calls).toBe(1);
    for (const { cache } of [one, two]) expect((await cache.load(policyOf(), KEY, new Source().compute)).value).toBe(1);
  });

  it('of a computation that is cut off is no data either, and what comes too late is dropped', async () => {
    const { cache } = await redis.join();
    const late = createDeferred<number[]>();
    const policy = policyOf({ timeout: '5s' });
    let calls = 0;
    const slow: Compute<number> = () => {
      calls += 1;
      return late.promise;
    };
    const asked = cache.load(policy, KEY, slow);
    const refused = expect(asked).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    await until(() => calls === 1);
    redis.clock.advance(5_000);
    await refused;
    late.resolve([7]);
    await settle();
    const source = new Source();
    expect(await cache.load(policy, KEY, source.compute)).toMatchObject({ value: 1, info: { status: 'MISS' } });
  });
});

describe('a declared not-found', () => {
  const declared = policyOf({ ttl: '60s', negativeTtl: '10s' });
  const outcome = async ({ cache, events }: Instance, compute: Compute<number>, policy = declared) => {
    const value: unknown = await cache.load(policy, KEY, compute).then(
      (loaded) => loaded.value,
      (error: unknown) => error,
    );
    const last = events.findLast((event) => event.type === 'resolved' || event.type === 'failed');
    return { value, how: last?.type === 'resolved' ? [last.info.status, last.info.layer] : last?.type };
  };

  it.each<[string, unknown]>([
    ['an error', unknownSymbol('A')],
    ['null', null],
  ])('that is %s is served from both tiers for its own short time, and then computed anew', async (_, nothing) => {
    const [one, two] = [await redis.join(), await redis.join()];
    let calls = 0;
    const compute = (async () => {
      calls += 1;
      return [nothing];
    }) as Compute<number>;
    const expected = (...how: (string | null)[]) => ({ value: nothing, how });
    expect(await outcome(one, compute)).toEqual(expected('MISS', null));
    expect(await outcome(one, compute)).toEqual(expected('HIT', 'MEMORY'));
    expect(await outcome(two, compute)).toEqual(expected('HIT', 'REDIS'));
    expect(await outcome(two, compute)).toEqual(expected('HIT', 'MEMORY'));
    await redis.pass(9_000);
    for (const instance of [one, two]) expect(await outcome(instance, compute)).toEqual(expected('HIT', 'MEMORY'));
    expect(calls).toBe(1);
    await redis.pass(1_000);
    const found = new Source();
    expect(await outcome(one, found.compute)).toEqual({ value: 1, how: ['MISS', null] });
    expect(await outcome(two, found.compute)).toEqual({ value: 1, how: ['HIT', 'REDIS'] });
  });

  it('is not served past its time, whatever windows there are for what was found', async () => {
    const instances = [await redis.join(), await redis.join()];
    const windows = policyOf({ ttl: '60s', negativeTtl: '10s', staleFor: '60s', staleIfError: '60s' });
    const none: Compute<number> = async () => [unknownSymbol('A')];
    for (const instance of instances) await outcome(instance, none, windows);
    await redis.pass(10_000);
    const failure = FAILURES['of the upstream'];
    for (const instance of instances) {
      expect(await outcome(instance, async () => [failure], windows)).toEqual({ value: failure, how: 'failed' });
    }
  });

  it('ends with its tag at once', async () => {
    const [one, two] = [await redis.join(), await redis.join()];
    const none: Compute<number> = async () => [unknownSymbol('A')];
    for (const instance of [one, two]) await outcome(instance, none);
    await one.cache.invalidate(['number:a']);
    const found = new Source();
    for (const instance of [two, one]) expect((await outcome(instance, found.compute)).value).toBe(1);
  });

  it('is the only error that is kept', async () => {
    const instance = await redis.join();
    for (const name of ['of the upstream', 'of us'] as const) {
      const fail: Compute<number> = async () => [FAILURES[name]];
      expect(await outcome(instance, fail)).toEqual({ value: FAILURES[name], how: 'failed' });
    }
    expect((await outcome(instance, new Source().compute)).how).toEqual(['MISS', null]);
  });
});

describe('stale-if-error', () => {
  const policy = policyOf({ ttl: '60s', staleIfError: '10m' });
  const failing = (failure: Error): Compute<number> => {
    return async () => {
      throw failure;
    };
  };
  const down = failing(FAILURES['of the upstream']);

  /** The first has the value in memory, the second will find it in Redis. */
  const openFilled = async (wanted: PolicyOptions<number> = policy) => {
    const [one, two] = [await redis.join(), await redis.join()];
    await one.cache.load(wanted, KEY, new Source().compute);
    return [one, two] as const;
  };

  it('serves the last good value, marked STALE, while its upstream fails, until its window ends', async () => {
    const instances = await openFilled();
    await redis.pass(61_000);
    for (const { cache } of instances) {
      const { value, info } = await cache.load(policy, KEY, down);
      expect([value, info.status, info.ttlMs]).toEqual([1, 'STALE', 0]);
      expect(info.ageMs).toBeGreaterThanOrEqual(61_000);
    }
    await redis.pass(600_000);
    for (const { cache } of instances) await expect(cache.load(policy, KEY, down)).rejects.toThrow('down');
  });

  it('computes anew as soon as the upstream is back', async () => {
    const [one, two] = await openFilled();
    await redis.pass(61_000);
    await one.cache.load(policy, KEY, down);
    const source = new Source();
    source.value = 2;
    expect(await one.cache.load(policy, KEY, source.compute)).toMatchObject({ value: 2, info: { status: 'MISS' } });
    expect(await two.cache.load(policy, KEY, down)).toMatchObject({ value: 2, info: { status: 'HIT' } });
  });

  it('is not for faults of ours, nor for what is not there any more, nor for policies without it', async () => {
    const instances = await openFilled();
    const without = policyOf({ name: 'Query.without' });
    for (const { cache } of instances) await cache.load(without, KEY, new Source().compute);
    await redis.pass(61_000);
    for (const { cache } of instances) {
      for (const name of ['of us', 'that there is no such thing'] as const) {
        await expect(cache.load(policy, KEY, failing(FAILURES[name]))).rejects.toBe(FAILURES[name]);
      }
      await expect(cache.load(without, KEY, down)).rejects.toThrow('down');
    }
  });

  it('is not for what was invalidated hard, before or after its end', async () => {
    const instances = await openFilled();
    await instances[1].cache.invalidate(['number:a']);
    for (const { cache } of instances) await expect(cache.load(policy, KEY, down)).rejects.toThrow('down');
    await redis.pass(61_000);
    for (const { cache } of instances) await expect(cache.load(policy, KEY, down)).rejects.toThrow('down');
  });

  it('is for what was invalidated softly', async () => {
    const instances = await openFilled();
    await instances[1].cache.invalidate(['number'], 'soft');
    for (const { cache } of instances) {
      expect(await cache.load(policy, KEY, down)).toMatchObject({ value: 1, info: { status: 'STALE' } });
    }
    const source = new Source();
    source.value = 2;
    expect((await instances[0].cache.load(policy, KEY, source.compute)).value).toBe(2);
  });

  it('answers in place of a computation that is cut off', async () => {
    const wanted = policyOf({ ttl: '60s', staleIfError: '10m', timeout: '5s' });
    const [{ cache }] = await openFilled(wanted);
    await redis.pass(61_000);
    let begun = false;
    const asked = cache.load(wanted, KEY, () => {
      begun = true;
      return new Promise(() => undefined);
    });
    await until(() => begun);
    redis.clock.advance(5_000);
    expect(await asked).toMatchObject({ value: 1, info: { status: 'STALE' } });
  });
});

describe('a soft timeout', () => {
  const windows = [
    ['staleFor', policyOf({ ttl: '60s', staleFor: '10m', softTimeout: '200ms' })],
    ['staleIfError', policyOf({ ttl: '60s', staleIfError: '10m', softTimeout: '200ms' })],
  ] as const;

  it.each(windows)(
    'lets the old value within %s answer for a slow computation, which still is kept',
    async (_, policy) => {
      const { cache } = await redis.join();
      await cache.load(policy, KEY, new Source().compute);
      await redis.pass(61_000);
      const slow = new Source();
      slow.value = 2;
      const gate = createDeferred<void>();
      slow.gate = gate.promise;
      const asked = cache.load(policy, KEY, slow.compute);
      await until(() => slow.calls === 1);
      redis.clock.advance(200);
      expect(await asked).toMatchObject({ value: 1, info: { status: 'STALE' } });
      gate.resolve();
      await settle();
      await until(async () => (await cache.load(policy, KEY, slow.compute)).value === 2);
      expect(slow.calls).toBe(1);
    },
  );

  it.each(windows)('waits within %s for a computation that is quick enough', async (_, policy) => {
    const { cache } = await redis.join();
    await cache.load(policy, KEY, new Source().compute);
    await redis.pass(61_000);
    const quick = new Source();
    quick.value = 2;
    expect(await cache.load(policy, KEY, quick.compute)).toMatchObject({ value: 2, info: { status: 'MISS' } });
  });

  it.each(windows)('lets the old value within %s answer for an upstream that fails', async (_, policy) => {
    const { cache } = await redis.join();
    await cache.load(policy, KEY, new Source().compute);
    await redis.pass(61_000);
    const down: Compute<number> = async () => [FAILURES['of the upstream']];
    expect(await cache.load(policy, KEY, down)).toMatchObject({ value: 1, info: { status: 'STALE' } });
  });
});

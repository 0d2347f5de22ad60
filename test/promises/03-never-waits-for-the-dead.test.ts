/**
 * Promise 3, never waits for the dead. Guards src/cache/tide/acknowledgements.ts (a raise waits 1 s for who is silent, once, and then
 * removes him), src/cache/tide/lease.ts (900 ms of his own time since he held), src/cache/tide/participant.ts (who is deaf never leases),
 * src/cache/tide/scripts.ts (a new generation begins with one silent member), and src/cache/stores/tiered-store.ts with src/cache/alone.ts
 * (what an instance serves that Redis does not answer).
 */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { policyOf } from '../cache/cache-world.js';
import { whenLeased, whenTrusted } from '../support/redis-store.js';
import { openInstanceNetwork, type InstanceNetwork } from './support/instance-network.js';
import { createSharedUpstream, startInstance } from './support/instance-process.js';
import { REDIS_SETUPS, type TestRedis } from './support/redis-setups.js';
import { createWorld, type Instance, type World } from './support/world.js';

/** What a second is on a machine that is busy. */
const SECOND_MS = 1_500;
/** Much less than a second, on that machine too. */
const AT_ONCE_MS = 700;
const LEASE_MS = 900;
const ALONE_MS = 2_000;

describe.each(REDIS_SETUPS)('Promise 3: never waits for the dead, on %s', (_, start) => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await start();
  });
  afterAll(() => redis.stop());

  /** Raises the tag of what all read, which returns within a second the first time, and then at once. */
  const expectDelayedOnce = async (instance: Instance, afterFirst: () => Promise<unknown>) => {
    expect(await timeOf(() => expectDone(instance))).toBeLessThan(SECOND_MS);
    await afterFirst();
    expect(await timeOf(() => expectDone(instance))).toBeLessThan(AT_ONCE_MS);
  };
  const expectDone = async ({ cache }: Instance) => {
    expect(await cache.invalidate(['number:a'])).toMatchObject({ status: 'DONE' });
  };
  const openNetwork = async (): Promise<InstanceNetwork> => {
    const network = await openInstanceNetwork(redis);
    onTestFinished(() => network.close());
    return network;
  };
  const joinBy = (world: World, network: InstanceNetwork, options = {}) =>
    world.join({ url: network.url, timeoutMs: 300, ...options });
  /** Leased, with the value in memory. */
  const warm = async (instance: Instance) => {
    await instance.read();
    await whenLeased(instance.store);
    expect((await instance.read()).info).toMatchObject({ status: 'HIT', layer: 'MEMORY' });
  };

  it('waits once for an instance that is killed, and for one that is stopped, which then serves nothing old', async () => {
    const world = createWorld(redis);
    const upstream = createSharedUpstream();
    const [raiser, healthy] = await Promise.all([world.join(), world.join()]);
    const network = await openNetwork();
    const [killed, stopped] = await Promise.all([
      startInstance(redis, world.prefix, upstream),
      startInstance({ ...redis, url: network.url }, world.prefix, upstream),
    ]);
    for (const each of [killed, stopped]) {
      await each.read();
      await each.whenLeased();
      expect(await each.read()).toEqual([{ value: 1, status: 'HIT' }]);
    }
    killed.signal('SIGKILL');
    stopped.signal('SIGSTOP');
    // Nor does it hear what it missed when it goes on.
    network.hold();
    await healthy.read();
    upstream.value = world.upstream.value = 2;
    await expectDelayedOnce(raiser, async () => {
      const late = stopped.read();
      stopped.signal('SIGCONT');
      expect(await late).toEqual([expect.objectContaining({ value: 2 })]);
      for (const each of [raiser, healthy]) expect((await each.read()).value).toBe(2);
    });
    network.restore();
    await stopped.whenLeased();
  });

  it.each<[string, (network: InstanceNetwork) => void]>([
    ['is silent', (network) => network.holdBus()],
    ['is cut', (network) => network.cutBus()],
  ])('waits once for an instance whose bus alone %s, which asks Redis at each read from then on', async (_, deafen) => {
    const world = createWorld(redis);
    const network = await openNetwork();
    const [raiser, deaf] = await Promise.all([world.join(), joinBy(world, network)]);
    await warm(deaf);
    deafen(network);
    world.upstream.value = 2;
    await expectDelayedOnce(raiser, async () => {
      expect((await deaf.read()).value).toBe(2);
      world.upstream.value = 3;
    });
    expect(deaf.store.health()).toMatchObject({ available: true, leased: false });
    expect((await deaf.read()).value).toBe(3);
    const { trips } = deaf;
    expect((await deaf.read()).info.status).toBe('HIT');
    expect(deaf.trips).toBeGreaterThan(trips);
    network.restore();
    await whenLeased(deaf.store);
  });

  it.each<[string, (network: InstanceNetwork) => void]>([
    ['is cut off', (network) => network.cut()],
    ['hears and is heard no more', (network) => network.hold()],
  ])('waits once for an instance that %s, which serves nothing that it had', async (_, part) => {
    const world = createWorld(redis);
    const network = await openNetwork();
    const [raiser, lost] = await Promise.all([world.join(), joinBy(world, network)]);
    await warm(lost);
    part(network);
    world.upstream.value = 2;
    await expectDelayedOnce(raiser, async () => {
      expect((await lost.read()).value).toBe(2);
      expect((await raiser.read()).value).toBe(2);
    });
    network.restore();
    await whenLeased(lost.store);
    expect((await lost.read()).value).toBe(2);
  });

  it('waits for several that are gone as long as for one', async () => {
    const world = createWorld(redis);
    const network = await openNetwork();
    const raiser = await world.join();
    const lost = await Promise.all([1, 2, 3].map(() => joinBy(world, network)));
    for (const each of lost) await warm(each);
    network.cut();
    world.upstream.value = 2;
    await expectDelayedOnce(raiser, async () => {
      for (const each of [raiser, ...lost]) expect((await each.read()).value).toBe(2);
    });
  });

  it.each([['everything'], ['the tide']])('waits once for a Redis that lost %s', async (what) => {
    const world = createWorld(redis);
    const [raiser, other] = await Promise.all([world.join(), world.join()]);
    for (const each of [raiser, other]) await warm(each);
    await world.atServers(async (client) => {
      const keys = await client.keys(what === 'everything' ? '*' : `${world.prefix}{tide}`);
      for (const key of keys) await client.del(key);
    });
    world.upstream.value = 2;
    await expectDelayedOnce(raiser, async () => {
      for (const each of [raiser, other]) expect((await each.read()).value).toBe(2);
      for (const each of [raiser, other]) await whenLeased(each.store);
    });
  });

  describe('an instance that Redis does not answer', () => {
    /** By its own clock its lease is over when it is alone. */
    const openAlone = async () => {
      const world = createWorld(redis);
      const network = await openNetwork();
      const lost = await joinBy(world, network, { clock: world.clock });
      return {
        world,
        lost,
        cutOff: async () => {
          network.cut();
          await whenTrusted(lost.store, false);
        },
        restore: async () => {
          network.restore();
          await whenLeased(lost.store);
        },
      };
    };

    it('serves what it has until its lease ends, and then only what it began to compute afterwards', async () => {
      const { world, lost, cutOff } = await openAlone();
      await warm(lost);
      const release = world.upstream.hold();
      const policy = policyOf({ name: 'slow' });
      const old = lost.read(policy);
      await world.upstream.begun(2);
      await cutOff();
      world.upstream.value = 2;
      world.clock.advance(LEASE_MS - 1);
      expect(await lost.read()).toMatchObject({ value: 1, info: { status: 'HIT' } });
      world.clock.advance(1);
      const late = [lost.read(), lost.read(policy)];
      await world.upstream.begun(3);
      release();
      expect((await Promise.all(late)).map(({ value }) => value)).toEqual([2, 2]);
      expect((await old).value).toBe(1);
      expect((await lost.read(policy)).value).toBe(2);
    });

    it('serves what it computed for 2 s from the beginning of the computation, whatever its policy says', async () => {
      const { world, lost, cutOff } = await openAlone();
      const policy = policyOf({ staleFor: '1h', staleIfError: '1h' });
      await cutOff();
      world.clock.advance(LEASE_MS);
      const release = world.upstream.hold();
      const computing = lost.read(policy);
      await world.upstream.begun(1);
      world.clock.advance(ALONE_MS / 2);
      release();
      await computing;
      world.upstream.value = 2;
      world.clock.advance(ALONE_MS / 2 - 1);
      expect((await lost.read(policy)).value).toBe(1);
      world.clock.advance(1);
      expect((await lost.read(policy)).value).toBe(2);
      expect(world.upstream.calls).toBe(2);
    });

    it('serves market data to its TTL, from before it was alone and from since', async () => {
      const { world, lost, cutOff } = await openAlone();
      const [before, since] = ['before', 'since'].map((name) => policyOf({ name, alone: 'ttl' }));
      await lost.read(before);
      await cutOff();
      world.clock.advance(30_000);
      await lost.read(since);
      world.upstream.value = 2;
      world.clock.advance(30_000 - 1);
      for (const policy of [before, since]) expect((await lost.read(policy)).value).toBe(1);
      world.clock.advance(1);
      expect((await lost.read(before)).value).toBe(2);
      world.clock.advance(30_000);
      expect((await lost.read(since)).value).toBe(2);
    });

    it('forgets what it computed alone when Redis answers again, and stores nothing of it', async () => {
      const { world, lost, cutOff, restore } = await openAlone();
      const healthy = await world.join();
      await cutOff();
      world.clock.advance(LEASE_MS);
      await lost.read();
      world.upstream.value = 2;
      await healthy.cache.invalidate(['number:a']);
      await restore();
      for (const each of [lost, healthy]) expect((await each.read()).value).toBe(2);
    });
  });
});

/** Private: ms. */
async function timeOf(act: () => Promise<unknown>): Promise<number> {
  const begunAt = performance.now();
  await act();
  return performance.now() - begunAt;
}

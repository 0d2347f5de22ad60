import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { RedisBus } from '../../../src/cache/bus/redis-bus.js';
import { keySlot } from '../../../src/cache/redis/key-slot.js';
import { RedisEntries } from '../../../src/cache/redis/redis-entries.js';
import type { RefusedError } from '../../../src/cache/redis/redis-link.js';
import { RedisLocks } from '../../../src/cache/redis/redis-locks.js';
import type { LockAsk } from '../../../src/cache/stores/locks.js';
import { StoreUnavailableError } from '../../../src/cache/stores/store-unavailable-error.js';
import { systemClock } from '../../../src/support/clock.js';
import { ManualClock } from '../../support/manual-clock.js';
import { startRedis } from '../../support/redis-server.js';
import { settle } from '../../support/turns.js';
import { openLink } from './open-link.js';

const LOCK_MS = 1_500;
const RENEW_EVERY_MS = 500;
const POLL_MS = 500;
const LIFE_MS = 60_000;
const PATIENCE = { timeout: 15_000 };

describe('RedisLocks', () => {
  let redis: Redis;
  let prefix: string;

  beforeAll(() => {
    redis = new Redis(inject('redisUrl'));
  });

  afterAll(() => redis.quit());

  beforeEach(() => {
    prefix = `test-${randomUUID()}:`;
  });

  /** The locks of one process, whose time stands still until it is told to go on. */
  const open = async (url = inject('redisUrl')) => {
    const clock = new ManualClock();
    const link = await openLink({ urls: [url] });
    const bus = new RedisBus(link, `${prefix}{tide}`);
    await vi.waitFor(() => expect(bus.isListening).toBe(true), PATIENCE);
    const refusals: RefusedError[] = [];
    const onRefusal = (refusal: RefusedError) => void refusals.push(refusal);
    const locks = new RedisLocks({ link, bus, timers: clock, prefix, onRefusal });
    return { clock, link, locks, refusals };
  };
  const ask = (key: string, rest: Partial<LockAsk> = {}): LockAsk => ({
    key,
    seen: undefined,
    least: undefined,
    ...rest,
  });
  const acquire = async (locks: RedisLocks, key: string, rest: Partial<LockAsk> = {}) =>
    (await locks.acquire([ask(key, rest)]))[0];
  const lockOf = (key: string) => `${prefix}lock:{${prefix}${key}}`;
  const isFree = (key: string) => vi.waitFor(async () => expect(await redis.exists(lockOf(key))).toBe(0), PATIENCE);

  /** Writes an entry of a start, as any process would. */
  const write = async (key: string, { generation = 'g', start = 10, lifeMs = LIFE_MS } = {}) => {
    const link = await openLink({ urls: [inject('redisUrl')] });
    const tide = `${prefix}{tide}`;
    const unlocked = { lockedAt: () => undefined, onRefusal: () => undefined };
    const entries = new RedisEntries({ link, clock: systemClock, prefix, tide, ...unlocked });
    const times = { freshMs: lifeMs, jitterMs: 0, staleForMs: 0, staleIfErrorMs: 0, keepForMs: 0 };
    const entry = { generation, start, tags: [], ...times, alone: 'briefly', costMs: 1, value: 1 } as const;
    await entries.write([{ key, entry, begunAt: systemClock.monotonic() }]);
  };

  it('gives a key to one, and the others wait', async () => {
    const [one, other] = [await open(), await open()];
    expect(await one.locks.acquire([ask('a'), ask('b')])).toEqual(['owned', 'owned']);
    expect(await other.locks.acquire([ask('c'), ask('a')])).toEqual(['owned', 'held']);
  });

  it('know since when they are held, by the clock of their server', async () => {
    const [one, other] = [await open(), await open()];
    const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
    await acquire(one.locks, 'a');
    await acquire(other.locks, 'a');
    const takenAt = one.locks.takenAt('a') ?? NaN;
    expect(takenAt).toBeGreaterThanOrEqual(seconds * 1_000_000 + micros);
    expect(takenAt).toBeLessThan((seconds + 60) * 1_000_000);
    expect(other.locks.takenAt('a')).toBeUndefined();
    one.locks.release(['a']);
    expect(one.locks.takenAt('a')).toBeUndefined();
  });

  it('stand beside their entries in the slots of a cluster', async () => {
    const { locks } = await open();
    await acquire(locks, 'a');
    const [lock = ''] = await redis.keys(`${prefix}*`);
    expect([lock, keySlot(lock)]).toEqual([lockOf('a'), keySlot(`${prefix}a`)]);
  });

  describe('release', () => {
    it('wakes who waits, at once', async () => {
      const [one, other, third] = [await open(), await open(), await open()];
      await acquire(one.locks, 'a');
      for (const { locks } of [other, third]) expect(await acquire(locks, 'a')).toBe('held');
      const freed = [other.locks.freed('a'), other.locks.freed('a'), third.locks.freed('a')];
      one.locks.release(['a']);
      await Promise.all(freed);
      expect(await acquire(other.locks, 'a')).toBe('owned');
    });

    it('is of its owner alone', async () => {
      const [one, other] = [await open(), await open()];
      await one.locks.acquire([ask('a'), ask('b')]);
      await redis.del(lockOf('a'));
      expect(await acquire(other.locks, 'a')).toBe('owned');
      // Sent together: where one has come, so has the other.
      one.locks.release(['a', 'b']);
      await isFree('b');
      expect(await acquire(one.locks, 'a')).toBe('held');
    });

    it('comes with the end, of all', async () => {
      const { locks, clock } = await open();
      await locks.acquire([ask('a'), ask('b')]);
      for (const key of ['a', 'b']) await redis.pexpire(lockOf(key), LIFE_MS);
      locks.close();
      await isFree('a');
      await isFree('b');
      clock.advance(RENEW_EVERY_MS);
    });
  });

  it('asks again after half a second, whatever the bus has lost', async () => {
    const { locks, clock } = await open();
    let isFreed = false;
    const freed = locks.freed('a').then(() => (isFreed = true));
    clock.advance(POLL_MS - 1);
    await settle();
    expect(isFreed).toBe(false);
    clock.advance(1);
    await freed;
  });

  describe('their life', () => {
    it('is a second and a half, so that a dead owner is taken over from', async () => {
      const [one, other] = [await open(), await open()];
      await acquire(one.locks, 'a');
      const remaining = await redis.pttl(lockOf('a'));
      expect(remaining).toBeGreaterThan(0);
      expect(remaining).toBeLessThanOrEqual(LOCK_MS);
      await vi.waitFor(async () => expect(await acquire(other.locks, 'a')).toBe('owned'), PATIENCE);
    });

    it('is renewed while the owner computes, and only his', async () => {
      const { locks, clock } = await open();
      await locks.acquire([ask('a'), ask('b')]);
      await redis.hset(lockOf('b'), 'owner', 'another');
      for (const key of ['a', 'b']) await redis.pexpire(lockOf(key), LIFE_MS);
      for (let renewals = 0; renewals < 2; renewals += 1) {
        clock.advance(RENEW_EVERY_MS);
        await vi.waitFor(async () => expect(await redis.pttl(lockOf('a'))).toBeLessThanOrEqual(LOCK_MS), PATIENCE);
        await redis.pexpire(lockOf('a'), LIFE_MS);
      }
      expect(await redis.pttl(lockOf('b'))).toBeGreaterThan(LOCK_MS);
      locks.release(['a', 'b']);
      await isFree('a');
      clock.advance(RENEW_EVERY_MS);
      expect(await acquire(locks, 'b')).toBe('held');
    });
  });

  describe('an entry that is there', () => {
    const seen = { generation: 'g', start: 10, remainingMs: LIFE_MS };

    it.each<[string, Partial<LockAsk>, string]>([
      ['was seen', { seen }, 'owned'],
      ['was not', {}, 'changed'],
      ['has another start', { seen: { ...seen, start: 9 } }, 'changed'],
      ['is of another generation', { seen: { ...seen, generation: 'f' } }, 'changed'],
      ['lives longer, and so is another one of the same start', { seen: { ...seen, remainingMs: 5_000 } }, 'changed'],
      ['began when it must have', { least: { generation: 'g', start: 10 } }, 'changed'],
      ['began too early', { least: { generation: 'g', start: 11 } }, 'owned'],
      ['is of another generation than it must be', { least: { generation: 'h', start: 10 } }, 'owned'],
      ['was seen, though it began when it must have', { seen, least: { generation: 'g', start: 10 } }, 'owned'],
    ])('and %s', async (_, rest, outcome) => {
      await write('a');
      const { locks } = await open();
      expect(await acquire(locks, 'a', rest)).toBe(outcome);
    });

    it('is worth a look also where the key is locked', async () => {
      const [one, other] = [await open(), await open()];
      await acquire(one.locks, 'a');
      await write('a');
      expect(await acquire(other.locks, 'a')).toBe('changed');
    });

    it('is none where it is of another type', async () => {
      await redis.lpush(`${prefix}a`, 'not an entry');
      const { locks } = await open();
      expect(await acquire(locks, 'a')).toBe('owned');
      expect(locks.takenAt('a')).toBeDefined();
    });
  });

  it('take the place of a value of another type', async () => {
    await redis.set(lockOf('a'), 'not a lock');
    const { locks } = await open();
    expect(await acquire(locks, 'a')).toBe('owned');
    expect([await redis.type(lockOf('a')), locks.takenAt('a') === undefined]).toEqual(['hash', false]);
  });

  it('are as good as owned where Redis refuses them, which is told', async () => {
    const server = await startRedis({ args: ['--min-replicas-to-write', '1'] });
    onTestFinished(() => server.stop());
    const { locks, refusals } = await open(server.url);
    expect(await locks.acquire([ask('a'), ask('b')])).toEqual(['owned', 'owned']);
    expect(refusals.map(({ kind }) => kind)).toEqual(['NOREPLICAS', 'NOREPLICAS']);
    expect(locks.takenAt('a')).toBeUndefined();
  });

  it('can not be asked for where Redis is away, and are released all the same', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const { locks, link } = await open(server.url);
    await acquire(locks, 'a');
    await server.kill();
    await vi.waitFor(() => expect(link.epochOf('a')).toBeUndefined(), PATIENCE);
    locks.release(['a']);
    await expect(locks.acquire([ask('b')])).rejects.toThrow(StoreUnavailableError);
  });
});

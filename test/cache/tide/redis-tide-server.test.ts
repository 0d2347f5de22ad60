import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { RedisBus } from '../../../src/cache/bus/redis-bus.js';
import type { RedisLink } from '../../../src/cache/redis/redis-link.js';
import { StoreUnavailableError } from '../../../src/cache/stores/store-unavailable-error.js';
import { RedisTideServer } from '../../../src/cache/tide/redis-tide-server.js';
import { UNKNOWN_MEMBER, type BusChange, type TideListener } from '../../../src/cache/tide/tide-server.js';
import { startRedis } from '../../support/redis-server.js';
import { Ear, openLink, set } from '../redis/open-link.js';

const HOUR_MS = 3_600_000;
/** A time in µs, as digits. */
const CLOCK = /^\d{16}$/;
const PATIENCE = { timeout: 15_000 };

/** Keeps what it is told. */
class Listener implements TideListener {
  readonly changes: BusChange[] = [];
  readonly acknowledgements: [member: string, generation: string, clock: number][] = [];
  readonly states: string[] = [];

  change(change: BusChange): void {
    this.changes.push(change);
  }

  acknowledged(...acknowledgement: [member: string, generation: string, clock: number]): void {
    this.acknowledgements.push(acknowledgement);
  }

  ready(): void {
    this.states.push('ready');
  }

  lost(reason: string): void {
    this.states.push(`lost: ${reason}`);
  }
}

describe('RedisTideServer', () => {
  let redis: Redis;
  /** The hash, and the channel. */
  let key: string;

  beforeAll(() => {
    redis = new Redis(inject('redisUrl'));
  });

  afterAll(() => redis.quit());

  beforeEach(() => {
    key = `test-${randomUUID()}:{tide}`;
  });

  const openOn = (link: RedisLink, keepMarksMs = HOUR_MS) =>
    new RedisTideServer({ link, bus: new RedisBus(link, key), key, keepMarksMs: () => keepMarksMs });
  const open = async (keepMarksMs?: number) => openOn(await openLink({ urls: [inject('redisUrl')] }), keepMarksMs);
  const raise = (server: RedisTideServer, ...fields: string[]) => server.raise({ fields, kind: 'hard' }, '');
  /** A hold by an instance whose mirror is where the tide is. */
  const join = async (server: RedisTideServer) => {
    const { generation, clock } = await server.hold({ mirror: undefined });
    return server.hold({ mirror: { generation, clock } });
  };

  describe('a generation', () => {
    it('begins where there is none, with one silent member and the clock for its floor', async () => {
      const server = await open();
      const held = await server.hold({ mirror: undefined });
      expect(held).toMatchObject({ isMember: false, members: new Map([[UNKNOWN_MEMBER, 0]]) });
      const hash = await redis.hgetall(key);
      const [, run] = /run_id:(\w+)/.exec(await redis.info('server')) ?? [];
      const clock = expect.stringMatching(CLOCK) as string;
      expect(hash).toMatchObject({ generation: held.generation, run, clock, members: `${UNKNOWN_MEMBER}=0` });
      expect([hash.floor, Number(hash.clock)]).toEqual([hash.clock, held.clock]);
    });

    it('begins by a raise too, which then is in it', async () => {
      const raised = await raise(await open(), 'm:a');
      expect(raised.members).toEqual(new Map([[UNKNOWN_MEMBER, 0]]));
      const { generation, floor, 'tag m:a': mark } = await redis.hgetall(key);
      expect([generation, mark]).toEqual([raised.generation, `${raised.clock} 0`]);
      expect(raised.clock).toBeGreaterThan(Number(floor));
    });

    it('goes on as long as the hash is there and of the same process', async () => {
      const server = await open();
      const { generation } = await join(server);
      await raise(server, 'm:a');
      expect((await server.hold({ mirror: undefined })).generation).toBe(generation);
      expect((await raise(server)).generation).toBe(generation);
    });

    describe.each<[string, (server: RedisTideServer) => Promise<{ generation: string; clock: number }>]>([
      ['a hold', (server) => server.hold({ mirror: undefined })],
      ['a raise', (server) => raise(server)],
    ])('by %s', (_, ask) => {
      it('begins anew where another process of Redis wrote it: with a later clock, no mark and no member', async () => {
        const server = await open();
        const old = await join(server);
        await raise(server, 'm:a');
        const ahead = (Date.now() + HOUR_MS) * 1_000;
        await redis.hset(key, { run: 'another', clock: ahead });
        const { generation, clock } = await ask(server);
        expect(generation).not.toBe(old.generation);
        expect(clock).toBeGreaterThan(ahead);
        const hash = await redis.hgetall(key);
        expect(hash).toMatchObject({ generation, floor: `${ahead + 1}`, members: `${UNKNOWN_MEMBER}=0` });
        expect([hash.run, hash['tag m:a']]).not.toContain('another');
        expect(hash['tag m:a']).toBeUndefined();
      });

      it('begins where somebody left a value of another type', async () => {
        await redis.set(key, 'not a tide');
        const { generation, clock } = await ask(await open());
        expect(await redis.hmget(key, 'generation', 'clock')).toEqual([generation, `${clock}`]);
      });
    });
  });

  describe('hold', () => {
    it('makes a member of who is where the tide is, with the number of the hold', async () => {
      const [one, other] = [await open(), await open()];
      expect(await join(one)).toMatchObject({ isMember: true });
      expect((await join(other)).members).toEqual(
        new Map([
          [UNKNOWN_MEMBER, 0],
          [one.id, 1],
          [other.id, 2],
        ]),
      );
      // In the place of his last one.
      await join(one);
      expect(await redis.hget(key, 'members')).toBe(`${UNKNOWN_MEMBER}=0 ${other.id}=2 ${one.id}=3`);
    });

    it.each([
      ['is behind', 'present', -1],
      ['is ahead', 'present', 1],
      ['is of another generation', 'another', 0],
    ])('makes none of whose mirror %s, and leaves him what he is', async (_, of, offset) => {
      const server = await open();
      const { generation, clock, members } = await join(server);
      const mirror = { generation: of === 'present' ? generation : of, clock: clock + offset };
      expect(await server.hold({ mirror })).toMatchObject({ generation, clock, isMember: false, members });
      expect((await (await open()).hold({ mirror })).members).toEqual(members);
    });

    it('that asks for trust alone makes none', async () => {
      const server = await open();
      const { members } = await join(server);
      expect(await server.hold({ mirror: undefined })).toMatchObject({ isMember: false, members });
    });

    it('is a write: who can not raise must not read', async () => {
      const redisServer = await startRedis();
      onTestFinished(() => redisServer.stop());
      const server = openOn(await openLink({ urls: [redisServer.url] }));
      const mirror = await server.hold({ mirror: undefined });
      await server.hold({ mirror });
      const admin = new Redis(redisServer.url);
      await admin.config('SET', 'min-replicas-to-write', 1);
      admin.disconnect();
      await expect(server.hold({ mirror })).rejects.toThrow(StoreUnavailableError);
    });
  });

  describe('raise', () => {
    it('sets the clock to the time of Redis, and never back', async () => {
      const server = await open();
      const before = (await raise(server)).clock;
      const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
      const { clock } = await raise(server);
      expect(clock).toBeGreaterThanOrEqual(seconds * 1_000_000 + micros);
      expect(clock).toBeGreaterThan(before);
      const ahead = (Date.now() + HOUR_MS) * 1_000;
      await redis.hset(key, 'clock', ahead);
      expect([(await raise(server)).clock, (await raise(server)).clock]).toEqual([ahead + 1, ahead + 2]);
    });

    it('writes hard and soft marks as digits, side by side, to the clock or to less, and lowers none', async () => {
      const server = await open();
      const start = (await raise(server)).clock;
      const markOf = (field: string) => redis.hget(key, `tag ${field}`);
      await server.raise({ fields: ['m:a'], kind: 'hard', to: start }, '');
      expect(await markOf('m:a')).toBe(`${start} 0`);
      const { clock } = await server.raise({ fields: ['m:a', 'm:b'], kind: 'soft' }, '');
      expect([await markOf('m:a'), await markOf('m:b')]).toEqual([`${start} ${clock}`, `0 ${clock}`]);
      await server.raise({ fields: ['m:a'], kind: 'soft', to: start }, '');
      await server.raise({ fields: ['m:a'], kind: 'hard', to: start - 1 }, '');
      expect(await markOf('m:a')).toBe(`${start} ${clock}`);
    });

    it('answers who may hold a lease', async () => {
      const server = await open();
      const { members } = await join(server);
      expect((await raise(server, 'm:a')).members).toEqual(members);
    });

    it('of no tags marks nothing', async () => {
      await raise(await open());
      expect((await redis.hkeys(key)).filter((field) => field.startsWith('tag '))).toEqual([]);
    });

    it('is published: where it stands on the first line, and a line for each field', async () => {
      const link = await openLink({ urls: [inject('redisUrl')] });
      const ear = new Ear();
      link.subscribe([key], ear);
      await ear.until(1);
      const server = openOn(link);
      const tick = await server.raise({ fields: [], kind: 'hard' }, 'hello');
      const raised = await server.raise({ fields: ['m:a', 'm:b c'], kind: 'soft', to: 5 }, '');
      const { generation, clock } = raised;
      const [, first, second] = await ear.until(3);
      expect(first).toMatch(/^.*: \S+ \d{16} \d{16} hard \d{16} \S+ hello$/);
      expect(second).toBe(`${key}: ${generation} ${tick.clock} ${clock} soft 5 ${server.id} -\nm:a\nm:b c`);
    });

    it('is heard by everyone as it was said', async () => {
      const listeners = await Promise.all(
        [await open(), await open()].map(async (server) => {
          const listener = new Listener();
          server.listen(listener);
          await vi.waitFor(() => expect(server.isListening).toBe(true), PATIENCE);
          return { server, listener };
        }),
      );
      const [one] = listeners;
      if (!one) throw new Error('There are two.');
      const tick = await one.server.raise({ fields: [], kind: 'hard' }, 'hello');
      const raised = await one.server.raise({ fields: ['m:a', 'm:b'], kind: 'soft', to: 5 }, '');
      const shared = { generation: raised.generation, raiser: one.server.id };
      for (const { listener } of listeners) {
        await vi.waitFor(() => expect(listener.changes).toHaveLength(2), PATIENCE);
        const { clock } = tick;
        expect(listener.changes).toMatchObject([
          { ...shared, clock, kind: 'hard', to: clock, nonce: 'hello', fields: [] },
          { ...shared, previous: clock, clock: raised.clock, kind: 'soft', to: 5, nonce: '', fields: ['m:a', 'm:b'] },
        ]);
      }
    });
  });

  describe('drop', () => {
    it('removes the members that have not held since, and no other', async () => {
      const [one, other] = [await open(), await open()];
      await join(one);
      const { generation, members } = await join(other);
      await join(one);
      await other.drop(generation, members);
      expect(await one.readMembers()).toEqual({ generation, members: new Map([[one.id, 3]]) });
      await one.drop(generation, new Map([[one.id, 3]]));
      expect(await one.readMembers()).toEqual({ generation, members: new Map() });
    });

    it('does nothing in another generation, or where the tide is gone', async () => {
      const server = await open();
      const { generation, members } = await join(server);
      await server.drop('another', members);
      expect(await server.readMembers()).toEqual({ generation, members });
      await redis.del(key);
      await server.drop(generation, members);
      expect(await redis.exists(key)).toBe(0);
    });
  });

  it('has no members to tell of where the tide is gone', async () => {
    await expect((await open()).readMembers()).rejects.toThrow(StoreUnavailableError);
  });

  describe('pruning', () => {
    const KEEP_MS = 1_000;
    const mark = (hard: number, soft = 0) => `${hard} ${soft}`;

    it('drops marks that are older than any entry, and lets the floor rise to the greatest of them', async () => {
      const server = await open(KEEP_MS);
      const { clock } = await raise(server);
      const ago = (ms: number) => clock - ms * 1_000;
      await redis.hset(key, {
        floor: ago(9_000),
        'tag m:old': mark(ago(5_000)),
        'tag m:oldest': mark(ago(7_000)),
        'tag m:soft': mark(ago(7_000), ago(3_000)),
        'tag m:still': mark(ago(7_000), ago(KEEP_MS)),
        'tag m:young': mark(ago(500)),
      });
      await server.hold({ mirror: undefined });
      const { floor, ...rest } = await redis.hgetall(key);
      const left = Object.keys(rest).filter((field) => field.startsWith('tag '));
      expect([left.sort(), Number(floor)]).toEqual([['tag m:still', 'tag m:young'], ago(3_000)]);
    });

    it('never lets the floor fall', async () => {
      const server = await open(KEEP_MS);
      const { clock } = await raise(server);
      await redis.hset(key, { floor: clock, 'tag m:old': mark(clock - 5_000_000) });
      await server.hold({ mirror: undefined });
      expect(await redis.hmget(key, 'floor', 'tag m:old')).toEqual([`${clock}`, null]);
    });

    it('looks at some fields each time, and comes to all', async () => {
      const server = await open(KEEP_MS);
      const { clock } = await raise(server);
      const [old, young] = [mark(clock - 5_000_000), mark(clock)];
      const fields = Array.from({ length: 2_000 }, (_, i) => [`tag m:${i}`, i % 2 === 0 ? old : young] as const);
      await redis.hset(key, Object.fromEntries(fields));
      const left = async () => (await redis.hvals(key)).filter((value) => value === old).length;
      await server.hold({ mirror: undefined });
      const afterOne = await left();
      expect(afterOne).toBeLessThan(1_000);
      expect(afterOne).toBeGreaterThan(700);
      for (let holds = 0; holds < 60; holds += 1) await server.hold({ mirror: undefined });
      expect(await left()).toBe(0);
    });
  });

  it('holds, raises and drops where Redis is full', async () => {
    const redisServer = await startRedis({ args: ['--maxmemory', '1mb', '--maxmemory-policy', 'noeviction'] });
    onTestFinished(() => redisServer.stop());
    const link = await openLink({ urls: [redisServer.url] });
    const [filled] = await link.send([set('key', 'x'.repeat(2_000_000))]);
    expect(filled).toMatchObject({ kind: 'OOM' });
    const server = openOn(link);
    const { generation, members, isMember } = await join(server);
    expect(isMember).toBe(true);
    expect((await raise(server, 'm:a')).generation).toBe(generation);
    await server.drop(generation, members);
    expect((await server.readMembers()).members.size).toBe(0);
  });

  it('brings an acknowledgement to the raiser alone', async () => {
    const [one, other] = [await open(), await open()];
    const [heard, unheard] = [new Listener(), new Listener()];
    one.listen(heard);
    other.listen(unheard);
    for (const server of [one, other]) await vi.waitFor(() => expect(server.isListening).toBe(true), PATIENCE);
    other.acknowledge(one.id, 'g', 12);
    await vi.waitFor(() => expect(heard.acknowledgements).toEqual([[other.id, 'g', 12]]), PATIENCE);
    expect(unheard.acknowledgements).toEqual([]);
  });

  describe('tells', () => {
    /** What is told once connections of one kind are cut by the server. */
    const cut = async (type: 'normal' | 'pubsub') => {
      const redisServer = await startRedis();
      onTestFinished(() => redisServer.stop());
      const server = openOn(await openLink({ urls: [redisServer.url] }));
      const listener = new Listener();
      server.listen(listener);
      await vi.waitFor(() => expect(listener.states).toEqual(['ready']), PATIENCE);
      const { connection } = server;
      const admin = new Redis(redisServer.url);
      await admin.client('KILL', 'TYPE', type, 'SKIPME', 'yes');
      admin.disconnect();
      return { server, connection, states: listener.states };
    };

    it('when its connection is lost, and when there is another one', async () => {
      const { server, connection, states } = await cut('normal');
      await vi.waitFor(() => expect(states).toHaveLength(3), PATIENCE);
      expect(states).toEqual(['ready', expect.stringMatching(/^lost: ./), 'ready']);
      expect([undefined, connection]).not.toContain(server.connection);
    });

    it('when changes are heard again', async () => {
      const { server, connection, states } = await cut('pubsub');
      await vi.waitFor(() => expect(states).toEqual(['ready', 'ready']), PATIENCE);
      expect([server.isListening, server.connection]).toEqual([true, connection]);
    });
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError, TideLostError } from '../../../src/cache/stores/store-unavailable-error.js';
import { Participant } from '../../../src/cache/tide/participant.js';
import type { Raise } from '../../../src/cache/tide/tide.js';
import type { TideListener, TideServer } from '../../../src/cache/tide/tide-server.js';
import { LocalTide } from '../../support/local-tide.js';
import { ManualClock } from '../../support/manual-clock.js';
import { settle } from '../../support/turns.js';

const HOLD_EVERY_MS = 300;
const CATCH_UP_MS = 50;
const LEASE_MS = 900;
const SECOND_MS = 1_000;

const TICK: Raise = { fields: [], kind: 'hard' };
const A: Raise = { fields: ['m:a'], kind: 'hard' };
const B: Raise = { fields: ['m:b'], kind: 'soft' };

describe('Participant', () => {
  let clock: ManualClock;
  let tide: LocalTide;
  /** Ways on which messages are lost, and on which they wait until they are let go. */
  let lost: Set<string>;
  let late: Map<string, (() => void)[]>;
  /** What was sent, by its way. */
  let sent: string[];

  beforeEach(() => {
    clock = new ManualClock();
    lost = new Set();
    late = new Map();
    sent = [];
    tide = new LocalTide((way, arrive) => {
      sent.push(way);
      if (lost.has(way)) return;
      const waiting = late.get(way);
      if (waiting) waiting.push(arrive);
      else queueMicrotask(arrive);
    });
  });

  const letGo = (way: string): void => {
    const waiting = late.get(way) ?? [];
    late.delete(way);
    for (const arrive of waiting) arrive();
  };
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(Math.min(50, ms - passed));
      await settle();
    }
  };
  /** Takes part, as far as that goes without time. */
  const open = async (id: string, change: (server: TideServer) => TideServer = (server) => server) => {
    const participant = new Participant({ server: change(tide.connect(id)), clock, timers: clock });
    await settle();
    return participant;
  };
  /** Two that are leased, in a generation that knows its members. */
  const openBoth = async () => {
    const both = [await open('one'), await open('other')] as const;
    // The fourth hold is the first one a second later.
    await pass(4 * HOLD_EVERY_MS);
    sent = [];
    return both;
  };
  /** A server whose connection is told by the test. */
  const openConnected = async () => {
    const way = { connection: 'first' as string | undefined, listener: undefined as TideListener | undefined };
    const one = await open('one', (server) => ({
      ...server,
      get connection() {
        return way.connection;
      },
      listen: (listener) => {
        way.listener = listener;
        server.listen(listener);
      },
    }));
    return { one, way };
  };
  const isOver = (promise: Promise<unknown>): (() => boolean) => {
    let over = false;
    void promise.finally(() => (over = true));
    return () => over;
  };
  const count = (way: string) => sent.filter((each) => each === way).length;

  describe('joining', () => {
    it('takes a tick, where its mirror begins, and no time', async () => {
      const one = await open('one');
      expect([one.isTrusted, one.isLeased, one.breaker, one.generation]).toEqual([true, true, 'CLOSED', 'g1']);
      expect([one.mirror.generation, one.mirror.since, one.mirror.size]).toEqual(['g1', one.mirror.clock, 0]);
      expect([count('one raise sent'), one.latencyMs, one.reason]).toEqual([1, 0, undefined]);
    });

    it('gives no lease before its tick has come over the bus', async () => {
      late.set('change to one', []);
      const one = await open('one');
      expect([one.isTrusted, one.isLeased]).toEqual([true, false]);
      letGo('change to one');
      await settle();
      expect(one.isLeased).toBe(true);
    });

    it('gives no lease to who hears nothing, who ticks once a second at the most', async () => {
      lost.add('change to one');
      const one = await open('one');
      for (let seconds = 0; seconds < 6; seconds += 1) {
        await pass(SECOND_MS);
        expect([one.isTrusted, one.isLeased]).toEqual([true, false]);
      }
      expect(count('one raise sent')).toBeLessThanOrEqual(6);
      lost.clear();
      await pass(2 * SECOND_MS);
      expect(one.isLeased).toBe(true);
    });

    it('does not tick where it knows that it hears nothing', async () => {
      tide.deaf.add('one');
      const one = await open('one');
      await pass(3 * SECOND_MS);
      expect([one.isTrusted, one.isLeased, count('one raise sent')]).toEqual([true, false, 0]);
      tide.deaf.clear();
      await pass(HOLD_EVERY_MS);
      expect(one.isLeased).toBe(true);
    });

    it('happens again in a new generation', async () => {
      const [one] = await openBoth();
      tide.evict();
      await pass(HOLD_EVERY_MS);
      expect([one.isLeased, one.generation, one.mirror.generation]).toEqual([true, 'g2', 'g2']);
    });
  });

  describe('holding', () => {
    it('goes on every 300 ms, and with it lease and trust', async () => {
      const [one] = await openBoth();
      const { since } = one.mirror;
      await pass(5 * SECOND_MS);
      expect([one.isLeased, one.isTrusted, one.mirror.since]).toEqual([true, true, since]);
    });

    it('that is not answered ends the lease after 900 ms and the trust after a second', async () => {
      const one = await open('one');
      late.set('one hold sent', []);
      await pass(LEASE_MS - 1);
      expect([one.isLeased, one.isTrusted]).toEqual([true, true]);
      await pass(1);
      expect([one.isLeased, one.isTrusted]).toEqual([false, true]);
      await pass(SECOND_MS - LEASE_MS);
      expect([one.isTrusted, one.breaker]).toEqual([false, 'CLOSED']);
    });

    it('counts from its sending', async () => {
      const one = await open('one');
      late.set('one hold answered', []);
      await pass(HOLD_EVERY_MS + 200);
      letGo('one hold answered');
      lost.add('one hold sent');
      await settle();
      expect(one.latencyMs).toBe(200);
      await pass(LEASE_MS - 201);
      expect(one.isLeased).toBe(true);
      await pass(1);
      expect(one.isLeased).toBe(false);
      await pass(SECOND_MS - LEASE_MS - 1);
      expect(one.isTrusted).toBe(true);
      await pass(1);
      expect(one.isTrusted).toBe(false);
    });

    it('that fails ends the trust at once, and the next gives it again', async () => {
      const changes: [boolean, string | undefined][] = [];
      const onTrust = (trusted: boolean, reason: string | undefined) => void changes.push([trusted, reason]);
      const one = new Participant({ server: tide.connect('one'), clock, timers: clock, onTrust });
      await settle();
      late.set('one hold sent', []);
      await pass(HOLD_EVERY_MS);
      tide.refused.add('one');
      letGo('one hold sent');
      await settle();
      expect([one.isTrusted, one.breaker, one.reason]).toEqual([false, 'OPEN', 'one is refused']);
      tide.refused.clear();
      await pass(HOLD_EVERY_MS);
      expect([one.isTrusted, one.isLeased]).toEqual([true, true]);
      expect(changes).toEqual([
        [true, undefined],
        [false, 'one is refused'],
        [true, undefined],
      ]);
    });

    it('makes no member of who hears nothing', async () => {
      await openBoth();
      const members = async () => (await tide.connect('probe').readMembers()).members;
      const before = (await members()).get('one');
      tide.deaf.add('one');
      await pass(HOLD_EVERY_MS);
      expect([count('one hold answered'), (await members()).get('one')]).toEqual([1, before]);
    });

    it('gives a mirror that is behind 50 ms to catch up', async () => {
      const [one, other] = await openBoth();
      const { since } = one.mirror;
      late.set('change to one', []);
      await other.raise(TICK);
      await pass(HOLD_EVERY_MS + CATCH_UP_MS - 1);
      letGo('change to one');
      await settle();
      // It was sent again just now.
      lost.add('one hold sent');
      await pass(LEASE_MS - 1);
      expect([one.isLeased, one.mirror.since, count('one raise sent')]).toEqual([true, since, 0]);
    });

    it('begins afresh with a mirror that does not catch up', async () => {
      const [one, other] = await openBoth();
      const { since } = one.mirror;
      late.set('change to one', []);
      await other.raise(TICK);
      await pass(HOLD_EVERY_MS + CATCH_UP_MS);
      expect([one.isLeased, count('one raise sent')]).toEqual([false, 1]);
      letGo('change to one');
      await settle();
      expect(one.isLeased).toBe(true);
      expect(one.mirror.since).toBeGreaterThan(since);
    });

    it('ends with closing, and the lease at once', async () => {
      const [one] = await openBoth();
      const closed = one.close();
      expect(one.isLeased).toBe(false);
      await closed;
      sent = [];
      await pass(SECOND_MS);
      expect(count('one hold sent')).toBe(0);
    });

    it('ends with closing for the others too, who need not wait for it', async () => {
      const [one, other] = await openBoth();
      await one.close();
      const over = isOver(other.raise(A));
      await settle();
      expect(over()).toBe(true);
    });
  });

  describe('a change', () => {
    it('is in the mirror and acknowledged, save a tick, for which nobody waits', async () => {
      const [one, other] = await openBoth();
      await other.raise(TICK);
      await settle();
      expect(count('acknowledgement to other')).toBe(0);
      const { clock: raisedAt } = await other.raise(A);
      expect([one.mirror.clock, one.mirror.size, count('acknowledgement to other')]).toEqual([raisedAt, 1, 1]);
    });

    it('before which one is missing ends the lease in that step, is not acknowledged, and begins the mirror afresh', async () => {
      const [one, other] = await openBoth();
      lost.add('change to one');
      const first = isOver(other.raise(A));
      await settle();
      lost.clear();
      late.set('change to one', []);
      const second = isOver(other.raise(B));
      await settle();
      expect(one.isLeased).toBe(true);
      letGo('change to one');
      expect(one.isLeased).toBe(false);
      await settle();
      expect([first(), second(), count('acknowledgement to other')]).toEqual([false, false, 0]);
      expect([one.isLeased, one.mirror.since]).toEqual([true, one.mirror.clock]);
      // That it has held since is as good.
      await pass(100);
      expect([first(), second(), count('acknowledgement to other')]).toEqual([true, true, 0]);
    });
  });

  describe('raise', () => {
    it.each([
      ['has been acknowledged by the others', 'acknowledgement to one'],
      ['has come over the bus to its own raiser', 'change to one'],
    ])('returns when it %s', async (_, way) => {
      const [one] = await openBoth();
      late.set(way, []);
      const over = isOver(one.raise(A));
      await settle();
      expect(over()).toBe(false);
      letGo(way);
      await settle();
      expect(over()).toBe(true);
    });

    it('waits a second, once, for who is silent, who by then serves nothing from memory', async () => {
      const [one, other] = await openBoth();
      tide.refused.add('other');
      lost.add('change to other');
      const over = isOver(one.raise(A));
      await settle();
      await pass(SECOND_MS - 1);
      expect(over()).toBe(false);
      await pass(1);
      expect([over(), other.isLeased]).toEqual([true, false]);
      const next = isOver(one.raise(A));
      await settle();
      expect(next()).toBe(true);
    });

    it('waits for those who held a lease before its generation, but not when it has been known for a second', async () => {
      const one = await open('one');
      const early = isOver(one.raise(A));
      await settle();
      expect(early()).toBe(false);
      await pass(SECOND_MS + HOLD_EVERY_MS);
      tide.evict();
      await pass(HOLD_EVERY_MS);
      await pass(SECOND_MS + HOLD_EVERY_MS);
      const late = isOver(one.raise(A));
      await settle();
      expect([early(), late()]).toEqual([true, true]);
    });

    it('that its own raiser does not hear breaks his mirror, which has missed it', async () => {
      const [one] = await openBoth();
      lost.add('change to one');
      const over = isOver(one.raise(A));
      await settle();
      await pass(SECOND_MS);
      expect([over(), one.mirror.generation, one.isLeased]).toEqual([true, undefined, false]);
    });

    it('of no tags waits for nobody', async () => {
      const [one] = await openBoth();
      lost.add('change to other').add('change to one');
      const over = isOver(one.raise(TICK));
      await settle();
      expect(over()).toBe(true);
    });

    it('that fails gives up lease and trust, and is made up for before the next hold, to the clock of then', async () => {
      const [one, other] = await openBoth();
      const before = other.mirror.clock;
      tide.refused.add('one');
      await expect(one.raise({ ...A, to: 5 })).rejects.toThrow(StoreUnavailableError);
      expect([one.isLeased, one.isTrusted, one.breaker]).toEqual([false, false, 'OPEN']);
      await expect(one.raise(B)).rejects.toThrow(StoreUnavailableError);
      await expect(one.raise(A)).rejects.toThrow(StoreUnavailableError);
      // Each field once: to the clock of then they go all the same.
      expect([one.pending, one.pendingCount]).toEqual([[A, B], 3]);
      tide.refused.clear();
      sent = [];
      await pass(HOLD_EVERY_MS);
      const asked = sent.filter((way) => /^one .* sent$/.test(way));
      expect(asked.slice(0, 3)).toEqual(['one raise sent', 'one raise sent', 'one hold sent']);
      expect([one.pendingCount, one.isTrusted, one.isLeased]).toEqual([0, true, true]);
      const { marks } = other.mirror.reading();
      expect(marks.get('m:a')?.hard).toBeGreaterThan(before);
      expect(marks.get('m:b')?.soft).toBeGreaterThan(marks.get('m:a')?.hard ?? Infinity);
    });

    it('that fails once more when it is made up for is kept', async () => {
      const { one } = await openConnected();
      tide.refused.add('one');
      await expect(one.raise(A)).rejects.toThrow(StoreUnavailableError);
      await pass(2 * HOLD_EVERY_MS);
      expect([one.pending, one.pendingCount, one.isTrusted]).toEqual([[A], 1, false]);
    });

    it('that fails while a hold is under way gets neither trust nor lease from it', async () => {
      const [one] = await openBoth();
      late.set('one hold answered', []);
      await pass(HOLD_EVERY_MS);
      tide.refused.add('one');
      await expect(one.raise(A)).rejects.toThrow(StoreUnavailableError);
      tide.refused.clear();
      letGo('one hold answered');
      await settle();
      expect([one.isTrusted, one.isLeased, one.pending]).toEqual([false, false, [A]]);
      await pass(HOLD_EVERY_MS);
      expect([one.isTrusted, one.isLeased, one.pending]).toEqual([true, true, []]);
    });

    it('of no tags that fails is not made up for, and counts as a failure', async () => {
      const [one] = await openBoth();
      lost.add('one hold sent');
      tide.refused.add('one');
      for (let failures = 0; failures < 4; failures += 1) await expect(one.raise(TICK)).rejects.toThrow();
      expect([one.isLeased, one.pending, one.breaker]).toEqual([true, [], 'CLOSED']);
      await expect(one.raise(TICK)).rejects.toThrow();
      expect(one.breaker).toBe('OPEN');
    });
  });

  describe('trust', () => {
    it('is of one connection', async () => {
      const { one, way } = await openConnected();
      expect(one.isTrusted).toBe(true);
      way.connection = 'second';
      expect([one.isTrusted, one.connection]).toEqual([false, 'second']);
    });

    it('is not given by a hold whose connection is another one by its answer', async () => {
      const { one, way } = await openConnected();
      late.set('one hold answered', []);
      await pass(HOLD_EVERY_MS);
      way.connection = 'second';
      letGo('one hold answered');
      await settle();
      expect([one.isTrusted, one.breaker]).toEqual([false, 'OPEN']);
      await pass(HOLD_EVERY_MS);
      expect(one.isTrusted).toBe(true);
    });

    it('ends with the connection, and is asked for as soon as there is one', async () => {
      const { one, way } = await openConnected();
      way.connection = undefined;
      way.listener?.lost('closed by the server');
      expect([one.isTrusted, one.breaker, one.reason]).toEqual([false, 'OPEN', 'closed by the server']);
      way.connection = 'second';
      way.listener?.ready();
      expect(one.breaker).toBe('HALF_OPEN');
      await settle();
      expect([one.isTrusted, one.breaker]).toEqual([true, 'CLOSED']);
    });

    it('that is over only because this process was busy is asked for anew', async () => {
      const [one] = await openBoth();
      clock.advance(30 * SECOND_MS);
      expect(one.isTrusted).toBe(false);
      await one.assertTrusted();
      expect(one.isTrusted).toBe(true);
    });

    it('that is over for a failure is not asked for', async () => {
      const { one } = await openConnected();
      tide.refused.add('one');
      await expect(one.raise(A)).rejects.toThrow();
      sent = [];
      await expect(one.assertTrusted()).rejects.toThrow('one is refused');
      expect(sent).toEqual([]);
    });

    it('is asked for at once where the tide was lost', async () => {
      const [one] = await openBoth();
      tide.evict();
      const lostTide = new TideLostError('the tide is gone');
      expect(one.fail(lostTide)).toBe(lostTide);
      expect([one.isTrusted, one.reason]).toEqual([false, 'the tide is gone']);
      await settle();
      expect([one.isTrusted, one.generation]).toEqual([true, 'g2']);
    });

    it('ends with five failures of what else was asked, faults of our own not counted', async () => {
      const [one] = await openBoth();
      for (let faults = 0; faults < 5; faults += 1) one.fail(new TypeError('ours'));
      expect(one.breaker).toBe('CLOSED');
      for (let failures = 0; failures < 5; failures += 1) one.fail(new StoreUnavailableError('slow'));
      expect([one.breaker, one.reason]).toEqual(['OPEN', 'slow']);
    });
  });
});

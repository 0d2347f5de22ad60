import { beforeEach, describe, expect, it } from 'vitest';
import { UnstorableError } from '../../../src/cache/codec/unstorable-error.js';
import type { Entry } from '../../../src/cache/entry.js';
import { StoreUnavailableError, TideLostError } from '../../../src/cache/stores/store-unavailable-error.js';
import { TieredStore, type RemoteEntries } from '../../../src/cache/stores/tiered-store.js';
import { Participant } from '../../../src/cache/tide/participant.js';
import type { Raise } from '../../../src/cache/tide/tide.js';
import type { TideServer } from '../../../src/cache/tide/tide-server.js';
import { LocalTide } from '../../support/local-tide.js';
import { ManualClock } from '../../support/manual-clock.js';
import { settle } from '../../support/turns.js';

const HOLD_EVERY_MS = 300;
const LEASE_MS = 900;
const SWEEP_MS = 10_000;
const MINUTE_MS = 60_000;
const UNSTORABLE = 'unstorable';
const SIZE = { layer: 'REDIS', entries: 7, bytes: 70, maxBytes: null, evictions: 0 } as const;

const TICK: Raise = { fields: [], kind: 'hard' };
const hard = (field: string): Raise => ({ fields: [field], kind: 'hard' });

describe('TieredStore', () => {
  let clock: ManualClock;
  let tide: LocalTide;
  let store: TieredStore;
  /** Another process on the same tide, which is no member. */
  let other: TideServer;
  /** Keys that the remote was asked for, and what happens before it answers. */
  let asked: string[];
  let beforeAnswer: () => void;
  let connection: string;
  /** Told why the remote is believed no longer. */
  let onDoubt: (reason: string | undefined) => void;

  beforeEach(async () => {
    clock = new ManualClock();
    tide = new LocalTide((_, arrive) => queueMicrotask(arrive));
    other = tide.connect('other');
    [asked, beforeAnswer, connection, onDoubt] = [[], () => undefined, 'first', () => undefined];
    store = open();
    await settle();
    // The fourth hold lets go who is silent since before this generation.
    await pass(4 * HOLD_EVERY_MS);
  });

  const open = (): TieredStore => {
    const server = tide.connect('one');
    const entries = tide.entriesOf('one');
    const renamed: TideServer = {
      ...server,
      get connection() {
        return connection;
      },
      get isListening() {
        return server.isListening;
      },
    };
    const remote: RemoteEntries = {
      read: async (keys, fields) => {
        asked.push(...keys);
        const reading = await entries.read(keys, fields);
        beforeAnswer();
        return reading;
      },
      write: async (writes) => {
        await entries.write(writes);
        return writes.map(({ entry }) => (entry.value === UNSTORABLE ? new UnstorableError('no') : undefined));
      },
    };
    const onTrust = (trusted: boolean, reason: string | undefined) => {
      if (!trusted) onDoubt(reason);
    };
    return new TieredStore({
      participant: new Participant({ server: renamed, clock, timers: clock, onTrust }),
      remote,
      locks: undefined,
      clock,
      timers: clock,
      maxBytes: 1_000_000,
      keepMarksFor: () => undefined,
      readRemoteSize: async () => SIZE,
    });
  };
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += HOLD_EVERY_MS) {
      clock.advance(Math.min(HOLD_EVERY_MS, ms - passed));
      await settle();
    }
  };
  /** Redis takes nothing from it, and the lease is over. */
  const leave = async (): Promise<void> => {
    tide.refused.add('one');
    await pass(LEASE_MS);
  };
  const comeBack = async (): Promise<void> => {
    tide.refused.clear();
    await pass(HOLD_EVERY_MS);
  };
  /** It hears nothing, and the lease is over. */
  const deafen = async (): Promise<void> => {
    tide.deaf.add('one');
    await pass(LEASE_MS);
  };
  const capture = async () => (await store.read([], [])).tide;
  const entryOf = async (value: unknown, rest: Partial<Entry> = {}): Promise<Entry> => {
    const { generation, clock: start } = await capture();
    const times = { freshMs: MINUTE_MS, jitterMs: 0, staleForMs: 0, staleIfErrorMs: 0, keepForMs: 0 };
    const tags = [{ tag: 'm:a', start }];
    return { generation, start, tags, ...times, alone: 'briefly', costMs: 1, value, ...rest };
  };
  const write = (key: string, entry: Entry) => store.write([{ key, entry, begunAt: clock.monotonic() }]);
  /** What is computed as of now, stored. */
  const keep = async (key: string, value: unknown, rest: Partial<Entry> = {}) => write(key, await entryOf(value, rest));
  const peeked = (key: string) => store.peek(key)?.entry.value;
  const remoteValue = async (key: string) => (await tide.entriesOf('other').read([key], [])).entries[0]?.entry.value;
  const inMemory = async () => (await store.sizes())[0]?.entries;

  describe('under a lease', () => {
    it('answers from memory what it wrote, asking nobody', async () => {
      await keep('a', 'A');
      expect([peeked('a'), store.peek('a')?.layer, asked, await remoteValue('a')]).toEqual(['A', 'MEMORY', [], 'A']);
    });

    it('answers nothing that was raised since, and forgets it', async () => {
      await keep('a', 'A');
      await other.raise(hard('m:a'), '');
      await settle();
      expect([peeked('a'), await inMemory()]).toEqual([undefined, 0]);
    });

    it('answers nothing unasked whose freshness a soft mark ended, and keeps it', async () => {
      await keep('a', 'A');
      await other.raise({ fields: ['m:a'], kind: 'soft' }, '');
      await settle();
      expect([peeked('a'), await inMemory()]).toEqual([undefined, 1]);
    });

    it('answers what others wrote once it was found valid, also where it is older than the mirror', async () => {
      const entry = await entryOf('A');
      const older = { ...entry, tags: [{ tag: 'm:a', start: entry.start - 1 }] };
      await tide.entriesOf('other').write([{ key: 'a', entry: older, begunAt: 0 }]);
      expect([store.peek('a'), store.check(older), store.check(entry)]).toEqual([undefined, undefined, 'valid']);
      const { entries, tide: read } = await store.read(['a'], ['m:a']);
      const [found] = entries;
      if (!found) throw new Error('It was written.');
      expect([found.layer, store.peek('a')]).toEqual(['REDIS', undefined]);
      store.remember('a', found, read.clock);
      expect([peeked('a'), store.peek('a')?.layer]).toEqual(['A', 'MEMORY']);
      await other.raise(hard('m:a'), '');
      await settle();
      expect([store.peek('a'), store.check(entry)]).toEqual([undefined, 'invalid']);
    });

    it('remembers of what it answers that it was valid then, for when the mirror has forgotten so old marks', async () => {
      await keep('a', 'A');
      await other.raise(hard('m:x'), '');
      await settle();
      expect(peeked('a')).toBe('A');
      const many = Array.from({ length: 100_000 }, (_, i) => `m:${i}`);
      await other.raise({ fields: many, kind: 'hard' }, '');
      await settle();
      expect(peeked('a')).toBe('A');
    });

    it('forgets what was found invalid', async () => {
      await keep('a', 'A');
      const found = store.peek('a');
      if (found) store.forget('a', found);
      expect(await inMemory()).toBe(0);
    });
  });

  describe('without a lease', () => {
    it('tells nothing unasked, and saves the transfer of what it has in memory: its marks are read', async () => {
      await keep('a', 'A');
      await tide.entriesOf('other').write([{ key: 'b', entry: await entryOf('B'), begunAt: 0 }]);
      await deafen();
      await other.raise(hard('m:a'), '');
      expect([store.peek('a'), store.check(await entryOf('A')), store.health()]).toMatchObject([
        undefined,
        undefined,
        { available: true, leased: false },
      ]);
      expect(store.tagsOf('a').map(({ tag }) => tag)).toEqual(['m:a']);
      const { entries, tide: read } = await store.read(['none', 'a', 'b'], ['m:a']);
      expect(entries.map((stored) => stored?.entry.value)).toEqual([undefined, 'A', 'B']);
      expect([asked, read.marks.get('m:a')?.hard]).toEqual([['none', 'b'], read.clock]);
    });

    it('asks for what is no longer fresh: others may have computed it anew', async () => {
      await keep('a', 'A', { freshMs: 1_000, staleForMs: MINUTE_MS });
      await deafen();
      expect(store.tagsOf('a')).toHaveLength(1);
      await pass(1_000 - LEASE_MS);
      expect(store.tagsOf('a')).toEqual([]);
      await store.read(['a'], []);
      expect(asked).toEqual(['a']);
    });

    it('asks for what is of another generation', async () => {
      await keep('a', 'A');
      tide.evict();
      await deafen();
      expect(store.tagsOf('a')).toEqual([]);
      await store.read(['a'], []);
      expect(asked).toEqual(['a']);
    });
  });

  it('believes no answer that came over another connection than was asked on', async () => {
    beforeAnswer = () => (connection = 'second');
    await expect(store.read(['a'], [])).rejects.toThrow(StoreUnavailableError);
  });

  it('asks for trust anew where the tide was lost', async () => {
    const doubts: (string | undefined)[] = [];
    onDoubt = (reason) => doubts.push(reason);
    beforeAnswer = () => {
      throw new TideLostError('the tide is gone');
    };
    await expect(store.read(['a'], [])).rejects.toThrow(TideLostError);
    await settle();
    expect([doubts, store.health().available]).toEqual([['the tide is gone'], true]);
  });

  it('keeps nothing in memory that can not be stored', async () => {
    const refusals = await keep('a', UNSTORABLE);
    expect([refusals.map((refusal) => refusal?.message), await inMemory()]).toEqual([['no'], 0]);
  });

  describe('alone', () => {
    it('is a process only once its lease is over too: till then memory answers, and nothing is read or stored', async () => {
      await keep('a', 'A');
      const entry = await entryOf('B');
      tide.refused.add('one');
      await pass(HOLD_EVERY_MS);
      expect([store.health().available, peeked('a')]).toEqual([false, 'A']);
      // Nor where Redis would answer again, which is not believed yet.
      tide.refused.clear();
      await expect(store.read(['a'], [])).rejects.toThrow(StoreUnavailableError);
      await expect(write('b', entry)).rejects.toThrow(StoreUnavailableError);
      expect([asked, await remoteValue('b')]).toEqual([[], undefined]);
      tide.refused.add('one');
      await pass(LEASE_MS - HOLD_EVERY_MS);
      expect([peeked('a'), await store.read(['a'], [])]).toMatchObject([undefined, { entries: [undefined] }]);
    });

    it('has a store and a tide of its own', async () => {
      const { generation } = await capture();
      await leave();
      const entry = await entryOf('A');
      await write('a', entry);
      expect([peeked('a'), store.check(entry), entry.generation === generation]).toEqual(['A', 'valid', false]);
      expect((await store.read(['a'], [])).entries[0]?.entry.value).toBe('A');
      tide.refused.clear();
      expect(await remoteValue('a')).toBeUndefined();
    });

    it('ends there what is raised, and says that nobody else was told', async () => {
      await leave();
      await keep('a', 'A');
      await keep('b', 'B', { tags: [{ tag: 'm:b', start: (await capture()).clock }] });
      await expect(store.raise(hard('m:a'))).rejects.toThrow(StoreUnavailableError);
      expect([peeked('a'), peeked('b'), store.health().pendingRaises]).toEqual([undefined, 'B', 1]);
    });

    it('has done with a tick, and with the raise of a forced refresh to its own start', async () => {
      await leave();
      const { generation, clock: before } = await store.raise(TICK);
      expect(generation).toBe((await capture()).generation);
      await keep('a', 'A');
      expect(await store.raise({ ...hard('m:a'), to: before })).toMatchObject({ generation });
      expect(peeked('a')).toBe('A');
    });

    it('ends there what is raised also where Redis answers that, before it is believed', async () => {
      await leave();
      await keep('a', 'A');
      tide.refused.clear();
      await store.raise(hard('m:a'));
      expect([store.health().available, peeked('a')]).toEqual([false, undefined]);
    });

    it('ends with the trust, and what was computed is forgotten', async () => {
      await leave();
      await keep('a', 'A');
      await comeBack();
      expect([store.health().available, peeked('a')]).toEqual([true, undefined]);
      expect((await store.read(['a'], [])).entries).toEqual([undefined]);
    });

    it('is something new each time, though nobody asked in between', async () => {
      await leave();
      await keep('a', 'A');
      const { generation } = await capture();
      await comeBack();
      await leave();
      expect([peeked('a'), (await capture()).generation === generation]).toEqual([undefined, false]);
    });

    it('leaves nothing to be stored or remembered afterwards, with Redis or alone again', async () => {
      await leave();
      const entry = await entryOf('A');
      await comeBack();
      expect(await write('a', entry)).toEqual([]);
      store.remember('a', { entry, begunAt: clock.monotonic(), layer: 'REDIS' }, Infinity);
      expect([await remoteValue('a'), await inMemory()]).toEqual([undefined, 0]);
      await leave();
      expect([await write('a', entry), peeked('a')]).toEqual([[], undefined]);
    });

    describe("with a policy of alone: 'ttl'", () => {
      const ttl = { alone: 'ttl' } as const;

      it('answers what was there before, to its end; of other policies nothing', async () => {
        await keep('a', 'A', ttl);
        await keep('b', 'B');
        await leave();
        expect([peeked('a'), peeked('b')]).toEqual(['A', undefined]);
        await pass(MINUTE_MS - LEASE_MS - 1);
        expect(peeked('a')).toBe('A');
        await pass(1);
        expect(peeked('a')).toBeUndefined();
      });

      it('prefers what was computed since', async () => {
        await keep('a', 'A', ttl);
        await leave();
        await keep('a', 'later', ttl);
        expect(peeked('a')).toBe('later');
      });

      it.each([
        ['itself', 'm:a'],
        ['by a prefix', 'm'],
      ])('answers nothing that this process raised, %s, from the raise that failed on', async (_, field) => {
        await keep('a', 'A', ttl);
        const seen: unknown[] = [];
        onDoubt = () => seen.push(peeked('a'));
        tide.refused.add('one');
        await expect(store.raise(hard(field))).rejects.toThrow(StoreUnavailableError);
        seen.push(peeked('a'));
        await pass(LEASE_MS);
        seen.push(peeked('a'));
        expect(seen).toEqual([undefined, undefined, undefined]);
      });

      it('answers what another tag was raised of', async () => {
        await keep('a', 'A', ttl);
        tide.refused.add('one');
        await expect(store.raise(hard('m:b'))).rejects.toThrow(StoreUnavailableError);
        expect(peeked('a')).toBe('A');
      });

      it('answers nothing that was raised while Redis still told', async () => {
        await keep('a', 'A', ttl);
        await other.raise(hard('m:a'), '');
        await leave();
        expect(peeked('a')).toBeUndefined();
      });

      it('answers nothing that the mirror does not reach back to', async () => {
        await keep('a', 'A', ttl);
        tide.deaf.add('one');
        await other.raise(hard('m:a'), '');
        tide.deaf.clear();
        await pass(HOLD_EVERY_MS + 50);
        expect(store.health().leased).toBe(true);
        await leave();
        expect(peeked('a')).toBeUndefined();
      });

      it('answers nothing that this process raised though it was deaf', async () => {
        await keep('a', 'A', ttl);
        tide.deaf.add('one');
        const raised = store.raise(hard('m:a'));
        await settle();
        await pass(1_000);
        await raised;
        await leave();
        expect(peeked('a')).toBeUndefined();
      });
    });
  });

  it('tells the size of each layer that answers', async () => {
    await keep('a', 'A');
    expect(await store.sizes()).toMatchObject([{ layer: 'MEMORY', entries: 1 }, SIZE]);
    await leave();
    expect(await store.sizes()).toMatchObject([{ layer: 'MEMORY', entries: 1 }]);
  });

  it('drops from memory what has expired, every ten seconds, until it is closed', async () => {
    await keep('a', 'A', { freshMs: 1_000 });
    await keep('b', 'B');
    await pass(SWEEP_MS);
    expect(await inMemory()).toBe(1);
    await store.close();
    expect(await inMemory()).toBe(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cache, MemoryStore, type Compute, type PolicyOptions, type Store } from '../../src/cache/index.js';
import type { StoreReading } from '../../src/cache/stores/store.js';
import { askedStore } from '../support/altered-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { openNamespaces } from './cache-world.js';

/** Runs of a check in `npm test`; TIDEMARK_SCHEDULES raises it. */
const RUNS = Number(process.env['TIDEMARK_SCHEDULES'] ?? 1_000);

const TAGS = ['left', 'right'] as const;
type Tag = (typeof TAGS)[number];

type Operation =
  | { readonly kind: 'read' | 'force'; readonly gateway: 0 | 1; readonly of: Tag | 'both' }
  | { readonly kind: 'write'; readonly gateway: 0 | 1; readonly tag: Tag };

/** Most on one gateway and of one tag, so that they meet. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('read' as const, 'read' as const, 'read' as const, 'force' as const),
    gateway: fc.constantFrom(0 as const, 0 as const, 1 as const),
    of: fc.constantFrom('left' as const, 'left' as const, ...TAGS, 'both' as const),
  }),
  fc.record({
    kind: fc.constant('write' as const),
    gateway: fc.constantFrom(0 as const, 1 as const),
    tag: fc.constantFrom('left' as const, ...TAGS),
  }),
);

type Versions = Readonly<Record<Tag, number>>;

/**
 * Two gateways on one store, over which every message travels by itself: what is asked, what is answered, each step of a
 * computation. fast-check chooses in which order they arrive. Readers must see every write that had been acknowledged, or forced
 * refresh that had been answered, before they began.
 */
function staysFresh(broken: (store: Store) => Store = (store) => store) {
  return fc.asyncProperty(
    fc.scheduler(),
    fc.array(operation, { minLength: 3, maxLength: 12 }),
    async (scheduler, operations) => {
      const clock = new ManualClock();
      const store = broken(new MemoryStore({ clock, maxBytes: 1_000_000 }));
      const gateways = [0, 1].map(() => createGateway(overNetwork(store, scheduler), clock, scheduler));
      const database = { left: 0, right: 0 };
      const acknowledged = { left: 0, right: 0 };
      const violations: string[] = [];
      const run = async (each: Operation) => {
        const gateway = gateways[each.gateway];
        if (!gateway) return;
        if (each.kind === 'write') {
          const version = (database[each.tag] += 1);
          await scheduler.schedule(Promise.resolve(), 'committed');
          const { status } = await gateway.cache.invalidate([each.tag]);
          if (status === 'DONE') acknowledged[each.tag] = Math.max(acknowledged[each.tag], version);
          return;
        }
        const least = each.kind === 'force' ? { ...database } : { ...acknowledged };
        const seen = await gateway.read(each.of, database, each.kind === 'force');
        for (const tag of TAGS) {
          if (seen[tag] === undefined || seen[tag] >= least[tag]) continue;
          violations.push(`${each.kind} of ${each.of} by ${each.gateway} saw ${tag} ${seen[tag]}, not ${least[tag]}`);
        }
        if (each.kind === 'force' && each.of !== 'both')
          acknowledged[each.of] = Math.max(acknowledged[each.of], least[each.of]);
      };
      const running = operations.map((each) => scheduler.schedule(Promise.resolve(), each.kind).then(() => run(each)));
      await scheduler.waitFor(Promise.all(running));
      await store.close();
      expect(violations).toEqual([]);
    },
  );
}

describe('Cache, in any order of messages', () => {
  it(`never serves what an acknowledged invalidation ended (${RUNS} schedules)`, async () => {
    await fc.assert(staysFresh(), { numRuns: RUNS });
  });

  it('would be caught if marks were not checked', async () => {
    const blind = (store: Store) =>
      askedStore(store, {
        read: async (keys, fields) => {
          const reading = await store.read(keys, fields);
          return { ...reading, tide: { ...reading.tide, marks: new Map() } };
        },
      });
    expect((await fc.check(staysFresh(blind), { numRuns: 20_000, seed: 1 })).failed).toBe(true);
  });

  it('would be caught if readers judged by what they had seen before they came', async () => {
    const behind = (store: Store) => {
      let last: StoreReading | undefined;
      return askedStore(store, {
        read: async (keys, fields) => {
          const [reading, seen] = [await store.read(keys, fields), last];
          const { entries, tide } = await store.read(keys, fields);
          last = { entries, tide: { ...tide, marks: new Map(tide.marks) } };
          return { ...reading, tide: seen?.tide ?? reading.tide };
        },
      });
    };
    expect((await fc.check(staysFresh(behind), { numRuns: 20_000, seed: 1 })).failed).toBe(true);
  });

  it('would be caught if the capture were later than the computation', async () => {
    const late = (store: Store) =>
      askedStore(store, {
        read: async (keys, fields) => {
          const reading = await store.read(keys, fields);
          return { ...reading, tide: { ...reading.tide, clock: reading.tide.clock + 1_000_000 } };
        },
      });
    expect((await fc.check(staysFresh(late), { numRuns: 20_000, seed: 1 })).failed).toBe(true);
  });
});

/** A gateway whose values are the versions that its computations saw, read one after the other. */
function createGateway(store: Store, clock: ManualClock, scheduler: fc.Scheduler) {
  const cache = new Cache({
    store,
    clock,
    namespaces: openNamespaces(),
    defer: (flush) => void scheduler.schedule(Promise.resolve(), 'tick').then(flush),
  });
  const single: Record<Tag, PolicyOptions<number>> = {
    left: { name: 'Query.left', ttl: '1h', tags: ['left'] },
    right: { name: 'Query.right', ttl: '1h', tags: ['right'] },
  };
  const both: PolicyOptions<Versions> = { name: 'Query.both', ttl: '1h', tags: ['both'] };

  const computeOne =
    (tag: Tag, database: Versions): Compute<number> =>
    async (misses) => {
      await scheduler.schedule(Promise.resolve(), `before reading ${tag}`);
      const seen = database[tag];
      // Long, so that others come and go while it runs.
      for (let step = 0; step < 6; step += 1) await scheduler.schedule(Promise.resolve(), `after reading ${tag}`);
      return misses.map(() => seen);
    };
  const computeBoth =
    (database: Versions): Compute<Versions> =>
    (misses) =>
      Promise.all(
        misses.map(async ({ parts, force }) => {
          const [left, right] = await Promise.all(
            TAGS.map((tag) => cache.load(single[tag], {}, computeOne(tag, database), { force })),
          );
          if (!left || !right) throw new Error('A part was lost.');
          parts.add(left.part);
          parts.add(right.part);
          return { left: left.value, right: right.value };
        }),
      );
  const read = async (of: Tag | 'both', database: Versions, force: boolean): Promise<Partial<Versions>> => {
    if (of === 'both') return (await cache.load(both, {}, computeBoth(database), { force })).value;
    return { [of]: (await cache.load(single[of], {}, computeOne(of, database), { force })).value };
  };
  return { cache, read };
}

/** The store at the other end of a network: what is sent arrives some time, and so does the answer. */
function overNetwork(store: Store, scheduler: fc.Scheduler): Store {
  const travel = async <T>(name: string, ask: () => Promise<T>): Promise<T> => {
    await scheduler.schedule(Promise.resolve(), `${name} sent`);
    const answer = await ask();
    await scheduler.schedule(Promise.resolve(), `${name} answered`);
    return answer;
  };
  return askedStore(store, {
    read: (keys, fields) => travel('read', () => store.read(keys, fields)),
    write: (writes) => travel('write', () => store.write(writes)),
    raise: (raise) => travel('raise', () => store.raise(raise)),
  });
}

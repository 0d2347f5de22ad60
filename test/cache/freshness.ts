import fc from 'fast-check';
import { expect } from 'vitest';
import { Cache, type Compute, type PolicyOptions, type Store } from '../../src/cache/index.js';
import { ManualClock } from '../support/manual-clock.js';
import { openNamespaces } from './cache-world.js';

/** Runs of a check in `npm test`; TIDEMARK_SCHEDULES raises it. */
export const RUNS = Number(process.env['TIDEMARK_SCHEDULES'] ?? 1_000);

export const TAGS = ['left', 'right'] as const;
export type Tag = (typeof TAGS)[number];

/** For so long after its store is back a gateway may answer what it could not know to be old. */
const CUT_OFF_MS = 3_000;

type Versions = Readonly<Record<Tag, number>>;

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

/** Two gateways' stores, in a world whose messages travel as the scheduler has it. */
export interface Gateways {
  readonly stores: readonly [Store, Store];
  /** What else happens meanwhile, again and again, until the operations have ended. */
  readonly meanwhile?: () => Promise<void>;
  /** Whether a gateway was without its store at any moment from `since` on, on the monotonic clock. */
  readonly wasCutOff?: (gateway: 0 | 1, since: number) => boolean;
  readonly close: () => Promise<void>;
}

export type OpenGateways = (scheduler: fc.Scheduler, clock: ManualClock) => Promise<Gateways>;

/**
 * Two gateways, over which every message travels by itself: what is asked, what is answered, each step of a computation. fast-check
 * chooses in which order they arrive. Readers must see every write that had been acknowledged, or forced refresh that had been
 * answered, before they began; at a gateway that was cut off only its own writes, the pending ones too.
 */
export function staysFresh(open: OpenGateways) {
  return fc.asyncProperty(
    fc.scheduler(),
    // Clients, each of which does one thing after the other: who reads after his own write sees what it ended.
    fc.array(fc.array(operation, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 4 }),
    async (scheduler, clients) => {
      const clock = new ManualClock();
      const { stores, meanwhile, wasCutOff = () => false, close } = await open(scheduler, clock);
      const gateways = stores.map((store) => createGateway(store, clock, scheduler));
      const database = { left: 0, right: 0 };
      const acknowledged = { left: 0, right: 0 };
      const written: readonly [Record<Tag, number>, Record<Tag, number>] = [
        { left: 0, right: 0 },
        { left: 0, right: 0 },
      ];
      const violations: string[] = [];
      const run = async (each: Operation) => {
        const gateway = gateways[each.gateway];
        if (!gateway) return;
        if (each.kind === 'write') {
          const version = (database[each.tag] += 1);
          await scheduler.schedule(Promise.resolve(), 'committed');
          const { status } = await gateway.cache.invalidate([each.tag]);
          const own = written[each.gateway];
          own[each.tag] = Math.max(own[each.tag], version);
          if (status === 'DONE') acknowledged[each.tag] = Math.max(acknowledged[each.tag], version);
          return;
        }
        const since = clock.monotonic() - CUT_OFF_MS;
        const all = each.kind === 'force' ? { ...database } : { ...acknowledged };
        const own = { ...written[each.gateway] };
        const seen = await gateway.read(each.of, database, each.kind === 'force');
        const isCutOff = wasCutOff(each.gateway, since);
        const least = isCutOff && each.kind === 'read' ? own : all;
        for (const tag of TAGS) {
          if (seen[tag] === undefined || seen[tag] >= least[tag]) continue;
          violations.push(`${each.kind} of ${each.of} by ${each.gateway} saw ${tag} ${seen[tag]}, not ${least[tag]}`);
        }
        if (each.kind === 'force' && each.of !== 'both' && !isCutOff)
          acknowledged[each.of] = Math.max(acknowledged[each.of], least[each.of]);
      };
      const running = clients.map(async (operations) => {
        for (const each of operations) await scheduler.schedule(Promise.resolve(), each.kind).then(() => run(each));
      });
      let hasEnded = false;
      const goingOn = (async () => {
        while (meanwhile && !hasEnded) await meanwhile();
      })();
      await scheduler.waitFor(Promise.all(running).finally(() => (hasEnded = true)));
      await scheduler.waitFor(goingOn);
      await close();
      expect(violations).toEqual([]);
    },
  );
}

/** A gateway whose values are the versions that its computations saw, read one after the other. */
function createGateway(store: Store, clock: ManualClock, scheduler: fc.Scheduler) {
  const cache = new Cache({
    store,
    clock,
    timers: clock,
    namespaces: openNamespaces(),
    defer: (flush) => void scheduler.schedule(Promise.resolve(), 'tick').then(flush),
  });
  const single: Record<Tag, PolicyOptions<number>> = {
    left: { name: 'Query.left', ttl: '1h', tags: ['left'], timeout: '10d' },
    right: { name: 'Query.right', ttl: '1h', tags: ['right'], timeout: '10d' },
  };
  const both: PolicyOptions<Versions> = { name: 'Query.both', ttl: '1h', tags: ['both'], timeout: '10d' };

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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore, type Store } from '../../src/cache/index.js';
import type { StoreReading } from '../../src/cache/stores/store.js';
import { askedStore } from '../support/altered-store.js';
import { RUNS, staysFresh, type OpenGateways } from './freshness.js';

/** One store, strict: whoever reads asks it for the marks. `broken` breaks it. */
function overOneStore(broken: (store: Store) => Store = (store) => store): OpenGateways {
  return async (scheduler, clock) => {
    const store = broken(new MemoryStore({ clock, timers: clock, maxBytes: 1_000_000 }));
    const stores = [overNetwork(store, scheduler), overNetwork(store, scheduler)] as const;
    return { stores, close: () => store.close() };
  };
}

describe('Cache, in any order of messages', () => {
  it(`never serves what an acknowledged invalidation ended (${RUNS} schedules)`, async () => {
    await fc.assert(staysFresh(overOneStore()), { numRuns: RUNS });
  });

  it.each<[string, (store: Store) => Store]>([
    [
      'marks were not checked',
      (store) =>
        askedStore(store, {
          read: async (keys, fields) => {
            const reading = await store.read(keys, fields);
            return { ...reading, tide: { ...reading.tide, marks: new Map() } };
          },
        }),
    ],
    [
      'readers judged by what they had seen before they came',
      (store) => {
        let last: StoreReading | undefined;
        return askedStore(store, {
          read: async (keys, fields) => {
            const [reading, seen] = [await store.read(keys, fields), last];
            const { entries, tide } = await store.read(keys, fields);
            last = { entries, tide: { ...tide, marks: new Map(tide.marks) } };
            return { ...reading, tide: seen?.tide ?? reading.tide };
          },
        });
      },
    ],
    [
      'the capture were later than the computation',
      (store) =>
        askedStore(store, {
          read: async (keys, fields) => {
            const reading = await store.read(keys, fields);
            return { ...reading, tide: { ...reading.tide, clock: reading.tide.clock + 1_000_000 } };
          },
        }),
    ],
  ])('would be caught if %s', async (_, broken) => {
    const checked = await fc.check(staysFresh(overOneStore(broken)), { numRuns: 20_000, seed: 1, endOnFailure: true });
    expect(checked.failed).toBe(true);
  });
});

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

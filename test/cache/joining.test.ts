import { describe, expect, it } from 'vitest';
import { Cache, MemoryStore, Provenance, type Compute } from '../../src/cache/index.js';
import { StoreUnavailableError } from '../../src/cache/stores/store-unavailable-error.js';
import { CachedLoader } from '../../src/loaders/cached-loader.js';
import { createDeferred } from '../../src/support/deferred.js';
import { askedStore } from '../support/altered-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { settle } from '../support/turns.js';
import { createWorld, openNamespaces, policyOf } from './cache-world.js';

const part = policyOf({ name: 'part', tags: ['part'] });
const whole = policyOf({ name: 'whole', tags: ['whole'] });

/** A memory store that can be cut off. */
function createCutOff() {
  const clock = new ManualClock();
  const shared = new MemoryStore({ clock, maxBytes: 1_000_000 });
  const state = { away: false };
  const guarded = async <T>(ask: () => Promise<T>) => {
    if (state.away) throw new StoreUnavailableError('away');
    return ask();
  };
  const store = askedStore(shared, {
    read: (keys) => guarded(() => shared.read(keys)),
    write: (writes) => guarded(() => shared.write(writes)),
  });
  const join = (of: typeof store) => new Cache({ store: of, clock, namespaces: openNamespaces() });
  return { state, cache: join(store), other: join(shared) };
}

describe('Cache, joined', () => {
  it('does not believe a result whose parts it can not check because the store went away', async () => {
    const { cache, state } = createCutOff();
    const gate = createDeferred();
    let source = 1;
    const compute: Compute<number> = (misses) =>
      Promise.all(
        misses.map(async ({ parts }) => {
          const loaded = await cache.load(part, {}, async () => [source]);
          parts.add(loaded.part);
          await gate.promise;
          return loaded.value;
        }),
      );
    const first = cache.load(whole, {}, compute);
    await settle();
    source = 2;
    await cache.invalidate(['part']);
    const second = cache.load(whole, {}, compute);
    await settle();
    state.away = true;
    gate.resolve();
    expect([(await first).value, (await second).value]).toEqual([1, 2]);
  });

  it('shares nothing, once it is cut off, that began before: others may have invalidated it', async () => {
    const { cache, other, state } = createCutOff();
    const gate = createDeferred();
    let source = 1;
    const compute: Compute<number> = async () => {
      const seen = source;
      await gate.promise;
      return [seen];
    };
    const first = cache.load(whole, {}, compute);
    await settle();
    state.away = true;
    source = 2;
    expect((await other.invalidate(['whole'])).status).toBe('DONE');
    const later = [cache.load(whole, {}, compute), cache.load(whole, {}, compute)];
    await settle();
    gate.resolve();
    expect([(await first).value, ...(await Promise.all(later)).map(({ value }) => value)]).toEqual([1, 2, 2]);
  });

  it('hands nobody what was made of what is private of another', async () => {
    const { cache } = createWorld();
    const secret = policyOf({ name: 'secret', scope: 'PRIVATE', tags: ['secret:{$viewer}'] });
    const gate = createDeferred();
    const as = (viewer: string, value: number) =>
      cache.load(
        whole,
        {},
        (misses) =>
          Promise.all(
            misses.map(async ({ parts }) => {
              const own = await cache.load(secret, {}, async () => [value], { viewer });
              parts.add(own.part);
              await gate.promise;
              return own.value;
            }),
          ),
        { viewer },
      );
    const alice = as('alice', 111);
    await settle();
    const bob = as('bob', 222);
    await settle();
    gate.resolve();
    expect([(await alice).value, (await bob).value]).toEqual([111, 222]);
  });

  it('takes, by force, no part that another request remembers from before it came', async () => {
    const { cache } = createWorld();
    const provenance = new Provenance();
    const gate = createDeferred();
    let source = 1;
    const request = () => {
      const parts = new CachedLoader<Record<string, never>, number>({
        cache,
        provenance,
        policy: part,
        compute: async (misses) => misses.map(() => source),
      });
      const compute: Compute<number> = async (misses) => {
        const values = await Promise.all(
          misses.map((miss) => parts.load({}, { parts: miss.parts, force: miss.force })),
        );
        await gate.promise;
        return values;
      };
      return {
        parts,
        wholes: new CachedLoader<Record<string, never>, number>({ cache, provenance, policy: whole, compute }),
      };
    };
    const [running, waiting, late] = [request(), request(), request()];
    const first = running.wholes.load({}, { force: true });
    await settle();
    await waiting.parts.load({}, { force: true });
    const second = waiting.wholes.load({}, { force: true });
    await settle();
    source = 2;
    await cache.invalidate(['part']);
    const third = late.wholes.load({}, { force: true });
    await settle();
    gate.resolve();
    await Promise.all([first, second]);
    expect(await third).toBe(2);
  });

  it('is answered although a part is raised during every computation and others are always first', async () => {
    const { cache } = createWorld();
    let finish = () => undefined as void;
    let computed = 0;
    const compute: Compute<number> = (misses) =>
      Promise.all(
        misses.map(async ({ parts }) => {
          computed += 1;
          const loaded = await cache.load(part, {}, async () => [computed]);
          parts.add(loaded.part);
          await new Promise<void>((resolve) => (finish = resolve));
          return loaded.value;
        }),
      );
    void cache.load(whole, {}, compute);
    await settle();
    await cache.invalidate(['part']);
    let isAnswered = false;
    void cache.load(whole, {}, compute).then(() => (isAnswered = true));
    for (let round = 0; round < 20 && !isAnswered; round += 1) {
      await settle();
      await cache.invalidate(['part']);
      finish();
      void cache.load(whole, {}, compute);
      await settle();
    }
    expect(isAnswered).toBe(true);
  });
});

import {
  Cache,
  MemoryStore,
  Namespaces,
  type CacheEvent,
  type CacheOptions,
  type Compute,
  type PolicyOptions,
} from '../../src/cache/index.js';
import { ManualClock } from '../support/manual-clock.js';

/** A policy of numbers, a minute fresh, with one tag. */
export function policyOf(options: Partial<PolicyOptions<number>> = {}): PolicyOptions<number> {
  return { name: 'Query.number', ttl: '60s', tags: ['number:{$args.id}'], ...options };
}

/** Counts its calls and answers what its source holds at the end of each. */
export class Source {
  value = 1;
  calls = 0;
  /** What the computation waits for before it reads. */
  gate: Promise<unknown> = Promise.resolve();

  readonly compute: Compute<number> = async (misses) => {
    this.calls += misses.length;
    await this.gate;
    return misses.map(() => this.value);
  };
}

/** A cache on a driven clock. */
export function createWorld(options: Partial<CacheOptions> = {}) {
  const clock = new ManualClock();
  const namespaces = options.namespaces ?? openNamespaces();
  const store = options.store ?? new MemoryStore({ clock, timers: clock, maxBytes: 1_000_000 });
  const events: CacheEvent[] = [];
  const onEvent = (event: CacheEvent) => void events.push(event);
  // Nothing is refreshed early, so that computations can be counted.
  const cache = new Cache({ clock, timers: clock, random: () => 1, onEvent, ...options, store, namespaces });
  return { cache, clock, store, namespaces, events, source: new Source() };
}

/** Both origins open. */
export function openNamespaces(): Namespaces {
  const namespaces = new Namespaces();
  namespaces.set('api', 'm.Test');
  namespaces.set('database', 'd.Test');
  return namespaces;
}

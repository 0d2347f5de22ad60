import type { Clock } from '../../support/clock.js';
import { systemTimers, type Timers } from '../../support/timers.js';
import { refusalOf } from '../codec/refusal-of.js';
import type { UnstorableError } from '../codec/unstorable-error.js';
import type { Entry } from '../entry.js';
import { EntryMemory } from '../memory/entry-memory.js';
import { MemoryTide } from '../tide/memory-tide.js';
import type { TagStart } from '../tide/tag.js';
import type { Raise, Raised } from '../tide/tide.js';
import type { Validity } from '../tide/validity.js';
import type { LayerSize, Store, StoredEntry, StoreHealth, StoreReading, StoreWrite } from './store.js';

const SWEEP_MS = 10_000;

export interface MemoryStoreOptions {
  readonly clock: Clock;
  readonly timers?: Timers;
  readonly maxBytes: number;
  /** A random one, if none is given. */
  readonly generation?: string;
}

/** Entries and tide of a single process. */
export class MemoryStore implements Store {
  readonly locks = undefined;
  readonly #entries: EntryMemory;
  readonly #tide: MemoryTide;
  #cancelSweep = (): void => undefined;

  constructor({ clock, timers = systemTimers, maxBytes, generation }: MemoryStoreOptions) {
    this.#entries = new EntryMemory({ clock, maxBytes });
    this.#tide = new MemoryTide(clock, generation);
    const sweepLater = () => {
      this.#cancelSweep = timers.after(SWEEP_MS, () => {
        this.#entries.sweep();
        sweepLater();
      });
    };
    sweepLater();
  }

  get generation(): string {
    return this.#tide.mirror.generation ?? '';
  }

  peek(key: string): StoredEntry | undefined {
    const found = this.#entries.get(key);
    if (!found) return undefined;
    const { mirror } = this.#tide;
    const { generation, tags } = found.entry;
    if (mirror.check(generation, tags, found.checkedAt) !== 'valid') return undefined;
    this.#entries.check(key, found, mirror.clock);
    return found;
  }

  /** What the tide has forgotten is too old to be believed. */
  check({ generation, tags }: Entry): Validity {
    return this.#tide.mirror.check(generation, tags, -Infinity) ?? 'invalid';
  }

  tagsOf(): readonly TagStart[] {
    return [];
  }

  async read(keys: readonly string[]): Promise<StoreReading> {
    return { entries: keys.map((key) => this.#entries.get(key)), tide: this.#tide.mirror.reading() };
  }

  remember(): void {
    // What was read here is here.
  }

  forget(key: string, stored: StoredEntry): void {
    this.#entries.delete(key, stored);
  }

  async write(writes: readonly StoreWrite[]): Promise<readonly (UnstorableError | undefined)[]> {
    return writes.map((write) => refusalOf(() => this.#entries.set(write)));
  }

  async raise(raise: Raise): Promise<Raised> {
    return this.#tide.raise(raise);
  }

  /** Whether anything was raised here that would end, or make stale, a value with these tags, however young. */
  hasRaised(fields: readonly string[]): boolean {
    const { marks } = this.#tide.mirror.reading();
    return fields.some((field) => marks.has(field));
  }

  keepMarksFor(ms: number): void {
    this.#tide.keepMarksFor(ms);
  }

  health(): StoreHealth {
    return {
      shared: false,
      available: true,
      leased: true,
      breaker: 'CLOSED',
      latencyMs: undefined,
      pendingRaises: 0,
      message: undefined,
    };
  }

  async sizes(): Promise<readonly LayerSize[]> {
    return [{ layer: 'MEMORY', ...this.#entries.size() }];
  }

  async close(): Promise<void> {
    this.#cancelSweep();
    this.#entries.clear();
  }
}

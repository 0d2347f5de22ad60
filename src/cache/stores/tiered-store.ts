import type { Clock } from '../../support/clock.js';
import type { Timers } from '../../support/timers.js';
import type { UnstorableError } from '../codec/unstorable-error.js';
import { aloneGeneration, isAlone } from '../alone.js';
import type { Entry } from '../entry.js';
import { EntryMemory } from '../memory/entry-memory.js';
import type { Participant } from '../tide/participant.js';
import { markFields, type TagStart } from '../tide/tag.js';
import type { Raise, Raised } from '../tide/tide.js';
import type { Validity } from '../tide/validity.js';
import type { Locks } from './locks.js';
import { MemoryStore } from './memory-store.js';
import { ifAway, StoreUnavailableError } from './store-unavailable-error.js';
import type { LayerSize, Store, StoredEntry, StoreHealth, StoreReading, StoreWrite } from './store.js';

const SWEEP_MS = 10_000;
/** Of the bytes in memory, what is kept for the time alone. */
const OWN_SHARE = 0.25;

/** Entries that several processes share, and the tide's marks, read together. */
export interface RemoteEntries {
  read(keys: readonly string[], fields: readonly string[]): Promise<StoreReading>;
  write(writes: readonly StoreWrite[]): Promise<readonly (UnstorableError | undefined)[]>;
}

export interface TieredStoreOptions {
  readonly participant: Participant;
  readonly remote: RemoteEntries;
  readonly locks: Locks | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly maxBytes: number;
  readonly keepMarksFor: (ms: number) => void;
  readonly readRemoteSize: () => Promise<LayerSize>;
}

/**
 * Memory over a remote that several processes share. Under a lease memory answers by the mirror, unasked; without one an entry in memory
 * saves its transfer, and its marks are read. Where the remote fails the process is *alone*: once its lease is over too, it has a store
 * of its own, with a tide of its own, for what it computes from then on, and forgets it when the remote is believed again.
 */
export class TieredStore implements Store {
  readonly locks: Locks | undefined;
  readonly #options: TieredStoreOptions;
  readonly #participant: Participant;
  readonly #memory: EntryMemory;
  #own: MemoryStore | undefined;
  /** Which time alone `#own` is of. */
  #ownTime = 0;
  #cancelSweep = (): void => undefined;

  constructor(options: TieredStoreOptions) {
    this.#options = options;
    this.#participant = options.participant;
    this.#memory = new EntryMemory({ ...options, maxBytes: options.maxBytes * (1 - OWN_SHARE) });
    this.locks = options.locks;
    const sweepLater = () => {
      this.#cancelSweep = options.timers.after(SWEEP_MS, () => {
        this.#memory.sweep();
        sweepLater();
      });
    };
    sweepLater();
  }

  peek(key: string): StoredEntry | undefined {
    if (!this.#participant.isLeased) {
      const own = this.#alone();
      return own && (own.peek(key) ?? this.#servedAlone(key, own));
    }
    const found = this.#memory.get(key);
    if (!found) return undefined;
    const { mirror } = this.#participant;
    const { generation, tags } = found.entry;
    const validity = mirror.check(generation, tags, found.checkedAt);
    if (validity === 'valid') this.#memory.check(key, found, mirror.clock);
    else if (validity === 'invalid') this.#memory.delete(key, found);
    return validity === 'valid' ? found : undefined;
  }

  check(entry: Entry): Validity | undefined {
    if (!this.#participant.isLeased) return this.#alone()?.check(entry);
    return this.#participant.mirror.check(entry.generation, entry.tags, -Infinity);
  }

  tagsOf(key: string): readonly TagStart[] {
    return this.#usable(key)?.entry.tags ?? [];
  }

  async read(keys: readonly string[], fields: readonly string[]): Promise<StoreReading> {
    const own = this.#alone();
    if (own) return own.read(keys);
    await this.#participant.assertTrusted();
    const { connection } = this.#participant;
    const held = keys.map((key) => this.#usable(key));
    const missing = keys.filter((_, i) => !held[i]);
    const { entries, tide } = await this.#options.remote.read(missing, fields).catch((error: unknown) => {
      throw this.#participant.fail(error);
    });
    // An answer counts only if it came from the server that the trust was given to.
    if (this.#participant.connection !== connection) throw new StoreUnavailableError('Redis: the connection was lost');
    const read = new Map(missing.map((key, i) => [key, entries[i]]));
    return { entries: keys.map((key, i) => held[i] ?? read.get(key)), tide };
  }

  remember(key: string, stored: StoredEntry, checkedAt: number): void {
    if (isAlone(stored.entry.generation)) return;
    if (stored.layer === 'MEMORY') this.#memory.check(key, stored, checkedAt);
    else this.#memory.set({ key, ...stored }, checkedAt);
  }

  forget(key: string, stored: StoredEntry): void {
    this.#memory.delete(key, stored);
    this.#own?.forget(key, stored);
  }

  async write(writes: readonly StoreWrite[]): Promise<readonly (UnstorableError | undefined)[]> {
    const own = this.#alone();
    const isOwn = ({ entry }: StoreWrite) => entry.generation === own?.generation;
    if (own && writes.every(isOwn)) {
      return own.write(writes);
    }
    // What was computed alone is forgotten now, and would stand in the way of what others have.
    if (writes.some(({ entry }) => isAlone(entry.generation))) return [];
    await this.#participant.assertTrusted();
    const refusals = await this.#options.remote.write(writes).catch((error: unknown) => {
      throw this.#participant.fail(error);
    });
    for (const [i, write] of writes.entries()) if (!refusals[i]) this.#memory.set(write);
    return refusals;
  }

  async raise(raise: Raise): Promise<Raised> {
    try {
      const raised = await this.#participant.raise(raise);
      // Redis may answer a raise before the hold that ends this process's being alone.
      await this.#own?.raise({ fields: raise.fields, kind: raise.kind });
      return raised;
    } catch (error) {
      ifAway(error);
      const own = await this.#alone()?.raise(raise);
      // A tick tells nobody anything, and a forced refresh raises its own start: alone they are as good as done.
      if (own && (raise.fields.length === 0 || raise.to !== undefined)) return own;
      throw error;
    }
  }

  keepMarksFor(ms: number): void {
    this.#options.keepMarksFor(ms);
  }

  health(): StoreHealth {
    const { isTrusted: available, isLeased, breaker, latencyMs, pendingCount, reason } = this.#participant;
    return {
      shared: true,
      available,
      leased: isLeased,
      breaker,
      latencyMs: available ? latencyMs : undefined,
      pendingRaises: pendingCount,
      message: available ? undefined : `Redis is away: ${reason ?? 'it does not answer'}`,
    };
  }

  async sizes(): Promise<readonly LayerSize[]> {
    const own = (await this.#own?.sizes())?.[0];
    const main = this.#memory.size();
    const memory: LayerSize = {
      layer: 'MEMORY',
      entries: main.entries + (own?.entries ?? 0),
      bytes: main.bytes + (own?.bytes ?? 0),
      maxBytes: this.#options.maxBytes,
      evictions: main.evictions + (own?.evictions ?? 0),
    };
    const remote = this.#participant.isTrusted ? await this.#options.readRemoteSize().catch(ifAway) : undefined;
    return remote ? [memory, remote] : [memory];
  }

  async close(): Promise<void> {
    this.#cancelSweep();
    this.locks?.close();
    await this.#participant.close();
    await this.#own?.close();
    this.#memory.clear();
  }

  /** An entry in memory that is worth a check by marks: of this generation, and fresh. */
  #usable(key: string): StoredEntry | undefined {
    const found = this.#memory.get(key);
    if (!found || found.entry.generation !== this.#participant.generation) return undefined;
    return this.#options.clock.monotonic() - found.begunAt < found.entry.freshMs ? found : undefined;
  }

  /** The store of a process that is alone; of another time alone nothing is left, though nobody may have asked in between. */
  #alone(): MemoryStore | undefined {
    const { breaker, isLeased, timesTrusted } = this.#participant;
    const isAway = breaker !== 'CLOSED' && !isLeased;
    if (!isAway || timesTrusted !== this.#ownTime) {
      void this.#own?.close();
      this.#own = undefined;
    }
    if (isAway && !this.#own) {
      const { clock, timers, maxBytes } = this.#options;
      const generation = aloneGeneration();
      this.#own = new MemoryStore({ clock, timers, maxBytes: maxBytes * OWN_SHARE, generation });
      this.#ownTime = timesTrusted;
      for (const raise of this.#participant.pending) void this.#own.raise(raise);
    }
    return this.#own;
  }

  /** From before it was alone, where the policy allows it, unless it is known here to have been invalidated. */
  #servedAlone(key: string, own: MemoryStore): StoredEntry | undefined {
    const found = this.#memory.get(key);
    if (found?.entry.alone !== 'ttl') return undefined;
    const { generation, tags } = found.entry;
    // What the mirror does not reach back to may have ended while Redis still told.
    if (this.#participant.mirror.check(generation, tags, found.checkedAt) !== 'valid') return undefined;
    return own.hasRaised(tags.flatMap(({ tag }) => markFields(tag))) ? undefined : found;
  }
}

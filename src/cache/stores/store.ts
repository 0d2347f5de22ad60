import type { UnstorableError } from '../codec/unstorable-error.js';
import type { Entry } from '../entry.js';
import type { CacheLayer } from '../events.js';
import type { TagStart } from '../tide/tag.js';
import type { Raise, Raised, TideReading } from '../tide/tide.js';
import type { BreakerState } from '../tide/trust.js';
import type { Validity } from '../tide/validity.js';
import type { Locks } from './locks.js';

/** An entry as a store has it. Whether it is valid is told by the marks that were read with it. */
export interface StoredEntry {
  readonly entry: Entry;
  /** When its computation began, on this process's monotonic clock. */
  readonly begunAt: number;
  readonly layer: CacheLayer;
}

export interface StoreReading {
  /** In the order of the keys that were asked for. */
  readonly entries: readonly (StoredEntry | undefined)[];
  readonly tide: TideReading;
}

export interface StoreWrite {
  readonly key: string;
  readonly entry: Entry;
  readonly begunAt: number;
}

/** What one layer holds; of a shared one, all that is in it. */
export interface LayerSize {
  readonly layer: CacheLayer;
  readonly entries: number;
  readonly bytes: number;
  /** Null without a bound. */
  readonly maxBytes: number | null;
  readonly evictions: number;
}

export interface StoreHealth {
  /** Other processes share it. */
  readonly shared: boolean;
  /** False: this process is alone; what it computes is kept for a moment, or not at all. */
  readonly available: boolean;
  /** Hits cost no round trip. */
  readonly leased: boolean;
  readonly breaker: BreakerState;
  readonly latencyMs: number | undefined;
  /** Raises that wait to be made up for. */
  readonly pendingRaises: number;
  readonly message: string | undefined;
}

/**
 * Where entries and the tide live. A store knows nothing of policies, and is trusted only as far as its tide: whoever reads an entry
 * checks its marks. An operation of a store that is away rejects with StoreUnavailableError, within its timeout.
 */
export interface Store {
  /** A valid entry, answered in this step without asking anybody; undefined where that takes a question. */
  peek(key: string): StoredEntry | undefined;
  /** Whether an entry is valid, where that can be told without asking anybody. */
  check(entry: Entry): Validity | undefined;
  /** The tags of the entry that `read` would answer from memory: their marks are to be asked for along with it. */
  tagsOf(key: string): readonly TagStart[];
  /** Entries and marks in one round trip. The clock of the tide is a capture for what is computed from now on. */
  read(keys: readonly string[], fields: readonly string[]): Promise<StoreReading>;
  /** An entry that was read and found valid at `checkedAt`, to be answered from memory from now on. */
  remember(key: string, stored: StoredEntry, checkedAt: number): void;
  /** An entry that was read and found invalid. */
  forget(key: string, stored: StoredEntry): void;
  /** Never replaces an entry of the same generation that has a later start. Answers in order what can't be stored, and why. */
  write(writes: readonly StoreWrite[]): Promise<readonly (UnstorableError | undefined)[]>;
  /**
   * Returns when nobody is served from before it any more. A raise that fails is kept and made up for before anything is read again; it
   * rejects all the same, so that its caller can say so.
   */
  raise(raise: Raise): Promise<Raised>;
  /** One computation of a key over several processes; undefined where there is only one. */
  readonly locks: Locks | undefined;
  /** How long entries may live, so that marks are kept for longer; the greatest counts. */
  keepMarksFor(ms: number): void;
  health(): StoreHealth;
  /** Of each layer that answers. */
  sizes(): Promise<readonly LayerSize[]>;
  close(): Promise<void>;
}

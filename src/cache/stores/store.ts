import type { Raise, Raised, TideReading } from '../tide/tide.js';

/** An entry's bytes and how long the store will keep them, ms, counted from the sending of the question. */
export interface StoredEntry {
  readonly bytes: Buffer;
  readonly remainingMs: number;
}

export interface StoreReading {
  /** In the order of the keys that were asked for. */
  readonly entries: readonly (StoredEntry | undefined)[];
  readonly tide: TideReading;
}

export interface StoreWrite {
  readonly key: string;
  readonly bytes: Buffer;
  readonly lifeMs: number;
  readonly generation: string;
  readonly start: number;
}

/** What a store holds; of a shared one, all that is in it. */
export interface StoreSize {
  readonly entries: number;
  readonly bytes: number;
  /** Null without a bound. */
  readonly maxBytes: number | null;
  readonly evictions: number;
}

export interface StoreHealth {
  /** False: nothing is read or written until it answers again. */
  readonly available: boolean;
  readonly latencyMs: number | undefined;
  /** Raises that wait to be made up for. */
  readonly pendingRaises: number;
  readonly message: string | undefined;
}

/**
 * Where entries and the tide live. A store holds bytes, knows nothing of policies, and is trusted only as far as its tide: whoever
 * reads an entry checks its marks. An operation of a store that is away rejects, within its timeout.
 */
export interface Store {
  readonly layer: 'MEMORY' | 'REDIS';
  /** Entries and marks in one round trip. The tide is read after the entries were asked for, so that its clock can be a capture. */
  read(keys: readonly string[], fields: readonly string[]): Promise<StoreReading>;
  /** Never replaces an entry of the same generation that has a later start. */
  write(writes: readonly StoreWrite[]): Promise<void>;
  /** A raise that fails is kept and made up for before anything is read again; it rejects all the same, so that its caller can say so. */
  raise(raise: Raise): Promise<Raised>;
  health(): StoreHealth;
  /** Undefined while it is away. */
  size(): Promise<StoreSize | undefined>;
  close(): Promise<void>;
}

/** The store does not answer, or is not to be believed at present. */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError';
  readonly code = 'STORE_UNAVAILABLE';
}

/** For `catch`: undefined where the store is away, which is expected; anything else is a fault of ours and goes on. */
export function ifAway(error: unknown): undefined {
  if (!(error instanceof StoreUnavailableError)) throw error;
}

/** What came of asking for the right to compute a key. */
export type LockOutcome =
  /** It is ours until it is released, or until this process has not renewed it for a while. */
  | 'owned'
  /** Another process computes it; `freed` tells when it has ended. */
  | 'held'
  /** Meanwhile there is another entry than the one that was seen: it is worth a look. */
  | 'changed';

/** The entry that the key had when it was looked at, and what another one must be like to be worth a look. */
export interface LockAsk {
  readonly key: string;
  readonly seen: { readonly generation: string; readonly start: number; readonly remainingMs: number } | undefined;
  /** Of a forced refresh: nothing that started earlier will do. */
  readonly least: { readonly generation: string; readonly start: number } | undefined;
}

/**
 * Locks on keys over several processes, so that one computes and the others wait. For load alone: what is right is decided by marks,
 * and a lock that is lost costs a computation, never an error.
 */
export interface Locks {
  /** In the order of the asks, in one round trip. */
  acquire(asks: readonly LockAsk[]): Promise<readonly LockOutcome[]>;
  /** Wakes who waits for them. Never rejects. */
  release(keys: readonly string[]): void;
  /** When the lock on `key` is released, or after a while in which it may have expired; it is to be asked for again then. */
  freed(key: string): Promise<void>;
  close(): void;
}

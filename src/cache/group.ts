import type { Flight } from './flights.js';
import type { KeyArguments } from './key.js';
import type { Landed } from './landing.js';
import type { Found } from './lookup.js';
import type { Parts } from './part.js';
import type { CachePolicy } from './policy.js';
import type { Slot } from './slot.js';

/** One value to compute. */
export interface Miss<V> {
  readonly args: KeyArguments;
  /** The valid but outlived value, where the policy keeps one to advance. */
  readonly previous: V | undefined;
  /** To be told of every cached value that goes into this one. */
  readonly parts: Parts;
  /** Its parts are to be computed anew too. */
  readonly force: boolean;
}

/**
 * Computes many values at once, in their order; an Error in a value's place fails that one alone. What takes its time may be promised: each
 * promised value is stored and answered by itself as it comes.
 */
export type Compute<V> = (misses: readonly Miss<V>[]) => Promise<readonly (V | Error | Promise<V>)[]>;

/** What is asked for together, and computed together. */
export interface Group {
  readonly policy: CachePolicy;
  readonly force: boolean;
  readonly compute: Compute<unknown>;
  /** Flights that are to begin. */
  readonly starting: Starting[];
}

/** A flight that is to begin. */
export interface Starting {
  readonly flight: Flight<Landed>;
  readonly slot: Slot;
  /** What was there when it was looked for. */
  readonly found: Found | undefined;
  /** Others may wait for it, in this process and in others. */
  readonly isShared: boolean;
  /** It replaces what was found although that is fresh. */
  readonly isEarly: boolean;
  /** It has waited for another one to end. */
  readonly isNext: boolean;
}

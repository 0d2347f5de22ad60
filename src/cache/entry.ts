import type { ErrorCode, ErrorDetails } from '../support/gateway-error.js';
import type { Alone } from './policy.js';
import type { TagStart } from './tide/tag.js';
import type { Validity } from './tide/validity.js';

/** What is stored. Times are lengths in ms counted from the beginning of the computation: clocks of two machines are never compared. */
export interface Entry {
  readonly generation: string;
  /** The tide's clock captured before the computation. */
  readonly start: number;
  readonly tags: readonly TagStart[];
  readonly freshMs: number;
  /** By how much of it a refresh may begin earlier, so that what was stored together is not computed together. */
  readonly jitterMs: number;
  readonly staleForMs: number;
  readonly staleIfErrorMs: number;
  readonly keepForMs: number;
  /** How long it may be served while the store is away: for a moment, or to its TTL. */
  readonly alone: Alone;
  /** What the computation took. */
  readonly costMs: number;
  readonly value: unknown;
  /** In a value's place: that there is none. */
  readonly failure?: EntryFailure | undefined;
}

/** A not-found result, as it is kept and thrown again. */
export interface EntryFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/**
 * What may be done with an entry: `fresh` serve · `stale` serve, and refresh behind · `fallback` serve where an upstream fails ·
 * `kept` hand to the next computation · `dead` nothing.
 */
export type EntryState = 'fresh' | 'stale' | 'fallback' | 'kept' | 'dead';

/** How long a store keeps the entry, from the beginning of its computation. */
export function lifeMs(entry: Entry): number {
  return entry.freshMs + Math.max(entry.staleForMs, entry.staleIfErrorMs, entry.keepForMs);
}

/** Pure: the state of an entry that is `ageMs` old. */
export function entryState(entry: Entry, ageMs: number, validity: Validity): EntryState {
  if (validity === 'invalid') return 'dead';
  const past = ageMs - entry.freshMs;
  if (past < 0 && validity === 'valid') return 'fresh';
  // A window of 0 is none, also for a value that a soft mark made stale before its time.
  if (past < entry.staleForMs && entry.staleForMs > 0) return 'stale';
  if (past < entry.staleIfErrorMs && entry.staleIfErrorMs > 0) return 'fallback';
  return past < entry.keepForMs ? 'kept' : 'dead';
}

/** Whether the next computation may start from the entry: not where anything, hard or soft, was raised since. */
export function mayAdvance(state: EntryState, validity: Validity): boolean {
  return state !== 'dead' && validity === 'valid';
}

/**
 * Whether a fresh entry is to be refreshed already, so that nobody ever waits for it: the likelier the nearer its end and the dearer
 * its computation (XFetch: Vattani, Chierichetti, Lowenstein, Optimal Probabilistic Cache Stampede Prevention, VLDB 2015, with beta 1).
 * `random` is in (0, 1].
 */
export function isDueEarly({ freshMs, jitterMs, costMs }: Entry, ageMs: number, random: number): boolean {
  return ageMs - costMs * Math.log(random) >= freshMs - jitterMs;
}

import type { TagStart } from './tide/tag.js';
import { validity } from './tide/validity.js';
import type { TideReading } from './tide/tide.js';

/** What is stored. Times are lengths in ms counted from the beginning of the computation: clocks of two machines are never compared. */
export interface Entry {
  readonly generation: string;
  /** The tide's clock captured before the computation. */
  readonly start: number;
  readonly tags: readonly TagStart[];
  readonly freshMs: number;
  readonly staleForMs: number;
  readonly staleIfErrorMs: number;
  readonly keepForMs: number;
  /** What the computation took. */
  readonly costMs: number;
  readonly value: unknown;
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

/** Pure: the state of an entry that is `ageMs` old, under a reading of all its tags. */
export function entryState(entry: Entry, ageMs: number, tide: TideReading): EntryState {
  const valid = validity(entry.generation, entry.tags, tide);
  if (valid === 'invalid') return 'dead';
  const past = ageMs - entry.freshMs;
  if (past < 0 && valid === 'valid') return 'fresh';
  // A window of 0 is none, also for a value that a soft mark made stale before its time.
  if (past < entry.staleForMs && entry.staleForMs > 0) return 'stale';
  if (past < entry.staleIfErrorMs && entry.staleIfErrorMs > 0) return 'fallback';
  return past < entry.keepForMs ? 'kept' : 'dead';
}

/** Whether the next computation may start from the entry: not where anything, hard or soft, was raised since. */
export function mayAdvance(entry: Entry, state: EntryState, tide: TideReading): boolean {
  return state !== 'dead' && validity(entry.generation, entry.tags, tide) === 'valid';
}

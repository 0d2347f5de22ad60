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
  readonly immutable: boolean;
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

/**
 * The entry as the present generation sees it. What computing again would not change may outlive a generation: it counts as begun at
 * the floor, the present generation's beginning, and is ended by marks above that like any other.
 */
export function adoptImmutable(entry: Entry, tide: TideReading): Entry {
  if (!entry.immutable || entry.generation === tide.generation) return entry;
  const tags = entry.tags.map(({ tag }) => ({ tag, start: tide.floor }));
  return { ...entry, generation: tide.generation, start: tide.floor, tags };
}

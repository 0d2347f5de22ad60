/**
 * The tide: one clock, and for every tag that was ever raised the clock value of its last raise. Everything that a check of validity
 * needs is read by one command, because clock and marks belong together: the clock of a reading *is* the capture for a
 * computation that begins after it.
 */
export interface TideReading {
  /** Changes whenever the tide lost its memory (a flush, an eviction, a restart): nothing of an older generation is believed. */
  readonly generation: string;
  /** Microseconds, never falling within a generation. */
  readonly clock: number;
  /** No entry begun before it is believed. */
  readonly floor: number;
  /** Marks of the fields that were asked for; a field that was never raised is missing. */
  readonly marks: ReadonlyMap<string, Mark>;
}

/** A hard mark ends a value, a soft one only its freshness. 0 where never raised. */
export interface Mark {
  readonly hard: number;
  readonly soft: number;
}

export type MarkKind = 'hard' | 'soft';

/** Raise the marks of `fields`, or, without any, only advance the clock (a *tick*). */
export interface Raise {
  readonly fields: readonly string[];
  readonly kind: MarkKind;
  /** Raise to this clock value and not to the new one: a forced refresh raises to its own start, so that its result lives. */
  readonly to?: number;
}

/** What a raise answers: the clock that it set. */
export interface Raised {
  readonly generation: string;
  readonly clock: number;
}

/** How long marks are kept at least: longer than most entries live. */
export const KEEP_MARKS_MS = 25 * 3_600_000;

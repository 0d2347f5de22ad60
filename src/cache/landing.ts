import type { Clock } from '../support/clock.js';
import { deepFreeze } from '../support/deep-freeze.js';
import type { Entry, EntryState } from './entry.js';
import type { Capture } from './flights.js';
import type { Parts } from './part.js';
import type { CachePolicy } from './policy.js';
import type { Slot } from './slot.js';
import { unionOfTags } from './tide/tag.js';

/** An entry and when its computation began, on this process's monotonic clock. */
export interface Found {
  readonly entry: Entry;
  readonly begunAt: number;
  readonly state: EntryState;
  /** The next computation may start from it. */
  readonly advances: boolean;
}

/** A computed value as an entry. */
export interface Landed extends Found {
  /** Whether it may be stored: nothing may that was computed, in whole or in part, while the store was away. */
  readonly stored: boolean;
  /** When the computation of its oldest part began. */
  readonly oldestAt: number;
  /** Why not, where that is a fault and not an outage. */
  readonly refusal: string | undefined;
}

/** What came out of a computation that began at `begunAt`. */
export interface Computed {
  readonly value: unknown;
  readonly parts: Parts;
  readonly begunAt: number;
}

/**
 * Builds the entry of a computed value: its own tags have the clock captured before its computation, those of its parts keep
 * theirs; its freshness is the least of the policy's, the value's own and its parts'.
 */
export function land(
  slot: Slot,
  capture: Capture | undefined,
  { value, parts, begunAt }: Computed,
  time: Clock,
): Landed {
  const { policy } = slot;
  const { generation, clock } = capture ?? { generation: undefined, clock: 0 };
  const costMs = time.monotonic() - begunAt;
  const until = policy.until(value, time);
  const freshMs = Math.min(policy.ttlMs, until === undefined ? Infinity : costMs + until, parts.freshUntil - begunAt);
  const own = [...slot.tags, ...policy.resultTags(value).map((tag) => `${slot.namespace}:${tag}`)];
  const entry: Entry = {
    generation: generation ?? '',
    start: clock,
    tags: unionOfTags(
      own.map((tag) => ({ tag, start: clock })),
      parts.tags,
    ),
    freshMs: Math.max(0, freshMs),
    staleForMs: policy.staleForMs,
    staleIfErrorMs: policy.staleIfErrorMs,
    keepForMs: policy.keepForMs,
    costMs,
    value: deepFreeze(value),
  };
  const alone = slot.key === undefined || generation === undefined;
  const refusal = alone ? undefined : refusalOf(policy, parts, generation);
  const oldestAt = Math.min(begunAt, parts.oldestAt);
  return {
    entry,
    begunAt,
    oldestAt,
    state: 'fresh',
    advances: false,
    stored: !alone && refusal === undefined,
    refusal,
  };
}

/** Private: why a value may not be stored. */
function refusalOf(policy: CachePolicy, parts: Parts, generation: string): string | undefined {
  if (!parts.isOf(generation)) return 'a part of it is of another generation, or could not be stored itself';
  if (policy.scope === 'PUBLIC' && parts.scope === 'PRIVATE') return 'a part of it is private';
  return undefined;
}

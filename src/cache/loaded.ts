import type { EntryFailure } from './entry.js';
import type { CacheInfo, CacheStatus } from './events.js';
import type { Landed } from './landing.js';
import type { Found } from './lookup.js';
import type { Part } from './part.js';
import { shownTags, type Slot } from './slot.js';

/** A value as it is handed out. */
export interface Loaded<V> {
  readonly value: V;
  readonly info: CacheInfo;
  /** To be added to the parts of what is made of this value. */
  readonly part: Part;
  /** In the value's place: that there is none. */
  readonly failure?: EntryFailure | undefined;
}

export interface LoadedFrom {
  readonly slot: Slot;
  /** On the monotonic clock. */
  readonly now: number;
}

/** What was found or has landed, with what its reader may be told of it and what embeds it must know. */
export function toLoaded(found: Found | Landed, status: CacheStatus, { slot, now }: LoadedFrom): Loaded<unknown> {
  const { entry, begunAt } = found;
  const ageMs = Math.max(0, now - begunAt);
  const stored = !('stored' in found) || found.stored;
  const isServed = status === 'HIT' || status === 'STALE';
  return {
    value: entry.value,
    failure: entry.failure,
    info: {
      status,
      layer: isServed && 'layer' in found ? found.layer : null,
      ageMs,
      ttlMs: stored && status !== 'STALE' ? Math.max(0, entry.freshMs - ageMs) : 0,
      tags: shownTags(entry.tags),
      computeMs: entry.costMs,
    },
    part: {
      generation: stored ? entry.generation : undefined,
      tags: entry.tags,
      oldestAt: 'oldestAt' in found ? found.oldestAt : begunAt,
      freshUntil: begunAt + entry.freshMs,
      staleUntil: begunAt + entry.freshMs + entry.staleForMs,
      staleIfErrorUntil: begunAt + entry.freshMs + entry.staleIfErrorMs,
      scope: slot.policy.scope,
      alone: entry.alone,
    },
  };
}

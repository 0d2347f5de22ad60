import type { Clock } from '../support/clock.js';
import { deepFreeze } from '../support/deep-freeze.js';
import type { GatewayError } from '../support/gateway-error.js';
import { aloneEntry, isAlone } from './alone.js';
import type { Entry } from './entry.js';
import type { Capture } from './flights.js';
import type { Found } from './lookup.js';
import type { Parts } from './part.js';
import type { CachePolicy } from './policy.js';
import type { Slot } from './slot.js';
import { unionOfTags } from './tide/tag.js';

/** Share of its freshness by which the refresh of an entry may begin earlier than another's. */
const JITTER = 0.1;

/** A value that is handed to whoever waits for it, as an entry. */
export interface Landed extends Omit<Found, 'layer'> {
  /** Computed by another process while this one waited for it. */
  readonly isFromElsewhere: boolean;
  /** Whether it may be stored: nothing may that was computed, in whole or in part, while the store was away. */
  readonly stored: boolean;
  /** When the computation of its oldest part began. */
  readonly oldestAt: number;
  /** Why it must not even be shared: a part of it is of another generation, or is private. */
  readonly refusal: string | undefined;
}

/** What came out of a computation that began at `begunAt`. */
export interface Computed {
  /** Or that there is none, where the policy keeps that too. */
  readonly value: unknown;
  readonly notFound?: GatewayError | undefined;
  readonly parts: Parts;
  readonly begunAt: number;
}

export interface LandingTime {
  readonly clock: Clock;
  /** In (0, 1]. */
  readonly random: () => number;
}

/**
 * Builds the entry of a computed value: its own tags have the clock captured before its computation, those of its parts keep
 * theirs; its freshness is the least of the policy's, the value's own and its parts'.
 */
export function land(
  slot: Slot,
  capture: Capture,
  { value, notFound, parts, begunAt }: Computed,
  { clock: time, random }: LandingTime,
): Landed {
  const { policy } = slot;
  const { generation, clock } = capture;
  const costMs = time.monotonic() - begunAt;
  const isNegative = notFound !== undefined || value === null || value === undefined;
  const ttlMs = Math.min(policy.ttlMs, (isNegative ? policy.negativeTtlMs : undefined) ?? Infinity);
  const until = notFound ? undefined : policy.until(value, time);
  const freshMs = Math.max(
    0,
    Math.min(ttlMs, until === undefined ? Infinity : costMs + until, parts.freshUntil - begunAt),
  );
  // Past its freshness a whole is served no longer than each of its parts may be.
  const windowMs = (ms: number, partsUntil: number) => Math.max(0, Math.min(ms, partsUntil - begunAt - freshMs));
  const resultTags = notFound ? [] : policy.resultTags(value);
  const own = [...slot.tags, ...resultTags.map((tag) => `${slot.namespace}:${tag}`)];
  const refusal = refusalOf(policy, parts, generation);
  const entry: Entry = {
    generation: generation ?? '',
    start: clock,
    tags: unionOfTags(
      own.map((tag) => ({ tag, start: clock })),
      parts.tags,
    ),
    freshMs,
    jitterMs: freshMs * JITTER * (1 - random()),
    // That there is nothing is not served past its time.
    staleForMs: notFound ? 0 : windowMs(policy.staleForMs, parts.staleUntil),
    staleIfErrorMs: notFound ? 0 : windowMs(policy.staleIfErrorMs, parts.staleIfErrorUntil),
    keepForMs: notFound ? 0 : policy.keepForMs,
    alone: policy.alone === 'ttl' ? parts.alone : 'briefly',
    costMs,
    value: deepFreeze(value),
    failure: notFound && { code: notFound.code, message: notFound.message, details: notFound.details },
  };
  return {
    entry: generation !== undefined && isAlone(generation) ? aloneEntry(entry) : entry,
    begunAt,
    oldestAt: Math.min(begunAt, parts.oldestAt),
    state: 'fresh',
    advances: false,
    isFromElsewhere: false,
    stored: slot.key !== undefined && generation !== undefined && refusal === undefined,
    refusal,
  };
}

/** What another process has computed, as it was found. */
export function landFound(found: Found): Landed {
  return { ...found, isFromElsewhere: true, stored: true, oldestAt: found.begunAt, refusal: undefined };
}

/** Private: why a value may not be stored, or shared. While the store is away nothing is stored anyway. */
function refusalOf(policy: CachePolicy, parts: Parts, generation: string | undefined): string | undefined {
  if (policy.scope === 'PUBLIC' && parts.scope === 'PRIVATE') return 'a part of it is private';
  if (generation === undefined || parts.isOf(generation)) return undefined;
  return 'a part of it is of another generation, or could not be stored itself';
}

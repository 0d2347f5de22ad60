import type { Clock } from '../support/clock.js';
import { durationMs, type Duration } from '../support/duration.js';

export type Scope = 'PUBLIC' | 'PRIVATE';
/** How long a value may be served while the store is away: for 2 s, or to its TTL. */
export type Alone = 'briefly' | 'ttl';
/** Where a value comes from: the market's upstream or our database. Entries of different worlds of one origin never meet. */
export type Origin = 'api' | 'database';

/** How a value is cached, as declared beside what it governs. */
export interface PolicyOptions<V = never> {
  /** What the value is known as, a schema coordinate where it has one: `Query.analysis`. Part of every key. */
  readonly name: string;
  /** Seconds it stays fresh, counted from the beginning of its computation. */
  readonly ttl: Duration;
  /** `ANALYSIS`, where CACHE_TTL_ANALYSIS overrides the TTL. */
  readonly ttlName?: string;
  /** Served stale for so long past its TTL, while one refresh runs behind. */
  readonly staleFor?: Duration;
  /** Served stale for so long past its TTL where computing it anew fails for an upstream's fault. */
  readonly staleIfError?: Duration;
  /** Kept for so long past its TTL, never served, but handed to its next computation to advance it; a value without parts. */
  readonly keepFor?: Duration;
  /** Freshness left, ms, as the value itself knows it (until the next candle closes); undefined: the TTL stands alone. */
  readonly until?: (value: V, clock: Clock) => number | undefined;
  /**
   * Who meets a value past its TTL waits for so long for its computation before the old one answers: within staleFor instead of at
   * once, within staleIfError as if the upstream had failed.
   */
  readonly softTimeout?: Duration;
  /** A computation that takes longer fails with UPSTREAM_TIMEOUT. */
  readonly timeout?: Duration;
  /** How long null, or an error that says there is no such thing, is kept; without it neither is kept longer than others, or at all. */
  readonly negativeTtl?: Duration;
  /** How long it may be served while the store is away: for 2 s from the beginning of its computation, or to its TTL (market data). */
  readonly alone?: Alone;
  /** Computed at each hit all the same, and compared: mismatches are counted, and what was computed is answered. */
  readonly shadow?: boolean;
  readonly scope?: Scope;
  readonly origin?: Origin;
  /** Templates over `$args`, `$parent` and `$viewer`. */
  readonly tags: readonly string[];
  /** Tags that only the result knows. */
  readonly resultTags?: (value: V) => readonly string[];
  /** Gives its field the argument forceRefresh. */
  readonly refreshable?: boolean;
  /** To be counted up when the code that computes it changes what it computes. */
  readonly version?: number;
}

/** A policy of values of any type, as the engine holds it. */
export interface CachePolicy {
  readonly name: string;
  readonly ttlMs: number;
  readonly staleForMs: number;
  readonly staleIfErrorMs: number;
  readonly keepForMs: number;
  readonly softTimeoutMs: number | undefined;
  readonly timeoutMs: number;
  readonly negativeTtlMs: number | undefined;
  readonly alone: Alone;
  readonly shadow: boolean;
  readonly until: (value: unknown, clock: Clock) => number | undefined;
  readonly scope: Scope;
  readonly origin: Origin;
  readonly tags: readonly string[];
  readonly resultTags: (value: unknown) => readonly string[];
  readonly refreshable: boolean;
  readonly version: number;
}

/** Overriding TTLs in ms by their `ttlName`. */
export type TtlOverrides = Readonly<Record<string, number>>;

/** How long an entry of the policy may live at the most, with the time that its computation may take. */
export function longestLifeMs({ ttlMs, staleForMs, staleIfErrorMs, keepForMs, timeoutMs }: CachePolicy): number {
  return timeoutMs + ttlMs + Math.max(staleForMs, staleIfErrorMs, keepForMs);
}

/** The declared options made complete: the only place with defaults. */
export function resolvePolicy<V>(options: PolicyOptions<V>, overrides: TtlOverrides = {}): CachePolicy {
  const whole = {
    name: options.name,
    ttlMs: (options.ttlName === undefined ? undefined : overrides[options.ttlName]) ?? durationMs(options.ttl),
    staleForMs: durationMs(options.staleFor ?? 0),
    staleIfErrorMs: durationMs(options.staleIfError ?? 0),
    keepForMs: durationMs(options.keepFor ?? 0),
    softTimeoutMs: options.softTimeout === undefined ? undefined : durationMs(options.softTimeout),
    timeoutMs: durationMs(options.timeout ?? '30s'),
    negativeTtlMs: options.negativeTtl === undefined ? undefined : durationMs(options.negativeTtl),
    alone: options.alone ?? 'briefly',
    shadow: options.shadow ?? false,
    until: options.until ?? (() => undefined),
    scope: options.scope ?? 'PUBLIC',
    origin: options.origin ?? 'api',
    tags: options.tags,
    resultTags: options.resultTags ?? (() => []),
    refreshable: options.refreshable ?? false,
    version: options.version ?? 1,
  };
  // Only values that were computed under this policy are ever handed to its functions: the type V ends here.
  return whole as CachePolicy;
}

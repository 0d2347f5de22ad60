import { isDeepStrictEqual } from 'node:util';
import { CancelledError, ifCancelled } from '../support/cancelled-error.js';
import type { Clock } from '../support/clock.js';
import { GatewayError } from '../support/gateway-error.js';
import { systemTimers, type Timers } from '../support/timers.js';
import { toError } from '../support/to-error.js';
import { ALONE_MS, isAlone } from './alone.js';
import { Arrivals, captureOf, type Seen } from './arrivals.js';
import { Computations, isNewer } from './computations.js';
import { isDueEarly } from './entry.js';
import type { CacheEvent, CacheStatus } from './events.js';
import { Flights, type Arrival, type Flight } from './flights.js';
import type { Compute, Group, Starting } from './group.js';
import type { KeyArguments } from './key.js';
import type { Landed } from './landing.js';
import { Lookup, type Found } from './lookup.js';
import { toLoaded, type Loaded } from './loaded.js';
import type { Namespaces } from './namespaces.js';
import type { Part } from './part.js';
import { longestLifeMs, resolvePolicy, type CachePolicy, type PolicyOptions, type TtlOverrides } from './policy.js';
import { Refreshes } from './refreshes.js';
import { CacheStatistics } from './statistics.js';
import { createSlot, type Slot } from './slot.js';
import type { Store } from './stores/store.js';
import { ifAway } from './stores/store-unavailable-error.js';

const MOST_REFRESHES = 32;
const MOST_JOINS = 3;

export interface CacheOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly namespaces: Namespaces;
  readonly timers?: Timers;
  /** In (0, 1]: spreads early refreshes. */
  readonly random?: () => number;
  readonly ttlOverrides?: TtlOverrides;
  /** False: everything is computed, nothing is kept. */
  readonly enabled?: boolean;
  /** Errors after which a policy's staleIfError may answer. */
  readonly isUpstreamFailure?: (error: unknown) => boolean;
  readonly onEvent?: (event: CacheEvent) => void;
  /** When reads are sent: `setImmediate`, or a test's own. */
  readonly defer?: (flush: () => void) => void;
}

export interface LoadOptions {
  /** Compute anew, from parts that are computed anew, and replace what everyone else reads. */
  readonly force?: boolean | undefined;
  /** Id of who asks: part of the key where the policy is PRIVATE. */
  readonly viewer?: string | undefined;
}

export interface Invalidation {
  /** As they were asked for. */
  readonly tags: readonly string[];
  /** PENDING: the store is away; this process serves nothing from before, the raise is made up for when it is back. */
  readonly status: 'DONE' | 'PENDING';
  readonly clock: string | undefined;
}

/**
 * The engine. A load is four steps: *arrive* (one batched read of entry and marks; its clock is the capture), *decide* (serve, join a
 * flight, or start one), *compute* (all misses of a call together) and *land* (build the entry with the start of each tag, store it).
 * Where the store may tell without asking anybody, a hit is all there is to it.
 *
 * What makes it right is that the capture lies before the computation: whatever is raised while a value is computed has a mark above
 * the value's start, so the value is dead wherever and however late it is stored. A store that is away costs computations, never errors.
 */
export class Cache {
  readonly statistics: CacheStatistics;
  readonly #options: Required<CacheOptions>;
  readonly #lookup: Lookup;
  readonly #arrivals: Arrivals;
  readonly #computations: Computations;
  readonly #flights = new Flights<Landed>();
  readonly #refreshes = new Refreshes(MOST_REFRESHES);
  readonly #policies = new WeakMap<object, CachePolicy>();

  constructor(options: CacheOptions) {
    const { store, clock } = options;
    this.#options = {
      timers: systemTimers,
      random: () => 1 - Math.random(),
      ttlOverrides: {},
      enabled: true,
      isUpstreamFailure: () => false,
      onEvent: () => undefined,
      defer: setImmediate,
      ...options,
    };
    const { timers, random } = this.#options;
    this.#lookup = new Lookup(store, clock, this.#options.defer);
    const nextTurn = () => this.#flights.nextTurn();
    this.#arrivals = new Arrivals({ store, lookup: this.#lookup, clock, nextTurn });
    const emit = (event: CacheEvent) => this.#emit(event);
    this.#computations = new Computations({ store, lookup: this.#lookup, clock, timers, random, isNotFound, emit });
    this.statistics = new CacheStatistics(clock.now());
  }

  get store(): Store {
    return this.#options.store;
  }

  /** The policy with its defaults and overrides. */
  policy<V>(options: PolicyOptions<V>): CachePolicy {
    let policy = this.#policies.get(options);
    if (!policy) {
      policy = resolvePolicy(options, this.#options.ttlOverrides);
      this.#policies.set(options, policy);
      this.#options.store.keepMarksFor(longestLifeMs(policy));
    }
    return policy;
  }

  /** One value: {@link loadMany} of one key; its failure rejects. */
  async load<V>(
    policy: PolicyOptions<V>,
    args: KeyArguments,
    compute: Compute<V>,
    options: LoadOptions = {},
  ): Promise<Loaded<V>> {
    const [loaded] = await this.loadMany(policy, [args], compute, options);
    if (loaded === undefined) throw new TypeError('One key has one value.');
    if (loaded instanceof Error) throw loaded;
    return loaded;
  }

  /** Values in the order of their arguments, from the store or computed; one round trip for all lookups, one `compute` for all misses. */
  async loadMany<V>(
    options: PolicyOptions<V>,
    keys: readonly KeyArguments[],
    compute: Compute<V>,
    load: LoadOptions = {},
  ): Promise<(Loaded<V> | Error)[]> {
    return Promise.all(await this.loadEach(options, keys, compute, load));
  }

  /** {@link loadMany}, once all have been looked up: what was found is there, the others come one by one as their computation ends. None rejects. */
  async loadEach<V>(
    options: PolicyOptions<V>,
    keys: readonly KeyArguments[],
    compute: Compute<V>,
    load: LoadOptions = {},
  ): Promise<Promise<Loaded<V> | Error>[]> {
    const policy = this.policy(options);
    const begunAt = this.#now();
    const group: Group = { policy, force: load.force ?? false, compute: compute as Compute<unknown>, starting: [] };
    const { namespaces, enabled } = this.#options;
    const slots = keys.map((args) => createSlot(policy, args, { viewer: load.viewer, namespaces, enabled }));
    const hits = slots.map(({ key }) => (group.force || key === undefined ? undefined : this.#lookup.peek(key)));
    const missing = slots.filter((_, i) => !hits[i]);
    const arrived = (await this.#arrivals.arrive(missing, group.force)).values();
    const answers = slots.map((slot, i) => {
      const hit = hits[i];
      const seen = hit ? undefined : arrived.next().value;
      const answer = hit
        ? this.#hit(hit, slot, group)
        : this.#decide(seen ?? this.#arrivals.unseen(group.force)(slot), group);
      return this.#told(answer as Promise<Loaded<V>>, policy, begunAt);
    });
    this.#computations.begin(group);
    return answers;
  }

  /**
   * Ends every value that carries one of the tags or was made of one that does, wherever it is kept and however late it is still
   * stored. When it returns DONE, no read that begins later is answered from before it. Hard, or soft: stale values may be served
   * while they are refreshed.
   */
  async invalidate(tags: readonly string[], kind: 'hard' | 'soft' = 'hard'): Promise<Invalidation> {
    const fields = [...new Set(tags.flatMap((tag) => this.#options.namespaces.fieldsOf(tag)))];
    let result: Invalidation;
    try {
      const raised = await this.#options.store.raise({ fields, kind });
      result = { tags, status: 'DONE', clock: String(raised.clock) };
    } catch (error) {
      ifAway(error);
      result = { tags, status: 'PENDING', clock: undefined };
    }
    this.#emit({ type: 'raised', tags, status: result.status });
    return result;
  }

  async close(): Promise<void> {
    this.#refreshes.close();
    await this.#options.store.close();
  }

  /** Serves what was found, joins a flight, or starts one. */
  #decide(seen: Seen, group: Group): Promise<Loaded<unknown>> {
    const { slot, found } = seen;
    if (found?.state === 'fresh') return this.#hit(found, slot, group);
    if (found?.state === 'stale') return this.#serveStale(found, seen, group);
    if (found?.state === 'fallback') return this.#fallBack(found, seen, group);
    return this.#fly(seen, group);
  }

  async #hit(found: Found, slot: Slot, group: Group): Promise<Loaded<unknown>> {
    if (group.policy.shadow) return this.#shadow(found, slot, group);
    const ageMs = this.#now() - found.begunAt;
    if (isDueEarly(found.entry, ageMs, this.#options.random())) this.#refreshBehind(found, slot, group);
    return this.#answer(found, 'HIT', slot);
  }

  async #serveStale(found: Found, seen: Seen, group: Group): Promise<Loaded<unknown>> {
    const { softTimeoutMs } = group.policy;
    if (softTimeoutMs !== undefined) {
      const computed = await this.#within(softTimeoutMs, this.#fly(seen, group)).catch((error: unknown) =>
        this.#refreshFailed(group, error),
      );
      if (computed) return computed;
    } else this.#refreshBehind(found, seen.slot, group);
    return this.#answer(found, 'STALE', seen.slot);
  }

  /** The last good value, where computing it anew fails for an upstream's fault, or takes longer than the policy waits. */
  async #fallBack(found: Found, seen: Seen, group: Group): Promise<Loaded<unknown>> {
    const { softTimeoutMs = Infinity } = group.policy;
    try {
      const computed = await this.#within(softTimeoutMs, this.#fly(seen, group));
      if (computed) return computed;
    } catch (error) {
      if (!isCutOff(error) && !this.#options.isUpstreamFailure(error)) throw error;
    }
    return this.#answer(found, 'STALE', seen.slot);
  }

  /**
   * `joins`: who has been handed so many results that were too old computes by himself, so that nobody goes round for ever. One that was
   * cancelled was handed to nobody: the first who had joined it begins anew, the others join him.
   */
  async #fly(seen: Seen, group: Group, joins = MOST_JOINS): Promise<Loaded<unknown>> {
    const { slot, arrival } = seen;
    const mayJoin = joins > 0;
    const arrivedAt = this.#now();
    const joined = mayJoin && slot.key !== undefined ? this.#flights.findJoinable(slot.key, arrival) : undefined;
    if (!joined) {
      const landed = await this.#start(seen, group, { mayJoin }).promise;
      return this.#answer(landed, this.#computedStatus(landed, seen, group), slot);
    }
    const landed = await joined.promise.catch(ifCancelled);
    if (landed && !hadEnded(landed, arrivedAt) && (await this.#isYoung(landed, arrival))) {
      return this.#answer(landed, group.force ? 'REFRESHED' : arrival.kind === 'alone' ? 'BYPASS' : 'COALESCED', slot);
    }
    const [seenAgain = seen] = await this.#arrivals.arrive([slot], group.force);
    if (seenAgain.found?.state === 'fresh') return this.#answer(seenAgain.found, 'HIT', slot);
    const again = this.#fly(seenAgain, group, landed === undefined ? joins : joins - 1);
    // The others of its call have gone on.
    this.#computations.begin(group);
    return again;
  }

  /**
   * Whether a joined result is as young as one's own would be, its parts too: the request that computed it may remember parts from
   * before the arrival. What could not be checked is not believed, and what may not be shared is not.
   */
  async #isYoung({ entry, oldestAt, refusal }: Landed, arrival: Arrival): Promise<boolean> {
    if (refusal !== undefined) return false;
    if (arrival.kind === 'alone') return oldestAt >= arrival.at;
    if (isAlone(entry.generation) && entry.alone !== 'ttl' && this.#now() - oldestAt > ALONE_MS) return false;
    const { generation, clock } = arrival.kind === 'forced' ? arrival : arrival.tide;
    if (entry.generation === generation && entry.tags.every(({ start }) => start >= clock)) return true;
    return arrival.kind === 'read' && (await this.#lookup.isValid(entry).catch(ifAway)) === true;
  }

  /** A flight of one's own: with the call's other misses, or, where an older one is still running, as the next. */
  #start({ slot, arrival, found }: Seen, group: Group, { mayJoin = true, isEarly = false } = {}): Flight<Landed> {
    const isShared = mayJoin && slot.key !== undefined;
    const starting = (flight: Flight<Landed>): Starting => ({ flight, slot, found, isShared, isEarly, isNext: false });
    const key = isShared && slot.key !== undefined ? slot.key : `own ${(ownCount += 1)}`;
    if (this.#flights.isRunning(key)) {
      return this.#flights.startNext(key, arrival, (flight) => {
        this.#beginNext({ ...starting(flight), found: undefined, isNext: true }, group).catch(flight.fail);
      });
    }
    const flight = this.#flights.start(key, captureOf(arrival), group.force);
    group.starting.push(starting(flight));
    return flight;
  }

  /** The waiting flight's turn. Where it was forced, what another process has computed since the last who forced it came will do. */
  async #beginNext(starting: Starting, group: Group): Promise<void> {
    const { flight } = starting;
    const captured = flight.forced ? flight.least : await this.#lookup.readTide().catch(ifAway);
    flight.capture = { generation: captured?.generation, clock: captured?.clock ?? 0 };
    this.#computations.begin({ ...group, starting: [starting] });
  }

  /** Replaces what was served, unless somebody has done so already. */
  #refreshBehind(served: Found, slot: Slot, group: Group): void {
    const { key } = slot;
    if (key === undefined || this.#flights.isRunning(key)) return;
    const refresh = async () => {
      const own: Group = { ...group, force: false, starting: [] };
      const [seen] = await this.#arrivals.arrive([slot], false);
      if (seen?.arrival.kind !== 'read' || this.#flights.isRunning(key)) return;
      const { found } = seen;
      if (found?.state === 'fresh' && isNewer(found, served)) return;
      const flight = this.#start(seen, own, { isEarly: found?.state === 'fresh' });
      this.#computations.begin(own);
      await flight.promise;
    };
    const begun = this.#refreshes.run(key, () =>
      refresh().catch((error: unknown) => this.#refreshFailed(group, error)),
    );
    if (!begun) this.#emit({ type: 'refreshSkipped', name: group.policy.name });
  }

  /** What was computed is answered; a computation that fails tells nothing of the entry, which is then as good as ever. */
  async #shadow(found: Found, slot: Slot, group: Group): Promise<Loaded<unknown>> {
    const flight = this.#start({ slot, arrival: this.#arrivals.unseen(group.force)(slot).arrival }, group, {
      mayJoin: false,
    });
    let landed;
    try {
      landed = await flight.promise;
    } catch (error) {
      this.#refreshFailed(group, error);
      return this.#answer(found, 'HIT', slot);
    }
    const matches = isDeepStrictEqual(landed.entry.value, found.entry.value);
    this.#emit({ type: 'shadowed', name: group.policy.name, matches });
    return this.#answer(landed, 'BYPASS', slot);
  }

  /** Undefined where it takes longer; it goes on then, with nobody waiting. */
  #within(ms: number, flown: Promise<Loaded<unknown>>): Promise<Loaded<unknown> | undefined> {
    if (ms === Infinity) return flown;
    return new Promise((resolve, reject) => {
      const cancel = this.#options.timers.after(ms, () => resolve(undefined));
      flown.then(resolve, reject).finally(cancel);
    });
  }

  #refreshFailed({ policy }: Group, error: unknown): undefined {
    if (this.#refreshes.isClosed || error instanceof CancelledError) return;
    this.#emit({ type: 'refreshFailed', name: policy.name, error });
  }

  #computedStatus({ isFromElsewhere }: Landed, { arrival }: Seen, { force }: Group): CacheStatus {
    if (arrival.kind === 'alone') return 'BYPASS';
    if (force) return 'REFRESHED';
    return isFromElsewhere ? 'COALESCED' : 'MISS';
  }

  #answer(found: Found | Landed, status: CacheStatus, slot: Slot): Loaded<unknown> {
    return toLoaded(found, status, { slot, now: this.#now() });
  }

  /** Every resolution is told of exactly once, however it ends. That there is nothing is an answer too, and is thrown. */
  async #told<V>(answer: Promise<Loaded<V>>, { name }: CachePolicy, begunAt: number): Promise<Loaded<V> | Error> {
    try {
      const loaded = await answer;
      this.#emit({ type: 'resolved', name, info: loaded.info, tookMs: this.#now() - begunAt });
      const { failure, part } = loaded;
      if (!failure) return loaded;
      const notFound = new GatewayError(failure.code, failure.message, failure.details);
      partsOfErrors.set(notFound, part);
      return notFound;
    } catch (error) {
      // Given up by who asked for it: no failure, and no answer.
      if (!(error instanceof CancelledError))
        this.#emit({ type: 'failed', name, error, tookMs: this.#now() - begunAt });
      return toError(error);
    }
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }

  #emit(event: CacheEvent): void {
    this.statistics.record(event);
    this.#options.onEvent(event);
  }
}

/** What is inherited by whatever rests on there being no such thing, where the cache keeps that: to be added like any part. */
export function partOfError(error: unknown): Part | undefined {
  return error instanceof Error ? partsOfErrors.get(error) : undefined;
}

/** Private */
function isNotFound(error: Error): error is GatewayError {
  return error instanceof GatewayError && error.code === 'NOT_FOUND';
}

/** Private: whether its freshness was over before somebody came; of what has none from the beginning, all who wait have a share. */
function hadEnded({ begunAt, entry }: Landed, arrivedAt: number): boolean {
  return entry.freshMs > 0 && begunAt + entry.freshMs <= arrivedAt;
}

/** Private: a computation that was cut off. */
function isCutOff(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'UPSTREAM_TIMEOUT';
}

let ownCount = 0;
const partsOfErrors = new WeakMap<Error, Part>();

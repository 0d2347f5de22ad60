import type { Clock } from '../support/clock.js';
import { toError } from '../support/to-error.js';
import { encodeEntry } from './codec.js';
import { lifeMs } from './entry.js';
import type { CacheEvent, CacheStatus } from './events.js';
import { Flights, type Arrival, type Capture, type Flight } from './flights.js';
import type { KeyArguments } from './key.js';
import { land, type Found, type Landed } from './landing.js';
import { Lookup } from './lookup.js';
import { toLoaded, type Loaded } from './loaded.js';
import type { Namespaces } from './namespaces.js';
import { Parts } from './part.js';
import { resolvePolicy, type CachePolicy, type PolicyOptions, type TtlOverrides } from './policy.js';
import { ReadBatch } from './read-batch.js';
import { CacheStatistics } from './statistics.js';
import { createSlot, identityTag, type Slot } from './slot.js';
import { ifAway, type Store } from './stores/store.js';

export interface CacheOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly namespaces: Namespaces;
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

/** Computes many values at once, in their order; an Error in a value's place fails that one alone. */
export type Compute<V> = (misses: readonly Miss<V>[]) => Promise<readonly (V | Error)[]>;

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
 *
 * What makes it right is that the capture lies before the computation: whatever is raised while a value is computed has a mark above
 * the value's start, so the value is dead wherever and however late it is stored. A store that is away costs computations, never errors.
 */
export class Cache {
  readonly statistics: CacheStatistics;
  readonly #options: Required<CacheOptions>;
  readonly #lookup: Lookup;
  readonly #flights = new Flights<Landed>();
  readonly #policies = new WeakMap<object, CachePolicy>();

  constructor(options: CacheOptions) {
    this.#options = {
      ttlOverrides: {},
      enabled: true,
      isUpstreamFailure: () => false,
      onEvent: () => undefined,
      defer: setImmediate,
      ...options,
    };
    this.#lookup = new Lookup(new ReadBatch(options.store, this.#options.defer), options.clock);
    this.statistics = new CacheStatistics(options.clock.now());
  }

  get store(): Store {
    return this.#options.store;
  }

  /** The policy with its defaults and overrides. */
  policy<V>(options: PolicyOptions<V>): CachePolicy {
    let policy = this.#policies.get(options);
    if (!policy) this.#policies.set(options, (policy = resolvePolicy(options, this.#options.ttlOverrides)));
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
    const policy = this.policy(options);
    const begunAt = this.#options.clock.monotonic();
    const group: Group = { policy, force: load.force ?? false, compute: compute as Compute<unknown>, starting: [] };
    const { namespaces, enabled } = this.#options;
    const slots = keys.map((args) => createSlot(policy, args, { viewer: load.viewer, namespaces, enabled }));
    const arrived = await this.#arrive(slots, group);
    const answers = arrived.map(async (seen) => {
      const answer = await this.#decide(seen, group);
      this.#emit({
        type: 'resolved',
        name: policy.name,
        info: answer.info,
        tookMs: this.#options.clock.monotonic() - begunAt,
      });
      return answer as Loaded<V>;
    });
    this.#computeStarting(group);
    return Promise.all(answers.map((answer) => answer.catch(toError)));
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
    await this.#options.store.close();
  }

  /** One reading for all; a forced refresh ticks instead, and sees no entry. */
  async #arrive(slots: readonly Slot[], { force }: Group): Promise<Seen[]> {
    const at = this.#options.clock.monotonic();
    const alone = (slot: Slot): Seen => ({ slot, arrival: { kind: 'alone', at, forced: force } });
    if (force && slots.some((slot) => slot.key !== undefined)) {
      const tick = await this.#options.store.raise({ fields: [], kind: 'hard' }).catch(ifAway);
      return slots.map((slot) =>
        tick && slot.key !== undefined ? { slot, arrival: { kind: 'forced', forced: true, ...tick } } : alone(slot),
      );
    }
    return Promise.all(
      slots.map(async (slot) => {
        const looked = slot.key === undefined ? undefined : await this.#lookup.look(slot, slot.key).catch(ifAway);
        if (!looked) return alone(slot);
        return { slot, arrival: { kind: 'read', tide: looked.tide, tags: slot.tags }, found: looked.found };
      }),
    );
  }

  /** Serves what was found, joins a flight, or starts one. */
  async #decide(seen: Seen, group: Group): Promise<Loaded<unknown>> {
    const { slot, found } = seen;
    if (found?.state === 'fresh') return this.#answer(found, 'HIT', slot);
    if (found?.state === 'stale') {
      if (slot.key !== undefined && !this.#flights.isRunning(slot.key))
        this.#refreshBehind(this.#start(seen, group), slot);
      return this.#answer(found, 'STALE', slot);
    }
    try {
      return await this.#fly(seen, group);
    } catch (error) {
      if (found?.state === 'fallback' && this.#options.isUpstreamFailure(error))
        return this.#answer(found, 'STALE', slot);
      throw error;
    }
  }

  /** `mayJoin`: who has been handed one result that was too old computes by himself, so that nobody goes round for ever. */
  async #fly(seen: Seen, group: Group, mayJoin = true): Promise<Loaded<unknown>> {
    const { slot, arrival } = seen;
    const joined = mayJoin && slot.key !== undefined ? this.#flights.findJoinable(slot.key, arrival) : undefined;
    if (!joined) {
      const own = this.#start(seen, group, mayJoin);
      return this.#answer(await own.promise, this.#computedStatus(seen, group), slot);
    }
    const landed = await joined.promise;
    if (await this.#isYoung(landed, arrival)) {
      return this.#answer(landed, group.force ? 'REFRESHED' : arrival.kind === 'alone' ? 'BYPASS' : 'COALESCED', slot);
    }
    const [seenAgain = seen] = await this.#arrive([slot], group);
    if (seenAgain.found?.state === 'fresh') return this.#answer(seenAgain.found, 'HIT', slot);
    const again = this.#fly(seenAgain, group, false);
    // The others of its call have gone on.
    this.#computeStarting(group);
    return again;
  }

  /**
   * Whether a joined result is as young as one's own would be, its parts too: the request that computed it may remember parts from
   * before the arrival. What could not be checked is not believed, and what may not be shared is not.
   */
  async #isYoung({ entry, oldestAt, refusal }: Landed, arrival: Arrival): Promise<boolean> {
    if (refusal !== undefined) return false;
    if (arrival.kind === 'alone') return oldestAt >= arrival.at;
    const { generation, clock } = arrival.kind === 'forced' ? arrival : arrival.tide;
    if (entry.generation === generation && entry.tags.every(({ start }) => start >= clock)) return true;
    return arrival.kind === 'read' && (await this.#lookup.isValid(entry).catch(ifAway)) === true;
  }

  /** A flight of one's own: with the call's other misses, or, where an older one is still running, as the next. */
  #start({ slot, arrival, found }: Seen, group: Group, mayJoin = true): Flight<Landed> {
    const previous = found?.advances ? found.entry.value : undefined;
    const start = (flight: Flight<Landed>): void => void group.starting.push({ flight, slot, previous });
    const key = mayJoin && slot.key !== undefined ? slot.key : `own ${(ownCount += 1)}`;
    if (this.#flights.isRunning(key)) {
      return this.#flights.startNext(
        key,
        group.force,
        (flight) => void this.#beginNext(flight, { slot, previous: undefined, group }).catch(flight.fail),
      );
    }
    const flight = this.#flights.start(key, this.#captureOf(arrival), group.force);
    start(flight);
    return flight;
  }

  #captureOf(arrival: Arrival): Capture {
    if (arrival.kind === 'read') return { generation: arrival.tide.generation, clock: arrival.tide.clock };
    if (arrival.kind === 'forced') return { generation: arrival.generation, clock: arrival.clock };
    return { generation: undefined, clock: 0 };
  }

  /** The waiting flight's turn: it captures now, by a tick where anyone who waits forces. */
  async #beginNext(
    flight: Flight<Landed>,
    { slot, previous, group }: { slot: Slot; previous: unknown; group: Group },
  ): Promise<void> {
    const forced = flight.forced;
    const captured = forced
      ? await this.#options.store.raise({ fields: [], kind: 'hard' }).catch(ifAway)
      : await this.#lookup.readTide().catch(ifAway);
    flight.capture = { generation: captured?.generation, clock: captured?.clock ?? 0 };
    this.#computeStarting({ ...group, force: forced, starting: [{ flight, slot, previous }] });
  }

  /** Computes all that the call has to compute, together, and lands each. */
  #computeStarting(group: Group): void {
    const { policy, compute } = group;
    const starting = group.starting.splice(0);
    if (starting.length === 0) return;
    const begunAt = this.#options.clock.monotonic();
    const misses = starting.map(({ slot, previous, flight }) => ({
      args: slot.args,
      previous,
      parts: new Parts(),
      force: flight.forced,
    }));
    const failAll = (error: unknown) => starting.forEach(({ flight }) => flight.fail(error));
    void (async () => {
      const values = await compute(misses);
      if (values.length !== misses.length) {
        throw new TypeError(
          `${policy.name}: computes as many values as it is asked for (${misses.length}), but got ${values.length}.`,
        );
      }
      await this.#land(starting, misses, values, begunAt);
    })().catch(failAll);
  }

  async #land(
    starting: readonly Starting[],
    misses: readonly Miss<unknown>[],
    values: readonly unknown[],
    begunAt: number,
  ): Promise<void> {
    const landings: Landing[] = [];
    for (const [i, start] of starting.entries()) {
      const value = values[i];
      const parts = misses[i]?.parts ?? new Parts();
      if (value instanceof Error) start.flight.fail(value);
      else
        landings.push({
          ...start,
          landed: land(start.slot, start.flight.capture, { value, parts, begunAt }, this.#options.clock),
        });
    }
    for (const { landed, slot } of landings) {
      if (landed.refusal) this.#emit({ type: 'notStored', name: slot.policy.name, reason: landed.refusal });
    }
    // Before anybody is answered: who asks next, at whichever gateway, finds it.
    await this.#write(landings.filter(({ landed }) => landed.stored));
    await this.#endOlder(landings.filter(({ landed, flight }) => landed.stored && flight.forced));
    for (const { flight, landed } of landings) flight.land(landed);
  }

  /** A failed write costs a computation later, no more. */
  async #write(landings: readonly Landing[]): Promise<void> {
    if (landings.length === 0) return;
    for (const { slot, landed } of landings) if (lifeMs(landed.entry) > 0) this.#lookup.remember(slot, landed.entry);
    const writes = landings.map(({ slot, landed: { entry, begunAt } }) => ({
      key: slot.key ?? '',
      bytes: encodeEntry(entry),
      lifeMs: begunAt + lifeMs(entry) - this.#options.clock.monotonic(),
      generation: entry.generation,
      start: entry.start,
    }));
    await this.#options.store.write(writes).catch(ifAway);
  }

  /** Raises the identity tags of forced refreshes to their own starts: what embeds an older value ends, their own results live. */
  async #endOlder(landings: readonly Landing[]): Promise<void> {
    for (const to of new Set(landings.map(({ landed }) => landed.entry.start))) {
      const fields = landings
        .filter(({ landed }) => landed.entry.start === to)
        .map(({ slot }) => identityTag(slot).toLowerCase());
      await this.#options.store.raise({ fields, kind: 'hard', to }).catch(ifAway);
    }
  }

  #refreshBehind(flight: Flight<Landed>, { policy }: Slot): void {
    void flight.promise.catch((error: unknown) => this.#emit({ type: 'refreshFailed', name: policy.name, error }));
  }

  #computedStatus({ arrival }: Seen, { force }: Group): CacheStatus {
    return arrival.kind === 'alone' ? 'BYPASS' : force ? 'REFRESHED' : 'MISS';
  }

  #answer(found: Found | Landed, status: CacheStatus, slot: Slot): Loaded<unknown> {
    return toLoaded(found, status, { slot, layer: this.#options.store.layer, now: this.#options.clock.monotonic() });
  }

  #emit(event: CacheEvent): void {
    this.statistics.record(event);
    this.#options.onEvent(event);
  }
}

/** What a slot's owner saw of store and tide when it arrived. */
interface Seen {
  readonly slot: Slot;
  readonly arrival: Arrival;
  readonly found?: Found | undefined;
}

interface Starting {
  readonly flight: Flight<Landed>;
  readonly slot: Slot;
  readonly previous: unknown;
}

interface Landing extends Starting {
  readonly landed: Landed;
}

/** One call of loadMany. */
interface Group {
  readonly policy: CachePolicy;
  readonly force: boolean;
  readonly compute: Compute<unknown>;
  readonly starting: Starting[];
}

let ownCount = 0;

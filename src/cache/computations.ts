import type { Clock } from '../support/clock.js';
import { GatewayError } from '../support/gateway-error.js';
import type { Timers } from '../support/timers.js';
import { toError } from '../support/to-error.js';
import { TimeoutError, withTimeout } from '../support/with-timeout.js';
import { isAlone } from './alone.js';
import { lifeMs } from './entry.js';
import type { CacheEvent } from './events.js';
import type { Flight } from './flights.js';
import type { Group, Starting } from './group.js';
import { land, landFound, type Landed } from './landing.js';
import type { Found, Lookup } from './lookup.js';
import { Parts } from './part.js';
import type { CachePolicy } from './policy.js';
import { identityTag } from './slot.js';
import type { LockAsk } from './stores/locks.js';
import type { Store } from './stores/store.js';
import { ifAway } from './stores/store-unavailable-error.js';
import { toField } from './tide/tag.js';

/** Two readings of one entry's age differ by less. */
const AGE_TOLERANCE_MS = 200;

export interface ComputationsOptions {
  readonly store: Store;
  readonly lookup: Lookup;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly isNotFound: (error: Error) => error is GatewayError;
  readonly emit: (event: CacheEvent) => void;
}

/**
 * Brings flights to their landing: takes the locks that keep other processes from computing the same, computes, stores, and only then
 * answers, so that who asks next, at whichever process, finds it. Who finds a key locked waits for it and looks again.
 */
export class Computations {
  readonly #options: ComputationsOptions;

  constructor(options: ComputationsOptions) {
    this.#options = options;
  }

  /** Begins all that the group has to compute, together. Each flight lands or fails, whatever happens. */
  begin(group: Group): void {
    const starting = group.starting.splice(0);
    if (starting.length === 0) return;
    this.#begin(group, starting).catch((error: unknown) => starting.forEach(({ flight }) => flight.fail(error)));
  }

  async #begin(group: Group, starting: readonly Starting[]): Promise<void> {
    const { locks } = this.#options.store;
    const locked = locks ? starting.filter(isLocked) : [];
    const free = starting.filter((each) => !locked.includes(each));
    const outcomes = locked.length === 0 ? [] : await locks?.acquire(locked.map(toAsk(this.#now()))).catch(ifAway);
    // Who can't be asked for a lock keeps nobody from computing.
    const isOurs = (i: number) => outcomes === undefined || outcomes[i] === 'owned';
    for (const [i, each] of locked.entries()) if (!isOurs(i)) this.#follow(group, each, outcomes?.[i] === 'held');
    const ours = [...free, ...locked.filter((_, i) => isOurs(i))];
    await this.#compute(group, ours);
  }

  /** Another process computes, or has computed, the same. */
  #follow(group: Group, starting: Starting, isHeld: boolean): void {
    this.#wait(group, starting, isHeld).catch((error: unknown) => starting.flight.fail(error));
  }

  async #wait(group: Group, starting: Starting, isHeld: boolean): Promise<void> {
    const { store, lookup } = this.#options;
    const { flight, slot } = starting;
    const key = slot.key ?? '';
    const since = this.#now();
    let found = starting.found;
    for (let wait = isHeld; ;) {
      if (wait) await store.locks?.freed(key);
      // Memory would answer once more what has been replaced.
      else if (found) store.forget(key, found);
      const looked = await lookup.look(slot, key).catch(ifAway);
      if (!looked) break;
      found = looked.found;
      // There is an entry, and it can't be read: it is replaced.
      if (!wait && !found) break;
      if (found && satisfies(found, starting)) return flight.land(landFound(found));
      // A forced refresh keeps the clock of its arrival until it computes: what has it will do.
      if (!flight.forced) flight.capture = { generation: looked.tide.generation, clock: looked.tide.clock };
      if (this.#now() - since > group.policy.timeoutMs) break;
      const [outcome] = (await store.locks?.acquire([toAsk(this.#now())({ ...starting, found })]).catch(ifAway)) ?? [];
      if (outcome === undefined || outcome === 'owned') break;
      wait = outcome === 'held';
    }
    await this.#compute(group, [{ ...starting, found, isNext: true }]);
  }

  /** A forced refresh that waited captures as it begins: those who have come meanwhile may share it. */
  async #tick(flight: Flight<Landed>): Promise<void> {
    if (!flight.forced) return;
    const tick = await this.#options.store.raise({ fields: [], kind: 'hard' }).catch(ifAway);
    if (tick) flight.capture = { generation: tick.generation, clock: tick.clock };
  }

  /** Computes them all in one call. What it answers lands together, what it promises by itself. */
  async #compute({ policy, compute }: Group, starting: readonly Starting[]): Promise<void> {
    if (starting.length === 0) return;
    let together: readonly Starting[] = starting;
    try {
      await Promise.all(starting.filter(({ isNext }) => isNext).map(({ flight }) => this.#tick(flight)));
      const begunAt = this.#now();
      const misses = starting.map(({ slot, flight, found }) => ({
        args: slot.args,
        // By force everything is computed anew, also what could be advanced.
        previous: found?.advances && !flight.forced ? found.entry.value : undefined,
        parts: new Parts(),
        force: flight.forced,
      }));
      const values = await this.#valuesOf(policy, { count: misses.length, begunAt }, compute(misses));
      const outcomes = starting.map((each, i): Outcome => ({
        ...each,
        begunAt,
        value: values[i],
        parts: misses[i]?.parts ?? new Parts(),
      }));
      const promised = outcomes.filter(({ value }) => value instanceof Promise);
      together = outcomes.filter((outcome) => !promised.includes(outcome));
      for (const outcome of promised) this.#landLater(policy, outcome);
      await this.#land(
        policy,
        outcomes.filter((outcome) => !promised.includes(outcome)),
      );
    } finally {
      this.#release(together);
    }
  }

  #landLater(policy: CachePolicy, promised: Outcome): void {
    const landing = async () => {
      try {
        const { begunAt } = promised;
        const computing = Promise.resolve(promised.value).then((value) => [value]);
        const [value] = await this.#valuesOf(policy, { count: 1, begunAt }, computing);
        await this.#land(policy, [{ ...promised, value }]);
      } finally {
        this.#release([promised]);
      }
    };
    landing().catch((error: unknown) => promised.flight.fail(error));
  }

  /** Stores what was computed, and answers with it. */
  async #land(policy: CachePolicy, outcomes: readonly Outcome[]): Promise<void> {
    const landings = outcomes.flatMap((outcome): Landing[] => {
      const { flight, slot, value } = outcome;
      const notFound = this.#notFound(policy, value);
      if (value instanceof Error && !notFound) {
        flight.fail(value);
        return [];
      }
      const computed = { ...outcome, value: notFound ? undefined : value, notFound };
      const capture = flight.capture ?? { generation: undefined, clock: 0 };
      try {
        return [{ ...outcome, landed: land(slot, capture, computed, this.#options) }];
      } catch (error) {
        // A policy's own functions failed on this value.
        flight.fail(error);
        return [];
      }
    });
    await this.#store(landings);
    for (const { flight, landed } of landings) flight.land(landed);
  }

  /** One that nobody shares has taken no lock, and another flight of its key may have. */
  #release(done: readonly Starting[]): void {
    this.#options.store.locks?.release(done.filter(({ isShared }) => isShared).map(({ slot }) => slot.key ?? ''));
  }

  /** What fails as a whole fails each. */
  async #valuesOf(
    { name, timeoutMs }: CachePolicy,
    { count, begunAt }: { readonly count: number; readonly begunAt: number },
    computing: Promise<readonly unknown[]>,
  ): Promise<readonly unknown[]> {
    try {
      const values = await withTimeout(computing, timeoutMs - (this.#now() - begunAt), this.#options.timers);
      if (values.length === count) return values;
      throw new TypeError(`${name}: computes as many values as it is asked for (${count}), but got ${values.length}.`);
    } catch (error) {
      const late = error instanceof TimeoutError;
      const cut = `${name} was not computed within ${timeoutMs} ms.`;
      const failure = late ? new GatewayError('UPSTREAM_TIMEOUT', cut, {}, { cause: error }) : toError(error);
      return Array<Error>(count).fill(failure);
    }
  }

  #notFound({ negativeTtlMs }: CachePolicy, value: unknown): GatewayError | undefined {
    const isKept = negativeTtlMs !== undefined && value instanceof Error && this.#options.isNotFound(value);
    return isKept ? value : undefined;
  }

  /** A write that fails costs a computation later, no more. */
  async #store(landings: readonly Landing[]): Promise<void> {
    const { emit, store } = this.#options;
    for (const { slot, landed } of landings) {
      if (landed.refusal !== undefined) emit({ type: 'notStored', name: slot.policy.name, reason: landed.refusal });
    }
    const kept = landings.filter(({ landed }) => landed.stored && lifeMs(landed.entry) > 0);
    const writes = kept.map(({ slot, landed: { entry, begunAt } }) => ({ key: slot.key ?? '', entry, begunAt }));
    const refusals = writes.length === 0 ? [] : await store.write(writes).catch(ifAway);
    for (const [i, { slot }] of kept.entries()) {
      const reason = refusals?.[i]?.message;
      if (reason !== undefined) emit({ type: 'notStored', name: slot.policy.name, reason });
    }
    await this.#endOlder(landings.filter(({ landed, flight }) => landed.stored && flight.forced));
  }

  /** Raises the identity tags of forced refreshes to their own starts: what embeds an older value ends, their own results live. */
  async #endOlder(landings: readonly Landing[]): Promise<void> {
    for (const to of new Set(landings.map(({ landed }) => landed.entry.start))) {
      const fields = landings
        .filter(({ landed }) => landed.entry.start === to)
        .map(({ slot }) => toField(identityTag(slot)));
      await this.#options.store.raise({ fields, kind: 'hard', to }).catch(ifAway);
    }
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }
}

/** What came of a computation, or is promised. */
interface Outcome extends Starting {
  readonly value: unknown;
  readonly parts: Parts;
  /** Monotonic. */
  readonly begunAt: number;
}

interface Landing extends Starting {
  readonly landed: Landed;
}

/** Whether `found` is another computation's result than `seen`. */
export function isNewer(found: Found, seen: Found): boolean {
  if (found.entry.generation !== seen.entry.generation || found.entry.start !== seen.entry.start) return true;
  return found.begunAt > seen.begunAt + AGE_TOLERANCE_MS;
}

/** Private: of those that nobody else may share, or that may not be stored, other processes are not kept waiting. */
function isLocked({ isShared, flight: { capture } }: Starting): boolean {
  return isShared && capture?.generation !== undefined && !isAlone(capture.generation);
}

/** Private */
function toAsk(now: number): (starting: Starting) => LockAsk {
  return ({ slot, flight, found }) => ({
    key: slot.key ?? '',
    seen: found && {
      generation: found.entry.generation,
      start: found.entry.start,
      remainingMs: found.begunAt + lifeMs(found.entry) - now + AGE_TOLERANCE_MS,
    },
    least:
      flight.forced && flight.capture?.generation !== undefined
        ? { generation: flight.capture.generation, start: flight.capture.clock }
        : undefined,
  });
}

/** Private: whether another process's result is what the flight was to compute. */
function satisfies(found: Found, { flight, isEarly, found: seen }: Starting): boolean {
  if (found.state !== 'fresh') return false;
  if (isEarly && seen && !isNewer(found, seen)) return false;
  const { capture, forced } = flight;
  if (!forced) return true;
  const { generation, tags } = found.entry;
  return generation === capture?.generation && tags.every(({ start }) => start >= capture.clock);
}

import type { Clock } from '../support/clock.js';
import type { Arrival, Capture } from './flights.js';
import type { Found, Lookup } from './lookup.js';
import type { Slot } from './slot.js';
import type { Store } from './stores/store.js';
import { ifAway } from './stores/store-unavailable-error.js';

/** What a slot's owner saw of store and tide when it arrived. */
export interface Seen {
  readonly slot: Slot;
  readonly arrival: Arrival;
  readonly found?: Found | undefined;
}

export interface ArrivalsOptions {
  readonly store: Store;
  readonly lookup: Lookup;
  readonly clock: Clock;
  /** A place in the order of arrivals and flights. */
  readonly nextTurn: () => number;
}

/** The first step of a load: what is there, and the clock that is the capture for what is not. */
export class Arrivals {
  readonly #options: ArrivalsOptions;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  /** One reading for all; a forced refresh ticks instead, and sees no entry. */
  async arrive(slots: readonly Slot[], force: boolean): Promise<Seen[]> {
    const { store, lookup } = this.#options;
    const unseen = this.unseen(force);
    if (force && slots.some((slot) => slot.key !== undefined)) {
      const tick = await store.raise({ fields: [], kind: 'hard' }).catch(ifAway);
      return slots.map((slot) =>
        tick && slot.key !== undefined ? { slot, arrival: { kind: 'forced', forced: true, ...tick } } : unseen(slot),
      );
    }
    return Promise.all(
      slots.map(async (slot) => {
        const looked = slot.key === undefined ? undefined : await lookup.look(slot, slot.key).catch(ifAway);
        if (!looked) return unseen(slot);
        return { slot, arrival: { kind: 'read', tide: looked.tide, tags: slot.tags }, found: looked.found };
      }),
    );
  }

  /** Who comes now, of whom nothing is known but that. */
  unseen(forced: boolean): (slot: Slot) => Seen {
    const { clock, nextTurn } = this.#options;
    const [at, turn] = [clock.monotonic(), nextTurn()];
    return (slot) => ({ slot, arrival: { kind: 'alone', at, turn, forced } });
  }
}

/** The tide's clock as it was when somebody arrived: before anything that is computed for him. */
export function captureOf(arrival: Arrival): Capture {
  if (arrival.kind === 'read') return { generation: arrival.tide.generation, clock: arrival.tide.clock };
  if (arrival.kind === 'forced') return { generation: arrival.generation, clock: arrival.clock };
  return { generation: undefined, clock: 0 };
}

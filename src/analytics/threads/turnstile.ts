import { CancelledError } from '../../support/cancelled-error.js';
import { createDeferred, type Deferred } from '../../support/deferred.js';

export interface EnterOptions {
  readonly signal?: AbortSignal | undefined;
  /** Goes ahead of all who wait and are not urgent. */
  readonly isUrgent?: boolean;
}

/** Lets so many in at a time: the urgent first, and else in the order in which they came. */
export class Turnstile {
  #free: number;
  readonly #urgent = new Set<Deferred<void>>();
  readonly #others = new Set<Deferred<void>>();

  constructor(places: number) {
    this.#free = places;
  }

  /** How many wait for a place. */
  get waiting(): number {
    return this.#urgent.size + this.#others.size;
  }

  /** Resolves once there is a place, which is then to be left. Rejects with {@link CancelledError} where the signal aborts before. */
  async enter({ signal, isUrgent = false }: EnterOptions = {}): Promise<void> {
    if (signal?.aborted) throw new CancelledError('Cancelled before its turn.');
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const lane = isUrgent ? this.#urgent : this.#others;
    const turn = createDeferred();
    const giveUp = () => {
      if (lane.delete(turn)) turn.reject(new CancelledError('Cancelled before its turn.'));
    };
    lane.add(turn);
    signal?.addEventListener('abort', giveUp, { once: true });
    await turn.promise.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  leave(): void {
    const lane = this.#urgent.size > 0 ? this.#urgent : this.#others;
    const [next] = lane;
    if (!next) this.#free += 1;
    else {
      lane.delete(next);
      next.resolve();
    }
  }
}

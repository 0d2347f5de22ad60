import { CancelledError } from '../../support/cancelled-error.js';
import { createDeferred, type Deferred } from '../../support/deferred.js';

/** Lets so many in at a time, in the order in which they came. */
export class Turnstile {
  #free: number;
  readonly #waiting = new Set<Deferred<void>>();

  constructor(places: number) {
    this.#free = places;
  }

  /** Resolves once there is a place, which is then to be left. Rejects with {@link CancelledError} where the signal aborts before. */
  async enter(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw new CancelledError('Cancelled before its turn.');
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const turn = createDeferred();
    const giveUp = () => {
      if (this.#waiting.delete(turn)) turn.reject(new CancelledError('Cancelled before its turn.'));
    };
    this.#waiting.add(turn);
    signal?.addEventListener('abort', giveUp, { once: true });
    await turn.promise.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  leave(): void {
    const [next] = this.#waiting;
    if (!next) this.#free += 1;
    else {
      this.#waiting.delete(next);
      next.resolve();
    }
  }
}

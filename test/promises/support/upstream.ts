import type { Compute } from '../../../src/cache/index.js';
import { createDeferred } from '../../../src/support/deferred.js';

/**
 * What all instances of a process compute from. A computation reads first and may then be held, so that what it answers is what was
 * there when it began.
 */
export class Upstream {
  value = 1;
  /** Computations begun, a key each. */
  calls = 0;
  failure: Error | undefined;
  /** Calls of `compute` that run at the same time, and the most that ever did. */
  running = 0;
  mostRunning = 0;
  #gate: Promise<unknown> = Promise.resolve();
  readonly #waiting: { readonly count: number; readonly wake: () => void }[] = [];

  readonly compute: Compute<number> = async (misses) => {
    const { value, failure } = this;
    this.calls += misses.length;
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    for (const { count, wake } of this.#waiting) if (this.calls >= count) wake();
    try {
      await this.#gate;
      if (failure) throw failure;
      return misses.map(() => value);
    } finally {
      this.running -= 1;
    }
  };

  /** Computations that begin from now on end when what is returned has been called. */
  hold(): () => void {
    const { promise, resolve } = createDeferred();
    this.#gate = promise;
    return () => {
      this.#gate = Promise.resolve();
      resolve();
    };
  }

  /** When so many computations have begun. */
  async begun(count: number): Promise<void> {
    if (this.calls >= count) return;
    const { promise, resolve } = createDeferred();
    this.#waiting.push({ count, wake: resolve });
    await promise;
  }
}

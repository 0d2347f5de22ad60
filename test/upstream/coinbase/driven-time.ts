import type { Clock } from '../../../src/support/clock.js';
import type { Sleep } from '../../../src/upstream/coinbase/sleep.js';

/** Time that only a test moves. Both of its clocks show the same. */
export class DrivenTime {
  /** Every wait that was asked for, ms. */
  readonly slept: number[] = [];
  readonly #timers: { readonly at: number; wake(): void }[] = [];
  #now: number;

  constructor(start: number) {
    this.#now = start;
  }

  readonly clock: Clock = { now: () => this.#now, monotonic: () => this.#now };

  /** Takes no time of the test: time jumps to the end of the wait. */
  readonly skip: Sleep = (ms) => {
    this.slept.push(ms);
    this.#now += ms;
    return Promise.resolve();
  };

  /** Waits until the test advances. */
  readonly sleep: Sleep = (ms, signal) =>
    new Promise((resolve, reject) => {
      this.slept.push(ms);
      const onAbort = () => reject(new Error('aborted'));
      signal?.addEventListener('abort', onAbort);
      const wake = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#timers.push({ at: this.#now + ms, wake });
    });

  /** Moves on and lets what was waiting for it run. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      this.#timers.sort((a, b) => a.at - b.at);
      const next = this.#timers[0];
      if (!next || next.at > end) break;
      this.#timers.shift();
      this.#now = next.at;
      next.wake();
      await turn();
    }
    this.#now = end;
    await turn();
  }
}

/** One turn of the event loop: all that is ready has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

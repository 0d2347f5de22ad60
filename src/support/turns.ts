import { setImmediate } from 'node:timers/promises';

/** How long work may hold the event loop, ms. */
const TURN_MS = 10;

/** For long work in small parts: between two of them the event loop has its turn where the work has held it for long. */
export class Turns {
  readonly #now: () => number;
  #begunAt: number;

  /** `now` in ms, of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#begunAt = now();
  }

  async pass(): Promise<void> {
    if (this.#now() - this.#begunAt < TURN_MS) return;
    await setImmediate();
    this.#begunAt = this.#now();
  }
}

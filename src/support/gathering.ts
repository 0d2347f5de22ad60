import { createDeferred } from './deferred.js';
import type { Timers } from './timers.js';

/** Values that came at about the same time. */
export interface Gathered<T> {
  readonly values: readonly T[];
  /** How many have come so far, these included, and of how many. */
  readonly done: number;
  readonly total: number;
}

export interface GatheringOptions {
  readonly timers: Timers;
  /** How long is waited for others after a value has come, ms. */
  readonly forMs: number;
  /** The reader has gone before the last value came. */
  readonly onLeave: () => void;
}

/**
 * Values of promises that never reject, as they come: first, at once, those that are there, be they none, and then those that come. Unlike a
 * generator, which would first wait for the next value, it ends as soon as its reader goes. It is read by one reader, one value at a time.
 */
export class Gathering<T> implements AsyncIterableIterator<Gathered<T>> {
  readonly #options: GatheringOptions;
  readonly #total: number;
  readonly #left = createDeferred<IteratorReturnResult<undefined>>();
  readonly #complete = createDeferred();
  #some = createDeferred();
  #waiting: T[] = [];
  #done = 0;
  #hasBegun = false;
  #hasLeft = false;

  constructor(promises: readonly Promise<T>[], options: GatheringOptions) {
    this.#options = options;
    this.#total = promises.length;
    let missing = promises.length;
    if (missing === 0) this.#complete.resolve();
    for (const promise of promises) {
      void promise.then((value) => {
        this.#waiting.push(value);
        this.#some.resolve();
        if ((missing -= 1) === 0) this.#complete.resolve();
      });
    }
  }

  next(): Promise<IteratorResult<Gathered<T>, undefined>> {
    return Promise.race([this.#left.promise, this.#gather()]);
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    if (!this.#isOver()) {
      this.#hasLeft = true;
      this.#left.resolve(END);
      this.#options.onLeave();
    }
    return END;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #gather(): Promise<IteratorResult<Gathered<T>, undefined>> {
    if (this.#isOver()) return END;
    if (this.#hasBegun) {
      await this.#some.promise;
      await this.#others();
    } else {
      this.#hasBegun = true;
      // What was there before comes within this turn of the event loop.
      await new Promise(setImmediate);
    }
    const values = this.#waiting.splice(0);
    this.#some = createDeferred();
    this.#done += values.length;
    return { done: false, value: { values, done: this.#done, total: this.#total } };
  }

  /** Those that come soon after, or all. */
  async #others(): Promise<void> {
    const { timers, forMs } = this.#options;
    const { promise, resolve } = createDeferred();
    const cancel = timers.after(forMs, resolve);
    await Promise.race([promise, this.#complete.promise]);
    cancel();
  }

  #isOver(): boolean {
    return this.#hasLeft || (this.#hasBegun && this.#done === this.#total);
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

import type { Clock } from '../../src/support/clock.js';
import type { Cancel, Timers } from '../../src/support/timers.js';

interface Scheduled {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to go on, and timers that run by it. */
export class ManualClock implements Clock, Timers {
  #now: number;
  #monotonic = 0;
  #scheduled: Scheduled[] = [];

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, run: () => void): Cancel {
    const scheduled = { at: this.#monotonic + ms, run };
    this.#scheduled.push(scheduled);
    return () => {
      this.#scheduled = this.#scheduled.filter((each) => each !== scheduled);
    };
  }

  /** Runs what is due on the way, in order of time. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (;;) {
      const [next] = this.#scheduled.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (!next) break;
      this.#scheduled = this.#scheduled.filter((each) => each !== next);
      this.#pass(next.at - this.#monotonic);
      next.run();
    }
    this.#pass(end - this.#monotonic);
  }

  /** The wall clock alone, as somebody sets it. */
  setWall(now: number): void {
    this.#now = now;
  }

  #pass(ms: number): void {
    this.#now += ms;
    this.#monotonic += ms;
  }
}

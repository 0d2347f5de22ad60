import type { Clock } from '../../support/clock.js';

/** What a lease allows from the sending of the hold that granted it. A raise waits longer than this for who is silent. */
export const LEASE_MS = 900;

/** A moment on both clocks of this process. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

export function momentOf(clock: Clock): Moment {
  return { monotonic: clock.monotonic(), wall: clock.now() };
}

/**
 * The right to serve from memory without asking. It is read at each hit and has no timer: a process that was stopped finds it over when
 * it goes on. Whichever clock says first that it is over is believed: the monotonic one may stand still while a machine sleeps, and
 * the wall clock may be set back.
 */
export class Lease {
  readonly #clock: Clock;
  #from: Moment | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isHeld(): boolean {
    if (!this.#from) return false;
    const held = momentOf(this.#clock);
    const monotonic = held.monotonic - this.#from.monotonic;
    const wall = held.wall - this.#from.wall;
    return monotonic < LEASE_MS && wall < LEASE_MS && wall >= 0;
  }

  /** From when the hold was *sent*: what happened at the other end happened later. */
  grant(sentAt: Moment): void {
    this.#from = sentAt;
  }

  end(): void {
    this.#from = undefined;
  }
}

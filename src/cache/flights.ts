import { createDeferred } from '../support/deferred.js';
import type { TideReading } from './tide/tide.js';
import { validity } from './tide/validity.js';

/** The tide's clock before a computation; no generation: the store was away. */
export interface Capture {
  readonly generation: string | undefined;
  readonly clock: number;
}

/** Who asks, and what it saw of the tide after it arrived. */
export type Arrival =
  | { readonly kind: 'read'; readonly tide: TideReading; readonly tags: readonly string[] }
  /** A forced refresh with the clock that its tick set: only what began at that tick or later will do. */
  | { readonly kind: 'forced'; readonly forced: true; readonly generation: string; readonly clock: number }
  /** The store is away: nothing is known but the time of the arrival, on the monotonic clock. */
  | { readonly kind: 'alone'; readonly at: number; readonly turn: number; readonly forced: boolean };

/**
 * A computation under way. Until it has captured it can be joined by who has read the tide: its start will hardly lie before his, and
 * where it does, that shows when it lands.
 */
export class Flight<T> {
  readonly promise: Promise<T>;
  capture: Capture | undefined;
  /** Whether its parts are computed anew too; settled when it begins. */
  forced: boolean;
  /** When it began, in the order of arrivals; Infinity while it waits. */
  turn = Infinity;
  /** While it waits: the latest tick of those who forced it, which is what its result must have at least. */
  least: Capture | undefined;
  readonly land: (result: T) => void;
  readonly fail: (error: unknown) => void;

  constructor(capture: Capture | undefined, forced: boolean) {
    const { promise, resolve, reject } = createDeferred<T>();
    // A refresh behind a stale value may fail with nobody waiting.
    promise.catch(() => undefined);
    this.promise = promise;
    this.capture = capture;
    this.forced = forced;
    this.land = resolve;
    this.fail = reject;
  }
}

/** One computation per key at a time, and at most one that waits for it to end. */
export class Flights<T> {
  #turn = 0;
  readonly #running = new Map<string, Flight<T>>();
  readonly #waiting = new Map<string, Flight<T>>();

  /** A place in the order of arrivals and beginnings: a clock might stand still between two. */
  nextTurn(): number {
    return (this.#turn += 1);
  }

  /** The flight that `arrival` may share: one that no raise seen after the arrival has overtaken, or the one that waits. */
  findJoinable(key: string, arrival: Arrival): Flight<T> | undefined {
    const running = this.#running.get(key);
    if (running && isJoinable(running, arrival)) return running;
    const waiting = this.#waiting.get(key);
    if (waiting) join(waiting, arrival);
    return waiting;
  }

  isRunning(key: string): boolean {
    return this.#running.has(key);
  }

  /** Starts a flight; the caller has seen that none is running. */
  start(key: string, capture: Capture, forced: boolean): Flight<T> {
    return this.#run(key, new Flight<T>(capture, forced));
  }

  /** The one next flight of a key, begun as soon as the running one has ended. */
  startNext(key: string, arrival: Arrival, begin: (flight: Flight<T>) => void): Flight<T> {
    const flight = new Flight<T>(undefined, false);
    join(flight, arrival);
    const running = this.#running.get(key);
    this.#waiting.set(key, flight);
    const beginNow = () => {
      this.#waiting.delete(key);
      begin(this.#run(key, flight));
    };
    // Not on the promise alone: the running flight must have left the table, which it does in its own continuation, first.
    void Promise.resolve(running?.promise).then(beginNow, beginNow);
    return flight;
  }

  #run(key: string, flight: Flight<T>): Flight<T> {
    this.#running.set(key, flight);
    flight.turn = this.nextTurn();
    const leave = () => {
      if (this.#running.get(key) === flight) this.#running.delete(key);
    };
    void flight.promise.then(leave, leave);
    return flight;
  }
}

/** Private */
function join<T>(waiting: Flight<T>, arrival: Arrival): void {
  if (arrival.kind === 'read') return;
  waiting.forced ||= arrival.forced;
  if (arrival.kind === 'alone') return;
  const { least } = waiting;
  if (least?.generation === arrival.generation && least.clock >= arrival.clock) return;
  waiting.least = { generation: arrival.generation, clock: arrival.clock };
}

/** Private */
function isJoinable<T>({ capture, forced, turn }: Flight<T>, arrival: Arrival): boolean {
  // What was not begun by force may be made of parts from before the arrival, however late it began itself.
  if (arrival.kind !== 'read' && arrival.forced && !forced) return false;
  // What others have invalidated meanwhile is not known: only what began after the arrival will do.
  if (arrival.kind === 'alone') return turn > arrival.turn;
  if (capture === undefined) return true;
  switch (arrival.kind) {
    case 'forced':
      return capture.generation === arrival.generation && capture.clock >= arrival.clock;
    case 'read': {
      if (capture.generation === undefined) return false;
      const tags = arrival.tags.map((tag) => ({ tag, start: capture.clock }));
      return validity(capture.generation, tags, arrival.tide) !== 'invalid';
    }
  }
}

import type { Disturbances } from './disturbances.js';
import type { Computation, Operation } from './history.js';
import type { KeyEvent, KeyHistory } from './key-history.js';

/** How long after a computation everything that might excuse it has ended, ms. */
const SETTLED_MS = 12_000;
/** What happened so long before a computation may still have led to it, ms. */
const LEAD_MS = 2_000;

/** Two computations, and what had become of their key until then. */
export interface Duplicate {
  readonly first: Computation;
  readonly second: Computation;
  readonly events: readonly KeyEvent[];
}

/** A time, ms. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds two computations of one key at one time. They break a promise only where nothing excuses them: no invalidation or refresh of the
 * key around them, no gateway that could not reach Redis, no nemesis. That is known when all operations of their time have ended.
 */
export class DuplicateFinder {
  readonly counts = { within: 0, across: 0 };
  readonly #disturbances: Disturbances;
  readonly #onDuplicate: (duplicate: Duplicate) => void;
  readonly #recent = new Map<string, Computation[]>();
  readonly #excuses = new Map<string, Span[]>();
  readonly #alone: Span[] = [];
  #waiting: Duplicate[] = [];

  constructor(disturbances: Disturbances, onDuplicate: (duplicate: Duplicate) => void) {
    this.#disturbances = disturbances;
    this.#onDuplicate = onDuplicate;
  }

  add(computation: Computation, history: KeyHistory): void {
    const { key, start, end } = computation;
    const recent = (this.#recent.get(key) ?? []).filter((one) => one.end >= end - SETTLED_MS);
    for (const first of recent) {
      if (first.end <= start) continue;
      this.counts[first.gateway === computation.gateway ? 'within' : 'across'] += 1;
      this.#waiting.push({ first, second: computation, events: history.recent() });
    }
    this.#recent.set(key, [...recent, computation]);
    if (this.#waiting[0] && this.#waiting[0].second.end < end - SETTLED_MS) this.#judge(end - SETTLED_MS);
  }

  /** A write or a refresh of the key: computations around it may be meant to be two. */
  invalidated(key: string, { start, end }: Operation): void {
    const excuses = (this.#excuses.get(key) ?? []).filter((span) => span.end >= end - 2 * SETTLED_MS);
    this.#excuses.set(key, [...excuses, { start, end }]);
  }

  alone({ start, end }: Operation): void {
    this.#alone.push({ start, end });
    if (this.#alone.length > 10_000) this.#alone.splice(0, 5_000);
  }

  finish(): void {
    this.#judge(Infinity);
  }

  #judge(until: number): void {
    const settled = this.#waiting.filter(({ second }) => second.end < until);
    this.#waiting = this.#waiting.slice(settled.length);
    for (const duplicate of settled) {
      const { first, second } = duplicate;
      const from = Math.min(first.start, second.start);
      const to = Math.max(first.end, second.end);
      const touches = (span: Span) => span.start <= to && span.end >= from - LEAD_MS;
      if (this.#excuses.get(second.key)?.some(touches)) continue;
      if (this.#alone.some(touches)) continue;
      if (!this.#disturbances.isFair(from, to)) continue;
      this.#onDuplicate(duplicate);
    }
  }
}

import type { Disturbance } from './history.js';

const KEPT = 1_000;
/** How long after a disturbance its effects may still be seen, ms. */
const RECOVERY_MS = 3_000;

/** The nemeses' record: what may excuse an operation, and what is printed beside it. */
export class Disturbances {
  readonly counts = new Map<string, number>();
  readonly #now: () => number;
  #list: Disturbance[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins one; the function that is returned ends it. A wrong clock is `harmless`: it excuses nothing. */
  begin(what: string, { gateway, harmless = false }: { gateway?: string; harmless?: boolean } = {}): () => void {
    const disturbance: Disturbance = { what, gateway, harmless, start: this.#now(), end: undefined };
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
    this.#list = [...this.#list.slice(-KEPT), disturbance];
    return () => (disturbance.end ??= this.#now());
  }

  /** Those that went on at some moment of a time. */
  within(from: number, to: number): readonly Disturbance[] {
    return this.#list.filter(({ start, end = Infinity }) => start <= to && end >= from);
  }

  /** Whether nothing disturbed a time, nor what went before it. */
  isFair(from: number, to: number): boolean {
    return this.within(from - RECOVERY_MS, to).every(({ harmless, what }) => harmless || what === LASTING);
  }

  /** How long of a time a gateway was held by a disturbance of this name, ms. */
  lengthOf(what: GatewayDisturbance, gateway: string, from: number, to: number): number {
    return this.within(from, to)
      .filter((one) => one.what === what && one.gateway === gateway)
      .reduce((sum, { start, end = Infinity }) => sum + Math.min(end, to) - Math.max(start, from), 0);
  }
}

/** What is done to one life of a gateway. */
export type GatewayDisturbance = 'gateway killed' | 'gateway stopped';

/** A life that was ended stays ended: the nemesis that did it tells how long that disturbed the others. */
const LASTING: GatewayDisturbance = 'gateway killed';

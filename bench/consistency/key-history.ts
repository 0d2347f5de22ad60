import type { Computation, Operation } from './history.js';
import { Steps } from './steps.js';

/** So many events of a key are remembered to be printed. */
const KEPT = 30;

export type KeyEvent = Operation | Computation;

/** What is known of one register. */
export class KeyHistory {
  readonly #versions = new Steps();
  readonly #acknowledged = new Steps();
  /** By the gateway that wrote, which may be unable to tell the others. */
  readonly #own = new Map<string, Steps>();
  readonly #recent: KeyEvent[] = [];

  apply(at: number, version: number): void {
    this.#versions.rise(at, version);
  }

  /** From now on nobody reads less than this version; or nobody at one gateway. */
  acknowledge(at: number, version: number, gateway?: string): void {
    if (gateway === undefined) return this.#acknowledged.rise(at, version);
    let own = this.#own.get(gateway);
    if (!own) this.#own.set(gateway, (own = new Steps()));
    own.rise(at, version);
  }

  /** The version at the upstream. */
  versionAt(moment: number): number {
    return this.#versions.at(moment);
  }

  /** To everyone, or to one gateway. */
  acknowledgedAt(moment: number, gateway?: string): number {
    if (gateway === undefined) return this.#acknowledged.at(moment);
    return this.#own.get(gateway)?.at(moment) ?? 0;
  }

  remember(event: KeyEvent): void {
    this.#recent.push(event);
    if (this.#recent.length > 2 * KEPT) this.#recent.splice(0, KEPT);
  }

  /** The last events, in the order of their ends. */
  recent(): readonly KeyEvent[] {
    return this.#recent.slice(-KEPT);
  }
}

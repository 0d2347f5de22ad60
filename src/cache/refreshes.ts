/** Refreshes that run behind values which were served meanwhile: one per key, a bounded number, none after the end. */
export class Refreshes {
  readonly #most: number;
  readonly #running = new Set<string>();
  #isClosed = false;

  constructor(most: number) {
    this.#most = most;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** False: it did not begin, because there are too many. One of a key that is running, or after the end, is not begun again. */
  run(key: string, refresh: () => Promise<void>): boolean {
    if (this.#isClosed || this.#running.has(key)) return true;
    if (this.#running.size >= this.#most) return false;
    this.#running.add(key);
    void refresh().finally(() => this.#running.delete(key));
    return true;
  }

  close(): void {
    this.#isClosed = true;
  }
}

/** How much of the past is kept, ms: longer than any operation takes and any value lives. */
const KEPT_MS = 120_000;
const FORGET_AT = 1_024;

/** A number that only rises, over time: what it was at a moment is found in O(log n), and the distant past is forgotten. */
export class Steps {
  #at: number[] = [];
  #values: number[] = [];
  #forgetAt = FORGET_AT;

  /** `at` is never before an earlier call's. A value that is not above the present one changes nothing. */
  rise(at: number, value: number): void {
    const last = this.#values.at(-1);
    if (last !== undefined && value <= last) return;
    this.#at.push(at);
    this.#values.push(value);
    if (this.#at.length >= this.#forgetAt) this.#forget(at - KEPT_MS);
  }

  /** The value at a moment; 0 before the first step that is remembered, which errs towards no violation. */
  at(moment: number): number {
    return this.#values[this.#countUntil(moment) - 1] ?? 0;
  }

  /** Private: how many steps lie at or before the moment. */
  #countUntil(moment: number): number {
    let low = 0;
    let high = this.#at.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#at[middle] ?? Infinity) <= moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #forget(before: number): void {
    const first = Math.max(0, this.#countUntil(before) - 1);
    this.#at = this.#at.slice(first);
    this.#values = this.#values.slice(first);
    this.#forgetAt = Math.max(FORGET_AT, 2 * this.#at.length);
  }
}

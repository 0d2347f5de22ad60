/** An entry of a map that is bounded in bytes, and its place in the queue that it stands in. */
export interface Slot<V> {
  readonly key: string;
  value: V;
  bytes: number;
  /** Since it came, or since it was last spared; 3 at the most. */
  uses: number;
  queue: Fifo<V> | undefined;
  older: Slot<V> | undefined;
  newer: Slot<V> | undefined;
}

/** A queue of slots that knows its bytes. Its links are in the slots, so that one leaves from anywhere, and moving one allocates nothing. */
export class Fifo<V> {
  #bytes = 0;
  #oldest: Slot<V> | undefined;
  #newest: Slot<V> | undefined;

  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): Slot<V> | undefined {
    return this.#oldest;
  }

  /** Of a slot that stands in no queue. */
  push(slot: Slot<V>): void {
    slot.queue = this;
    slot.older = this.#newest;
    if (this.#newest) this.#newest.newer = slot;
    else this.#oldest = slot;
    this.#newest = slot;
    this.#bytes += slot.bytes;
  }

  /** Of a slot of this queue, before its bytes change. */
  remove(slot: Slot<V>): void {
    if (slot.older) slot.older.newer = slot.newer;
    else this.#oldest = slot.newer;
    if (slot.newer) slot.newer.older = slot.older;
    else this.#newest = slot.older;
    slot.queue = slot.older = slot.newer = undefined;
    this.#bytes -= slot.bytes;
  }

  clear(): void {
    this.#bytes = 0;
    this.#oldest = this.#newest = undefined;
  }
}

import { Fifo, type Slot } from './fifo.js';
import { Ghosts } from './ghosts.js';

export interface S3FifoMapOptions<V> {
  readonly maxBytes: number;
  /** For each entry that leaves for want of space, after it has left. It must not touch the map. */
  readonly onEvict?: (key: string, value: V) => void;
}

/** Of all bytes, what newcomers may hold before the first of them must prove its worth (Yang et al.). */
const SMALL_SHARE = 0.1;
/** Two bits, as in the paper: how often an entry is spared at the most. */
const MAX_USES = 3;
/**
 * How many entries one set may spare. Where all are in use it would otherwise go round them three times in one step; after so many
 * the oldest go, used or not.
 */
const MAX_SPARED = 512;

/**
 * A map that is bounded in bytes and evicts by S3-FIFO (Yang, Qiu, Zhang, Yue, Rashmi: FIFO queues are all you need for cache
 * eviction, SOSP 2023). A new entry waits in the small queue; used there, it moves on to the main queue, else it leaves as a ghost: its
 * key alone is remembered. A ghost that comes back goes to the main queue at once. There the oldest leaves, unless it was used since:
 * then it goes round again, with one use less. So a scan of keys that are asked for once passes through the small queue and
 * displaces nothing, and a use costs a count: no move, no allocation.
 *
 * Sizes come from the caller; `bytes <= maxBytes` after every operation. Ghosts, at most as many as entries, come on top with some
 * 50 bytes each. An eviction takes constant time on average: each sparing was paid for by a use.
 */
export class S3FifoMap<V> {
  readonly maxBytes: number;
  readonly #onEvict: ((key: string, value: V) => void) | undefined;
  readonly #slots = new Map<string, Slot<V>>();
  readonly #small = new Fifo<V>();
  readonly #main = new Fifo<V>();
  readonly #ghosts = new Ghosts();
  #evictions = 0;

  constructor({ maxBytes, onEvict }: S3FifoMapOptions<V>) {
    if (!(maxBytes >= 0)) throw new RangeError(`maxBytes must be a number from 0 up, but got ${maxBytes}.`);
    this.maxBytes = maxBytes;
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#slots.size;
  }

  get bytes(): number {
    return this.#small.bytes + this.#main.bytes;
  }

  get evictions(): number {
    return this.#evictions;
  }

  /** Counts as a use. */
  get(key: string): V | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    if (slot.uses < MAX_USES) slot.uses += 1;
    return slot.value;
  }

  /** Counts as none. */
  peek(key: string): V | undefined {
    return this.#slots.get(key)?.value;
  }

  /** An entry that is replaced keeps its queue and its uses. False: larger than the bound, and there is no entry of that key now. */
  set(key: string, value: V, bytes: number): boolean {
    if (!(bytes >= 0)) throw new RangeError(`An entry's bytes must be a number from 0 up, but got ${bytes}.`);
    if (bytes > this.maxBytes) {
      this.delete(key);
      return false;
    }
    const present = this.#slots.get(key);
    const queue = present?.queue ?? (this.#ghosts.take(key) ? this.#main : this.#small);
    const slot = present ?? { key, value, bytes, uses: 0, queue: undefined, older: undefined, newer: undefined };
    // Out of its queue first: making room must not evict what it is made for.
    present?.queue?.remove(present);
    this.#makeRoom(bytes);
    slot.value = value;
    slot.bytes = bytes;
    queue.push(slot);
    this.#slots.set(key, slot);
    return true;
  }

  delete(key: string): boolean {
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    slot.queue?.remove(slot);
    return this.#slots.delete(key);
  }

  clear(): void {
    this.#slots.clear();
    this.#small.clear();
    this.#main.clear();
    this.#ghosts.clear();
  }

  /** In no order that is promised; counts as no use. */
  *entries(): IterableIterator<[key: string, value: V]> {
    for (const [key, slot] of this.#slots) yield [key, slot.value];
  }

  #makeRoom(bytes: number): void {
    const smallBytes = this.maxBytes * SMALL_SHARE;
    let spared = 0;
    while (this.bytes + bytes > this.maxBytes) {
      const fromSmall = this.#small.bytes > smallBytes || this.#main.oldest === undefined;
      const queue = fromSmall ? this.#small : this.#main;
      const slot = queue.oldest;
      if (slot === undefined) return;
      queue.remove(slot);
      if (slot.uses === 0 || spared === MAX_SPARED) {
        this.#evict(slot, fromSmall);
      } else {
        slot.uses = fromSmall ? 0 : slot.uses - 1;
        this.#main.push(slot);
        spared += 1;
      }
    }
  }

  #evict(slot: Slot<V>, isNewcomer: boolean): void {
    this.#slots.delete(slot.key);
    this.#evictions += 1;
    if (isNewcomer) this.#ghosts.add(slot.key);
    this.#ghosts.trim(this.#slots.size);
    this.#onEvict?.(slot.key, slot.value);
  }
}

/**
 * The keys that left lately, oldest forgotten first. It keeps 32-bit hashes: a key with its slot in a set costs some 170 bytes, a
 * number 40 to 75. Two keys of one hash are taken for each other, which costs a place and never a wrong value.
 */
export class Ghosts {
  readonly #hashes = new Set<number>();
  /** Lives as long as the set: a new iterator would pass over all that was deleted before the oldest, each time. */
  readonly #oldest = this.#hashes.values();

  get size(): number {
    return this.#hashes.size;
  }

  add(key: string): void {
    this.#hashes.add(hashOf(key));
  }

  /** Whether it was there; it is not any longer. */
  take(key: string): boolean {
    return this.#hashes.size > 0 && this.#hashes.delete(hashOf(key));
  }

  /** Forgets the oldest beyond so many. */
  trim(most: number): void {
    while (this.#hashes.size > most) {
      const { value, done } = this.#oldest.next();
      // Never while any are left: what the iterator has passed is gone.
      if (done) return;
      this.#hashes.delete(value);
    }
  }

  clear(): void {
    this.#hashes.clear();
  }
}

/**
 * Private: FNV-1a (Fowler, Noll, Vo) over the whole key, because the keys of two fields with the same arguments end alike. As a signed
 * number, which V8 keeps in the set's own slot. It needs no secret seed: a client's arguments enter keys behind a SHA-256, and what
 * it could find by search brings a key of its own into the cache, as asking twice does.
 */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash | 0;
}

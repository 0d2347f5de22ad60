/** What the memory tier's map is compared to: bounded in bytes, the least recently used leaves first. */
export class LruMap<V> {
  readonly #slots = new Map<string, { readonly value: V; readonly bytes: number }>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor({ maxBytes }: { readonly maxBytes: number }) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): V | undefined {
    const slot = this.#slots.get(key);
    if (!slot) return undefined;
    this.#slots.delete(key);
    this.#slots.set(key, slot);
    return slot.value;
  }

  /** Of a key that is not there. */
  set(key: string, value: V, bytes: number): void {
    this.#slots.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const [oldest, slot] of this.#slots) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#slots.delete(oldest);
      this.#bytes -= slot.bytes;
    }
  }
}

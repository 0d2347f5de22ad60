import type { Clock } from '../../support/clock.js';
import { MemoryTide } from '../tide/memory-tide.js';
import type { Raise, Raised } from '../tide/tide.js';
import type { Store, StoredEntry, StoreHealth, StoreReading, StoreSize, StoreWrite } from './store.js';

/** What a map costs beside an entry's key and bytes: the slot, the record and the Buffer's own object. */
const OVERHEAD_BYTES = 256;
const SWEEP_MS = 10_000;

interface Slot extends StoreWrite {
  /** On the monotonic clock. */
  readonly expiresAt: number;
  readonly size: number;
}

/** Entries of a single process: bounded in bytes, the least recently used leaves first. */
export class MemoryStore implements Store {
  readonly layer = 'MEMORY';
  readonly #slots = new Map<string, Slot>();
  readonly #tide: MemoryTide;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #sweeper: NodeJS.Timeout;
  #bytes = 0;
  #evictions = 0;

  constructor(options: { readonly clock: Clock; readonly maxBytes: number }) {
    this.#clock = options.clock;
    this.#maxBytes = options.maxBytes;
    this.#tide = new MemoryTide(options.clock);
    this.#sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  async read(keys: readonly string[], fields: readonly string[]): Promise<StoreReading> {
    return { entries: keys.map((key) => this.#get(key)), tide: this.#tide.read(fields) };
  }

  async write(writes: readonly StoreWrite[]): Promise<void> {
    for (const write of writes) {
      const present = this.#slots.get(write.key);
      if (present && present.generation === write.generation && present.start > write.start) continue;
      this.#delete(write.key);
      const size = write.bytes.length + 2 * write.key.length + OVERHEAD_BYTES;
      if (size > this.#maxBytes || write.lifeMs <= 0) continue;
      this.#slots.set(write.key, { ...write, size, expiresAt: this.#clock.monotonic() + write.lifeMs });
      this.#bytes += size;
      this.#evict();
    }
  }

  async raise(raise: Raise): Promise<Raised> {
    return this.#tide.raise(raise);
  }

  /** Drops what has expired; by itself every 10 s. */
  sweep(): void {
    const now = this.#clock.monotonic();
    for (const [key, slot] of this.#slots) if (slot.expiresAt <= now) this.#delete(key);
  }

  health(): StoreHealth {
    return { available: true, latencyMs: undefined, pendingRaises: 0, message: undefined };
  }

  async size(): Promise<StoreSize> {
    return { entries: this.#slots.size, bytes: this.#bytes, maxBytes: this.#maxBytes, evictions: this.#evictions };
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#slots.clear();
    this.#bytes = 0;
  }

  #get(key: string): StoredEntry | undefined {
    const slot = this.#slots.get(key);
    if (!slot) return undefined;
    const remainingMs = slot.expiresAt - this.#clock.monotonic();
    this.#slots.delete(key);
    if (remainingMs <= 0) {
      this.#bytes -= slot.size;
      return undefined;
    }
    this.#slots.set(key, slot);
    return { bytes: slot.bytes, remainingMs };
  }

  #delete(key: string): void {
    const slot = this.#slots.get(key);
    if (!slot) return;
    this.#slots.delete(key);
    this.#bytes -= slot.size;
  }

  #evict(): void {
    for (const key of this.#slots.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#delete(key);
      this.#evictions += 1;
    }
  }
}

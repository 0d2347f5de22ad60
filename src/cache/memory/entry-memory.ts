import type { Clock } from '../../support/clock.js';
import { isImmutable } from '../../support/is-immutable.js';
import { decodeEntry, encodeEntry } from '../codec.js';
import { lifeMs } from '../entry.js';
import type { StoredEntry, StoreWrite } from '../stores/store.js';
import { estimateBytes } from './estimate-bytes.js';
import { S3FifoMap } from './s3-fifo-map.js';

/** What a slot costs beside its key and its value: the records and the map's own. */
const OVERHEAD_BYTES = 512;

/** An entry in memory. */
export interface Remembered extends StoredEntry {
  /** The tide's clock at which its tags were last found valid; -Infinity: they never were as a whole. */
  readonly checkedAt: number;
}

interface Slot extends Remembered {
  checkedAt: number;
  /** Of a value that somebody could change: it is another one for each reader. */
  readonly bytes: Buffer | undefined;
  readonly expiresAt: number;
}

/** The entries of this process, decoded, and bounded in bytes. */
export class EntryMemory {
  readonly #clock: Clock;
  readonly #slots: S3FifoMap<Slot>;

  constructor({ clock, maxBytes }: { readonly clock: Clock; readonly maxBytes: number }) {
    this.#clock = clock;
    this.#slots = new S3FifoMap({ maxBytes });
  }

  get(key: string): Remembered | undefined {
    const slot = this.#slots.get(key);
    if (!slot) return undefined;
    if (slot.expiresAt <= this.#clock.monotonic()) {
      this.#slots.delete(key);
      return undefined;
    }
    if (!slot.bytes) return slot;
    const entry = decodeEntry(slot.bytes);
    return entry && { ...slot, entry };
  }

  /** Never replaces an entry of the same generation that has a later start. Throws UnstorableError. */
  set({ key, entry, begunAt }: StoreWrite, checkedAt = -Infinity): void {
    const present = this.#slots.peek(key);
    if (present && present.entry.generation === entry.generation && present.entry.start > entry.start) return;
    const expiresAt = begunAt + lifeMs(entry);
    if (expiresAt <= this.#clock.monotonic()) {
      this.#slots.delete(key);
      return;
    }
    const bytes = isImmutable(entry.value) ? undefined : encodeEntry(entry);
    const size =
      OVERHEAD_BYTES + 2 * key.length + estimateBytes(entry.tags) + (bytes?.length ?? estimateBytes(entry.value));
    const kept = { entry: bytes ? { ...entry, value: undefined } : entry, bytes, begunAt, checkedAt, expiresAt };
    this.#slots.set(key, { ...kept, layer: 'MEMORY' }, size);
  }

  /** Its tags were found valid at `checkedAt`. */
  check(key: string, stored: StoredEntry, checkedAt: number): void {
    const slot = this.#slots.peek(key);
    if (slot && isSame(slot, stored)) slot.checkedAt = Math.max(slot.checkedAt, checkedAt);
  }

  /** Unless it has been replaced. */
  delete(key: string, stored: StoredEntry): void {
    const slot = this.#slots.peek(key);
    if (slot && isSame(slot, stored)) this.#slots.delete(key);
  }

  /** Drops what has expired. */
  sweep(): void {
    const now = this.#clock.monotonic();
    for (const [key, { expiresAt }] of this.#slots.entries()) if (expiresAt <= now) this.#slots.delete(key);
  }

  clear(): void {
    this.#slots.clear();
  }

  size(): { readonly entries: number; readonly bytes: number; readonly maxBytes: number; readonly evictions: number } {
    const { size, bytes, maxBytes, evictions } = this.#slots;
    return { entries: size, bytes, maxBytes, evictions };
  }
}

/** Private: of one computation. The start alone does not tell, where the tide stood still between two. */
function isSame(one: StoredEntry, other: StoredEntry): boolean {
  return one.begunAt === other.begunAt && one.entry.start === other.entry.start;
}

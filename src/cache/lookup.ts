import type { Clock } from '../support/clock.js';
import { decodeEntry } from './codec.js';
import { adoptImmutable, entryState, lifeMs, type Entry } from './entry.js';
import { FieldHints } from './field-hints.js';
import type { Found } from './landing.js';
import type { ReadBatch } from './read-batch.js';
import type { Slot } from './slot.js';
import { markFields } from './tide/tag.js';
import type { TideReading } from './tide/tide.js';
import { validity } from './tide/validity.js';

/** A slot as it was at one moment: the tide, whose clock is the capture for a miss, and the entry, where there was one. */
export interface Looked {
  readonly tide: TideReading;
  readonly found: Found | undefined;
}

/** Reads entries with the marks of all their tags. */
export class Lookup {
  readonly #reads: ReadBatch;
  readonly #clock: Clock;
  readonly #hints = new FieldHints();

  constructor(reads: ReadBatch, clock: Clock) {
    this.#reads = reads;
    this.#clock = clock;
  }

  /** One round trip; two where the entry turns out to have tags that nobody expected. */
  async look(slot: Slot, key: string): Promise<Looked> {
    const askedAt = this.#clock.monotonic();
    const asked = [...slot.fields, ...this.#hints.of(key)];
    const { stored, tide: first } = await this.#reads.read(key, asked);
    const decoded = stored && decodeEntry(stored.bytes);
    if (!stored || !decoded) return { tide: first, found: undefined };
    const fields = this.#hints.remember(key, decoded.tags);
    const known = new Set(asked);
    // Together with the marks already seen: clock and marks belong together.
    const tide = fields.every((field) => known.has(field))
      ? first
      : (await this.#reads.read(undefined, [...slot.fields, ...fields])).tide;
    const entry = adoptImmutable(decoded, tide);
    const begunAt = askedAt + stored.remainingMs - lifeMs(entry);
    return { tide, found: { entry, begunAt, state: entryState(entry, this.#clock.monotonic() - begunAt, tide) } };
  }

  /** Whether an entry that was judged by its slot's tags is valid by those too that only it knows. */
  async isValid(entry: Entry, slot: Slot): Promise<boolean> {
    const known = new Set(slot.fields);
    const fields = entry.tags.flatMap(({ tag }) => markFields(tag));
    if (fields.every((field) => known.has(field))) return true;
    const { tide } = await this.#reads.read(undefined, fields);
    return validity(entry.generation, entry.tags, tide) !== 'invalid';
  }

  /** The tide alone. */
  async readTide(): Promise<TideReading> {
    return (await this.#reads.read(undefined, [])).tide;
  }

  /** The tags of an entry that has just been made, for its next look. */
  remember({ key }: Slot, { tags }: Entry): void {
    if (key !== undefined) this.#hints.remember(key, tags);
  }
}

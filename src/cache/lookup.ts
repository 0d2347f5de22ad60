import type { Clock } from '../support/clock.js';
import { decodeEntry } from './codec.js';
import { entryState, lifeMs, mayAdvance, type Entry } from './entry.js';
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
    const begunAt = askedAt + stored.remainingMs - lifeMs(decoded);
    const state = entryState(decoded, this.#clock.monotonic() - begunAt, tide);
    return { tide, found: { entry: decoded, begunAt, state, advances: mayAdvance(decoded, state, tide) } };
  }

  /** Whether no tag of an entry is above its start by marks that are read now. */
  async isValid({ generation, tags }: Entry): Promise<boolean> {
    const fields = tags.flatMap(({ tag }) => markFields(tag));
    const { tide } = await this.#reads.read(undefined, fields);
    return validity(generation, tags, tide) !== 'invalid';
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

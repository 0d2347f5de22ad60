import type { Clock } from '../support/clock.js';
import { entryState, mayAdvance, type Entry, type EntryState } from './entry.js';
import { ReadBatch } from './read-batch.js';
import type { Slot } from './slot.js';
import type { Store, StoredEntry } from './stores/store.js';
import { markFields, type TagStart } from './tide/tag.js';
import type { TideReading } from './tide/tide.js';
import { validity, type Validity } from './tide/validity.js';

/** An entry and what may be done with it. */
export interface Found extends StoredEntry {
  readonly state: EntryState;
  /** The next computation may start from it. */
  readonly advances: boolean;
}

/** A slot as it was at one moment: the tide, whose clock is the capture for a miss, and the entry, where there was one. */
export interface Looked {
  readonly tide: TideReading;
  readonly found: Found | undefined;
}

/** Finds entries, and whether they are valid: without asking anybody where the store can tell, else with the marks of all their tags. */
export class Lookup {
  readonly #store: Store;
  readonly #reads: ReadBatch;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock, defer: (flush: () => void) => void) {
    this.#store = store;
    this.#reads = new ReadBatch(store, defer);
    this.#clock = clock;
  }

  /** A fresh entry, in this step. */
  peek(key: string): Found | undefined {
    const stored = this.#store.peek(key);
    if (!stored) return undefined;
    const found = this.#found(stored, 'valid');
    return found.state === 'fresh' ? found : undefined;
  }

  /** One round trip; two where the entry turns out to have tags that nobody expected. */
  async look(slot: Slot, key: string): Promise<Looked> {
    const asked = new Set([...slot.fields, ...fieldsOf(this.#store.tagsOf(key))]);
    const first = await this.#reads.read(key, [...asked]);
    if (!first.stored) return { tide: first.tide, found: undefined };
    const { stored } = first;
    const checked = this.#store.check(stored.entry);
    const fields = fieldsOf(stored.entry.tags);
    const isCovered = checked !== undefined || fields.every((field) => asked.has(field));
    // Together with the marks already seen: clock and marks belong together.
    const { tide } = isCovered ? first : await this.#reads.read(undefined, [...slot.fields, ...fields]);
    const valid = checked ?? validity(stored.entry.generation, stored.entry.tags, tide);
    if (valid === 'invalid') {
      this.#store.forget(key, stored);
      // Others may have replaced it.
      if (stored.layer === 'MEMORY' && this.#store.locks) return this.look(slot, key);
    } else if (stored.layer === 'REDIS' || valid === 'valid') {
      this.#store.remember(key, stored, valid === 'valid' && checked === undefined ? tide.clock : -Infinity);
    }
    return { tide, found: this.#found(stored, valid) };
  }

  /** Whether no tag of an entry is above its start, by marks as they are now. */
  async isValid(entry: Entry): Promise<boolean> {
    const checked = this.#store.check(entry);
    if (checked !== undefined) return checked !== 'invalid';
    const { tide } = await this.#reads.read(undefined, fieldsOf(entry.tags));
    return validity(entry.generation, entry.tags, tide) !== 'invalid';
  }

  /** The tide alone. */
  async readTide(): Promise<TideReading> {
    return (await this.#reads.read(undefined, [])).tide;
  }

  #found(stored: StoredEntry, valid: Validity): Found {
    const state = entryState(stored.entry, this.#clock.monotonic() - stored.begunAt, valid);
    return { ...stored, state, advances: mayAdvance(state, valid) };
  }
}

/** Private */
function fieldsOf(tags: readonly TagStart[]): readonly string[] {
  return [...new Set(tags.flatMap(({ tag }) => markFields(tag)))];
}

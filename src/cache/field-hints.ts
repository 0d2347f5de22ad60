import { markFields, type TagStart } from './tide/tag.js';

/** Fields of all hints together: some 20 MB at the most. */
const MOST_FIELDS = 100_000;

/**
 * Which marks an entry's tags needed when this process last saw it: most entries are made of the same parts as before, so their marks
 * are asked for along with the entry, which saves the second look. Only a hint: what it does not name is looked up.
 */
export class FieldHints {
  readonly #fields = new Map<string, readonly string[]>();
  #size = 0;

  of(key: string): readonly string[] {
    return this.#fields.get(key) ?? [];
  }

  /** Remembers the tags of an entry as it was seen or made; answers their fields. */
  remember(key: string, tags: readonly TagStart[]): readonly string[] {
    const fields = [...new Set(tags.flatMap(({ tag }) => markFields(tag)))];
    this.#forget(key);
    this.#fields.set(key, fields);
    this.#size += fields.length;
    for (const oldest of this.#fields.keys()) {
      if (this.#size <= MOST_FIELDS) break;
      this.#forget(oldest);
    }
    return fields;
  }

  #forget(key: string): void {
    this.#size -= this.#fields.get(key)?.length ?? 0;
    this.#fields.delete(key);
  }
}

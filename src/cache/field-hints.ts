import { markFields, type TagStart } from './tide/tag.js';

const REMEMBERED = 10_000;

/**
 * Which marks an entry's tags needed when this process last saw it: most entries are made of the same parts as before, so their marks
 * are asked for along with the entry, which saves the second look. Only a hint: what it does not name is looked up.
 */
export class FieldHints {
  readonly #fields = new Map<string, readonly string[]>();

  of(key: string): readonly string[] {
    return this.#fields.get(key) ?? [];
  }

  /** Remembers the tags of an entry as it was seen or made; answers their fields. */
  remember(key: string, tags: readonly TagStart[]): readonly string[] {
    const fields = [...new Set(tags.flatMap(({ tag }) => markFields(tag)))];
    this.#fields.delete(key);
    this.#fields.set(key, fields);
    const [oldest] = this.#fields.keys();
    if (this.#fields.size > REMEMBERED && oldest !== undefined) this.#fields.delete(oldest);
    return fields;
  }
}

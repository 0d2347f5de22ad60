import type { Origin } from './policy.js';
import { toField } from './tide/tag.js';

/**
 * The worlds that this gateway's values belong to: a namespace for each origin, which begins every key and is the first level of every
 * tag. Gateways of different markets or databases share a Redis and never meet; those of one share its entries.
 */
export class Namespaces {
  readonly #known = new Map<Origin, string>();

  /** `name` holds no colon: it is the first level of a tag. */
  set(origin: Origin, name: string): void {
    if (name.includes(':')) throw new TypeError(`A namespace has no colon, but got: ${name}`);
    // In lower case, as the fields of marks are: what is raised by its name must be what readers look at.
    this.#known.set(origin, name.toLowerCase());
  }

  /** Undefined while the origin is not open yet; nothing of it is cached until then. */
  get(origin: Origin): string | undefined {
    return this.#known.get(origin);
  }

  /**
   * The mark fields of a tag as people write it: `analysis:BTC-USD`, a trailing `:*` for the prefix, `*` for everything, and
   * `source:api` or `source:database` for an origin. A tag does not tell its origin, so it is raised in all.
   */
  fieldsOf(tag: string): string[] {
    const prefix = tag.replace(/:\*$/, '');
    if (prefix === '*') return [...this.#known.values()];
    const origin = ORIGIN_TAGS.get(prefix);
    if (origin) return [this.#known.get(origin) ?? []].flat();
    return [...this.#known.values()].map((namespace) => `${namespace}:${toField(prefix)}`);
  }
}

/** A map: tags may be named like what every object has. */
const ORIGIN_TAGS: ReadonlyMap<string, Origin> = new Map([
  ['source:api', 'api'],
  ['source:database', 'database'],
]);

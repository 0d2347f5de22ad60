import type { CacheInfo } from './events.js';

/**
 * What one request was told of the values that it was handed: from the value to its CacheInfo. Of the request, because the same value
 * may be a MISS to one and COALESCED to another.
 */
export class Provenance {
  readonly #infos = new WeakMap<object, CacheInfo>();

  /**
   * Remembers how `value` came. A plain object or a list is copied first, one level deep, so that two fields which share it are told
   * apart; of anything else nothing is known.
   */
  hand<V>(value: V, info: CacheInfo): V {
    if (!isCopyable(value)) return value;
    const own = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as V & object;
    this.#infos.set(own, info);
    return own;
  }

  /** Like {@link hand}, for a list whose items are asked how they came. */
  handEach<V>(values: readonly V[], info: CacheInfo): V[] {
    return this.hand(
      values.map((value) => this.hand(value, info)),
      info,
    );
  }

  /** What is taken out of a value came as the value did. */
  handFrom<V>(value: V, whole: unknown): V {
    const info = this.of(whole);
    return info ? this.hand(value, info) : value;
  }

  of(value: unknown): CacheInfo | undefined {
    return typeof value === 'object' && value !== null ? this.#infos.get(value) : undefined;
  }
}

/** Private */
function isCopyable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

import { Decimal } from 'decimal.js';

/**
 * Whether nobody who is handed the value can change it: primitives, Decimals, and plain objects and arrays of such that are frozen
 * all the way down. A frozen Date, Map, Set or Buffer still changes, and what an instance of a class does nobody knows.
 */
export function isImmutable(value: unknown): boolean {
  return isImmutableWithin(value, 0);
}

/** Private: of what is deeper, or goes in a circle, it is not known, and the careful answer is given. */
const MAX_DEPTH = 500;

/** Private */
function isImmutableWithin(value: unknown, depth: number): boolean {
  if (typeof value === 'function') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (!isPlain(value)) return value instanceof Decimal;
  if (!Object.isFrozen(value) || depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((element) => isImmutableWithin(element, depth + 1));
  // Not Object.values, which takes twice as long on what is frozen.
  return Object.keys(value).every((name) => isImmutableWithin(value[name], depth + 1));
}

/** Private */
function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

/**
 * Freezes plain objects and arrays all the way down, also below what was frozen already, and in a circle: a value that several
 * requests share cannot be changed by one of them. It cannot stop a Date, Map, Set or Buffer from changing; see isImmutable.
 */
export function deepFreeze<T>(value: T): T {
  freeze(value, new Set());
  if (isFreezable(value)) frozenWhole.add(value);
  return value;
}

/** Private: what was handed out before and goes into something larger is not walked again. */
const frozenWhole = new WeakSet<object>();

/**
 * Private: `passed` are those that were met frozen. What was not frozen is new and need not be remembered: met again it is frozen,
 * and walked a second time, but no third.
 */
function freeze(value: unknown, passed: Set<object>): void {
  if (!isFreezable(value)) return;
  if (Object.isFrozen(value)) {
    if (frozenWhole.has(value) || passed.has(value)) return;
    passed.add(value);
  } else {
    Object.freeze(value);
  }
  if (Array.isArray(value)) for (const element of value) freeze(element, passed);
  // Not Object.values, which takes twice as long on what is frozen.
  else for (const name of Object.keys(value)) freeze(value[name], passed);
}

/** Private: other objects have ways of their own to change, which freezing would break or not reach. */
function isFreezable(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

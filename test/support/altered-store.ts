import type { Store } from '../../src/cache/stores/store.js';

/** A store of which some operations are other ones. */
export function alteredStore(store: Store, changes: Partial<Store>): Store {
  return {
    locks: store.locks,
    peek: (key) => store.peek(key),
    check: (entry) => store.check(entry),
    tagsOf: (key) => store.tagsOf(key),
    read: (keys, fields) => store.read(keys, fields),
    remember: (key, stored, checkedAt) => store.remember(key, stored, checkedAt),
    forget: (key, stored) => store.forget(key, stored),
    write: (writes) => store.write(writes),
    raise: (raise) => store.raise(raise),
    keepMarksFor: (ms) => store.keepMarksFor(ms),
    health: () => store.health(),
    sizes: () => store.sizes(),
    close: () => store.close(),
    ...changes,
  };
}

/** The store without what it can tell unasked: every look is a read, and every entry is judged by the marks that were read with it. */
export function askedStore(store: Store, changes: Partial<Store> = {}): Store {
  return alteredStore(store, { peek: () => undefined, check: () => undefined, ...changes });
}

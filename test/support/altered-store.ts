import type { Store } from '../../src/cache/stores/store.js';

/** A store of which some operations are other ones. */
export function alteredStore(store: Store, changes: Partial<Store>): Store {
  return {
    layer: store.layer,
    read: (keys, fields) => store.read(keys, fields),
    write: (writes) => store.write(writes),
    raise: (raise) => store.raise(raise),
    health: () => store.health(),
    size: () => store.size(),
    close: () => store.close(),
    ...changes,
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../src/cache/stores/store.js';

/** Waits until a store on a real Redis is believed, or no longer is; five seconds at most. */
export async function whenTrusted(store: Store, trusted = true): Promise<void> {
  for (let waited = 0; waited < 5_000; waited += 5) {
    if (store.health().available === trusted) return;
    await sleep(5);
  }
  throw new Error(`The store never came to be ${trusted ? 'believed' : 'doubted'}: ${store.health().message}`);
}

import type { Store, StoredEntry } from './stores/store.js';
import type { TideReading } from './tide/tide.js';

export interface BatchedReading {
  readonly stored: StoredEntry | undefined;
  readonly tide: TideReading;
}

interface Ask {
  readonly key: string | undefined;
  readonly fields: readonly string[];
  readonly resolve: (reading: BatchedReading) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers all reads of a tick into one round trip. The flush waits for `setImmediate`, past promises and `process.nextTick`, where
 * DataLoader dispatches: so what fields ask for directly and what their loaders ask for go together.
 */
export class ReadBatch {
  readonly #store: Store;
  readonly #defer: (flush: () => void) => void;
  #asks: Ask[] = [];

  constructor(store: Store, defer: (flush: () => void) => void = setImmediate) {
    this.#store = store;
    this.#defer = defer;
  }

  /** An entry, where a key is given, and the marks of `fields`, read together. */
  read(key: string | undefined, fields: readonly string[]): Promise<BatchedReading> {
    return new Promise((resolve, reject) => {
      if (this.#asks.length === 0) this.#defer(() => void this.#flush());
      this.#asks.push({ key, fields, resolve, reject });
    });
  }

  async #flush(): Promise<void> {
    const asks = this.#asks;
    this.#asks = [];
    const keys = [...new Set(asks.flatMap(({ key }) => (key === undefined ? [] : [key])))];
    const fields = [...new Set(asks.flatMap((ask) => ask.fields))];
    try {
      const { entries, tide } = await this.#store.read(keys, fields);
      const byKey = new Map(keys.map((key, i) => [key, entries[i]]));
      for (const { key, resolve } of asks) resolve({ stored: key === undefined ? undefined : byKey.get(key), tide });
    } catch (error) {
      for (const { reject } of asks) reject(error);
    }
  }
}

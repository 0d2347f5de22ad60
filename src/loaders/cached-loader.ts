import DataLoader from 'dataloader';
import {
  agelessPart,
  partOfError,
  type Cache,
  type Compute,
  type KeyArguments,
  type Loaded,
  type Parts,
  type PolicyOptions,
  type Provenance,
} from '../cache/index.js';
import { stableStringify } from '../support/stable-stringify.js';
import { toError } from '../support/to-error.js';

export interface CachedLoaderOptions<V> {
  readonly cache: Cache;
  readonly provenance: Provenance;
  readonly policy: PolicyOptions<V>;
  readonly compute: Compute<V>;
  readonly viewer?: string | undefined;
}

/** How a value is wanted. */
export interface Wanted {
  /** Computed anew, and what it is made of. */
  readonly force?: boolean;
  /** Of the value that is made of this one. */
  readonly parts?: Parts;
  /** Only what does not age is taken from the value, such as its closed candles: its tags are inherited, its freshness and identity are not. */
  readonly closedOnly?: boolean;
}

interface Ask<K> {
  readonly key: K;
  readonly force: boolean;
}

/** Values of one policy for one request, batched per tick. Every value that it hands out can be asked how it came (Provenance). */
export class CachedLoader<K extends KeyArguments, V> {
  readonly #options: CachedLoaderOptions<V>;
  readonly #loads: DataLoader<Ask<K>, Loaded<V>, string>;

  constructor(options: CachedLoaderOptions<V>) {
    this.#options = options;
    this.#loads = new DataLoader((asks: readonly Ask<K>[]) => this.#loadBatch(asks), { cacheKeyFn: stableStringify });
  }

  async load(key: K, wanted: Wanted = {}): Promise<V> {
    const loading = this.#loads.load({ key, force: wanted.force ?? false });
    const { value, info, part } = await loading.catch((error: unknown) => {
      const missing = partOfError(error);
      if (missing) wanted.parts?.add(missing);
      throw error;
    });
    wanted.parts?.add(wanted.closedOnly ? agelessPart(part) : part);
    return this.#options.provenance.hand(value, info);
  }

  /** In the order of the keys; one that fails is an Error in its place. */
  loadMany(keys: readonly K[], wanted: Wanted = {}): Promise<(V | Error)[]> {
    return Promise.all(keys.map((key) => this.load(key, wanted).catch(toError)));
  }

  /** Once all have been looked up, each as it comes; one that fails rejects. Nothing is remembered for the request. */
  async loadEach(keys: readonly K[], { force = false }: Pick<Wanted, 'force'> = {}): Promise<Promise<V>[]> {
    const { cache, policy, compute, viewer, provenance } = this.#options;
    const loading = await cache.loadEach(policy, keys, compute, { force, viewer });
    return loading.map(async (each) => {
      const loaded = await each;
      if (loaded instanceof Error) throw loaded;
      return provenance.hand(loaded.value, loaded.info);
    });
  }

  clear(): void {
    this.#loads.clearAll();
  }

  async #loadBatch(asks: readonly Ask<K>[]): Promise<(Loaded<V> | Error)[]> {
    const { cache, policy, compute, viewer } = this.#options;
    const [plain, forced] = await Promise.all(
      [false, true].map(async (force) => {
        const keys = asks.filter((ask) => ask.force === force).map(({ key }) => key);
        return keys.length === 0 ? [] : cache.loadMany(policy, keys, compute, { force, viewer });
      }),
    );
    const next = { plain: plain?.values(), forced: forced?.values() };
    return asks.map(({ force }) => (force ? next.forced : next.plain)?.next().value ?? new Error('A load was lost.'));
  }
}

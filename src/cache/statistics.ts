import type { CacheEvent, CacheLayer, CacheStatus } from './events.js';

export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  readonly stale: number;
  readonly coalesced: number;
  readonly refreshed: number;
  readonly bypassed: number;
}

export interface NameStatistics {
  readonly name: string;
  readonly counts: CacheCounts;
  /** Of the last 512 resolutions, ms, ascending. */
  readonly durationsMs: readonly number[];
}

const WINDOW = 512;

const COUNTER: Readonly<Record<CacheStatus, keyof CacheCounts>> = {
  HIT: 'hits',
  MISS: 'misses',
  STALE: 'stale',
  COALESCED: 'coalesced',
  REFRESHED: 'refreshed',
  BYPASS: 'bypassed',
};

/** Counts of this process since it started; every resolution that was answered counts exactly once. */
export class CacheStatistics {
  readonly since: number;
  readonly #names = new Map<string, { counts: Record<keyof CacheCounts, number>; durations: number[]; next: number }>();
  readonly #hitsByLayer: Record<CacheLayer, number> = { MEMORY: 0, REDIS: 0 };

  constructor(since: number) {
    this.since = since;
  }

  record(event: CacheEvent): void {
    if (event.type !== 'resolved') return;
    const { name, info, tookMs } = event;
    let of = this.#names.get(name);
    if (!of) this.#names.set(name, (of = { counts: noCounts(), durations: [], next: 0 }));
    of.counts[COUNTER[info.status]] += 1;
    of.durations[of.next] = tookMs;
    of.next = (of.next + 1) % WINDOW;
    if (info.layer) this.#hitsByLayer[info.layer] += 1;
  }

  byName(): NameStatistics[] {
    return [...this.#names]
      .map(([name, { counts, durations }]) => ({ name, counts, durationsMs: [...durations].sort((a, b) => a - b) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  total(): CacheCounts {
    const total = noCounts();
    for (const { counts } of this.#names.values()) {
      for (const status of Object.values(COUNTER)) total[status] += counts[status];
    }
    return total;
  }

  hits(layer: CacheLayer): number {
    return this.#hitsByLayer[layer];
  }
}

/** Private */
function noCounts(): Record<keyof CacheCounts, number> {
  return { hits: 0, misses: 0, stale: 0, coalesced: 0, refreshed: 0, bypassed: 0 };
}

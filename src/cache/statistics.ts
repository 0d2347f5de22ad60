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

/** Whether what was computed was what was cached. */
export interface ShadowCounts {
  readonly matches: number;
  readonly mismatches: number;
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

/** Counts of this process since it started; every resolution counts exactly once. */
export class CacheStatistics {
  readonly since: number;
  readonly #names = new Map<string, { counts: Record<keyof CacheCounts, number>; durations: number[]; next: number }>();
  readonly #failures = new Map<string, number>();
  readonly #shadows = new Map<string, ShadowCounts>();
  readonly #hitsByLayer: Record<CacheLayer, number> = { MEMORY: 0, REDIS: 0 };

  constructor(since: number) {
    this.since = since;
  }

  record(event: CacheEvent): void {
    if (event.type === 'failed') this.#failures.set(event.name, this.failures(event.name) + 1);
    if (event.type === 'shadowed') this.#recordShadow(event.name, event.matches);
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

  /** Resolutions that ended in an error: with the counts they are all that there were. */
  failures(name: string): number {
    return this.#failures.get(name) ?? 0;
  }

  /** Of hits under a shadow policy. */
  shadow(name: string): ShadowCounts {
    return this.#shadows.get(name) ?? { matches: 0, mismatches: 0 };
  }

  hits(layer: CacheLayer): number {
    return this.#hitsByLayer[layer];
  }

  #recordShadow(name: string, matched: boolean): void {
    const { matches, mismatches } = this.shadow(name);
    const counts = matched ? { matches: matches + 1, mismatches } : { matches, mismatches: mismatches + 1 };
    this.#shadows.set(name, counts);
  }
}

/** Private */
function noCounts(): Record<keyof CacheCounts, number> {
  return { hits: 0, misses: 0, stale: 0, coalesced: 0, refreshed: 0, bypassed: 0 };
}

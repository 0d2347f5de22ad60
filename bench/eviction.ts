import { S3FifoMap } from '../src/cache/memory/s3-fifo-map.js';
import { hitRate } from '../test/cache/memory/hit-rate.js';
import { LruMap } from '../test/cache/memory/lru-map.js';
import { createTraces, type Trace } from '../test/cache/memory/traces.js';
import type { Measurement } from './run.js';

const ENTRIES = 10_000;
const VALUE_BYTES = 2_000;
/** The mean of mixedBytes. */
const MIXED_BYTES = 5_480;
const REQUESTS = 500_000;

/** Hit rates of the memory tier's map beside LRU's, and the most that any cache of that size can reach. */
export async function benchEviction(): Promise<readonly Measurement[]> {
  return Object.entries(createTraces(ENTRIES, REQUESTS)).flatMap(([name, trace]) => {
    const alike = compare(trace, ENTRIES * VALUE_BYTES, () => VALUE_BYTES);
    const mixed = compare(trace, ENTRIES * MIXED_BYTES, mixedBytes);
    return [
      { what: `${name}: LRU`, value: alike.lru, unit: '% hits' },
      { what: `${name}: S3-FIFO`, value: alike.ours, unit: '% hits', ...against(alike) },
      { what: `${name}: the limit`, value: 100 * limit(trace, ENTRIES), unit: '% hits' },
      { what: `${name}, of all sizes: LRU`, value: mixed.lru, unit: '% hits' },
      { what: `${name}, of all sizes: S3-FIFO`, value: mixed.ours, unit: '% hits', ...against(mixed) },
    ];
  });
}

/** Private: in percent. */
interface HitRates {
  readonly lru: number;
  readonly ours: number;
}

/** Private */
function compare(trace: Trace, maxBytes: number, bytesOf: (key: string) => number): HitRates {
  return {
    lru: 100 * hitRate(new LruMap<true>({ maxBytes }), trace, bytesOf),
    ours: 100 * hitRate(new S3FifoMap<true>({ maxBytes }), trace, bytesOf),
  };
}

/** Private: nothing where LRU has no hits to be compared to. */
function against({ lru, ours }: HitRates): Pick<Measurement, 'against'> {
  return lru > 0 ? { against: { what: 'as many as LRU', ratio: ours / lru } } : {};
}

/** Private: a tenth are series of 40 kB, a fifth are small, the others 2 kB; the same for the same key. */
function mixedBytes(key: string): number {
  const share = (Math.imul(Number(key.slice(key.indexOf(':') + 1)) + 1, 0x9e3779b1) >>> 0) / 2 ** 32;
  if (share < 0.1) return 40_000;
  return share < 0.3 ? 400 : VALUE_BYTES;
}

/**
 * Private: Belady's optimum for entries of one size, which may also pass by what comes last: of all keys, those stay that are asked
 * for again the soonest.
 */
function limit(trace: Trace, entries: number): number {
  const nextUses = findNextUses(trace);
  const kept = new Map<string, number>();
  const latest = new LatestFirst();
  let hits = 0;
  trace.forEach((key, i) => {
    const next = nextUses[i] ?? Infinity;
    if (kept.has(key)) hits += 1;
    kept.set(key, next);
    latest.push({ key, next });
    while (kept.size > entries) {
      const candidate = latest.pop();
      // One that was used since stands further on, too.
      if (candidate && kept.get(candidate.key) === candidate.next) kept.delete(candidate.key);
    }
  });
  return hits / trace.length;
}

/** Private: at each request, when its key is asked for again. */
function findNextUses(trace: Trace): number[] {
  const upcoming = new Map<string, number>();
  const nextUses: number[] = new Array<number>(trace.length);
  for (let i = trace.length - 1; i >= 0; i -= 1) {
    const key = trace[i] ?? '';
    nextUses[i] = upcoming.get(key) ?? Infinity;
    upcoming.set(key, i);
  }
  return nextUses;
}

/** Private */
interface Use {
  readonly key: string;
  readonly next: number;
}

/** Private: a binary heap. */
class LatestFirst {
  readonly #uses: Use[] = [];

  push(use: Use): void {
    let at = this.#uses.push(use) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#nextAt(parent) >= use.next) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): Use | undefined {
    this.#swap(0, this.#uses.length - 1);
    const first = this.#uses.pop();
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const child = this.#nextAt(left + 1) > this.#nextAt(left) ? left + 1 : left;
      if (this.#nextAt(child) <= this.#nextAt(at)) return first;
      this.#swap(at, child);
      at = child;
    }
  }

  /** Below all where there is none. */
  #nextAt(index: number): number {
    return this.#uses[index]?.next ?? -1;
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#uses[a], this.#uses[b]];
    if (!first || !second) return;
    this.#uses[a] = second;
    this.#uses[b] = first;
  }
}

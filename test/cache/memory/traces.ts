/** Keys in the order in which they are asked for. */
export type Trace = readonly string[];

/**
 * Sequences that a cache of so many entries is tried on, the same ones for the same seed: a popular few among ten times as many keys
 * (Zipf, exponent 0.9); these with scans of keys that are asked for once; another popular few from time to time; what was asked for
 * lately, ever new; a loop over half as many again.
 */
export function createTraces(entries: number, length: number, seed = 1): Readonly<Record<string, Trace>> {
  const keys = entries * 10;
  return {
    zipf: zipf(keys, length, seed),
    'zipf with scans': withScans(zipf(keys, length, seed), entries),
    'shifting zipf': shifting(zipf(keys, length, seed), entries),
    recency: recency(entries * 2, length, seed),
    loop: toKeys(length, (i) => i % (entries * 1.5)),
  };
}

/** Numbers in [0, 1), the same for the same seed: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Private: the key of rank r is asked for in proportion to 1 / r ** 0.9. */
function zipf(keys: number, length: number, seed: number): Trace {
  const random = createRandom(seed);
  const reached = new Float64Array(keys);
  let sum = 0;
  for (let rank = 0; rank < keys; rank += 1) reached[rank] = sum += (rank + 1) ** -0.9;
  return toKeys(length, () => firstAbove(reached, random() * sum));
}

/** Private: a fifth of it are scans, each of as many keys as the cache holds entries. */
function withScans(trace: Trace, entries: number): Trace {
  let scanned = 0;
  return trace.map((key, i) => (i % (entries * 5) < entries * 4 ? key : `scan:${(scanned += 1)}`));
}

/** Private: after ten times the cache's entries, every rank is another key's, but for those that come back from further down. */
function shifting(trace: Trace, entries: number): Trace {
  return trace.map(
    (key, i) => `key:${(Number(key.slice(4)) + Math.floor(i / (entries * 10)) * entries) % (entries * 10)}`,
  );
}

/** Private: seven of ten are what was asked for before, the more likely the later it was. */
function recency(reach: number, length: number, seed: number): Trace {
  const random = createRandom(seed);
  const asked: number[] = [];
  return toKeys(length, (i) => {
    const back = Math.floor(random() ** 3 * Math.min(i, reach)) + 1;
    const id = random() < 0.7 ? (asked[i - back] ?? i) : i;
    asked.push(id);
    return id;
  });
}

/** Private */
function toKeys(length: number, idAt: (i: number) => number): Trace {
  const keys = new Map<number, string>();
  return Array.from({ length }, (_, i) => {
    const id = idAt(i);
    const key = keys.get(id) ?? `key:${id}`;
    keys.set(id, key);
    return key;
  });
}

/** Private: the index of the first number that is above, of numbers that rise. */
function firstAbove(numbers: Float64Array, value: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

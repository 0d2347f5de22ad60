import type { Trace } from './traces.js';

/** The part of the requests that a cache answers where every miss is stored. */
export function hitRate(
  cache: { get(key: string): true | undefined; set(key: string, value: true, bytes: number): unknown },
  trace: Trace,
  bytesOf: (key: string) => number,
): number {
  let hits = 0;
  for (const key of trace) {
    if (cache.get(key)) hits += 1;
    else cache.set(key, true, bytesOf(key));
  }
  return hits / trace.length;
}

import { createSampleValues } from './sample-values.js';

/** A program, to be run with --expose-gc: prints what the sample values cost, `{ NAME: bytes }`, by filling the heap with them. */
const MEASURED_BYTES = 8_000_000;

process.stdout.write(
  JSON.stringify(Object.fromEntries(Object.entries(createSampleValues()).map(([name, make]) => [name, measure(make)]))),
);

/** Private: of so many that the process' own ups and downs, some 100 kB, do not show. */
function measure(make: () => unknown): number {
  const few = bytesOf(make, 20);
  return bytesOf(make, Math.ceil(MEASURED_BYTES / Math.max(few, 100)));
}

/** Private: of each, the array that holds them apart. */
function bytesOf(make: () => unknown, copies: number): number {
  const held: unknown[] = new Array(copies).fill(undefined);
  const before = usedBytes();
  for (let i = 0; i < copies; i += 1) held[i] = make();
  const bytes = (usedBytes() - before) / copies;
  if (held.length !== copies) throw new Error('The values must be held until they have been measured.');
  return bytes;
}

/** Private: buffers lie outside the heap. */
function usedBytes(): number {
  if (!globalThis.gc) throw new Error('Run it with --expose-gc.');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

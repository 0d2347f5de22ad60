import { randomUUID } from 'node:crypto';
import type { Entry } from './entry.js';

/** How long a value may be served while the store is away, from the beginning of its computation, where its policy says nothing else. */
export const ALONE_MS = 2_000;

/** A generation of the tide of a process that is alone. */
export function aloneGeneration(): string {
  return `alone:${randomUUID()}`;
}

/** Whether a value was computed by a process that was alone: others may have invalidated it unheard. */
export function isAlone(generation: string): boolean {
  return generation.startsWith('alone:');
}

/** The entry with no more life than it may have alone. */
export function aloneEntry(entry: Entry): Entry {
  if (entry.alone === 'ttl') return entry;
  const freshMs = Math.min(entry.freshMs, ALONE_MS);
  return { ...entry, freshMs, jitterMs: 0, staleForMs: 0, staleIfErrorMs: 0, keepForMs: 0 };
}

import type { Part } from './part.js';
import { isIdentity } from './slot.js';

/**
 * The part of which only what never changes is taken, such as closed candles: it does not age, and to compute it anew comes to the same, so
 * that a forced refresh of it ends nothing that is made of it. Its tags do.
 */
export function agelessPart(part: Part): Part {
  return {
    ...part,
    tags: part.tags.filter(({ tag }) => !isIdentity(tag)),
    freshUntil: Infinity,
    staleUntil: Infinity,
    staleIfErrorUntil: Infinity,
  };
}

import type { MarkKind, Raise } from './tide.js';

/** Fields of one raise at the most: its script runs alone in Redis. */
const MOST_FIELDS = 1_000;

/**
 * Raises that failed. All go to the clock as it is when they are made up for (where a forced refresh would have raised to may be of a tide
 * that is gone), so their number and order mean nothing: each field is kept once.
 */
export class PendingRaises {
  readonly #fields: Readonly<Record<MarkKind, Set<string>>> = { hard: new Set(), soft: new Set() };
  #count = 0;

  /** How many raises failed. */
  get count(): number {
    return this.#count;
  }

  add({ fields, kind }: Raise): void {
    for (const field of fields) this.#fields[kind].add(field);
    this.#count += 1;
  }

  addAll(others: PendingRaises): void {
    const count = this.#count + others.count;
    for (const raise of others.raises()) this.add(raise);
    this.#count = count;
  }

  raises(): readonly Raise[] {
    return (['hard', 'soft'] as const).flatMap((kind) => {
      const fields = [...this.#fields[kind]];
      const pages = Array.from({ length: Math.ceil(fields.length / MOST_FIELDS) }, (_, page) => page * MOST_FIELDS);
      return pages.map((from) => ({ kind, fields: fields.slice(from, from + MOST_FIELDS) }));
    });
  }
}

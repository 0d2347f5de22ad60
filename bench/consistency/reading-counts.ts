import type { Answered, Field } from './history.js';

/** How readings were answered: a checker whose reads never hit the cache would prove nothing. */
export class ReadingCounts {
  /** By `HIT MEMORY`, `MISS` and so on. */
  readonly byStatus = new Map<string, number>();
  alone = 0;
  /** While no nemesis was at work nor had been shortly before. */
  readonly fair = { readings: 0, alone: 0 };
  readonly #fairByField = new Map<Field, { hits: number; all: number }>();
  #hits = 0;
  #all = 0;

  add(field: Field, { readings, alone }: Answered, isFair: boolean): void {
    const ofField = this.#fairByField.get(field) ?? { hits: 0, all: 0 };
    this.#fairByField.set(field, ofField);
    for (const { status = 'NONE', layer } of readings) {
      const name = layer ? `${status} ${layer}` : status;
      const isHit = status === 'HIT' || status === 'STALE';
      this.byStatus.set(name, (this.byStatus.get(name) ?? 0) + 1);
      this.#all += 1;
      if (isHit) this.#hits += 1;
      if (alone) this.alone += 1;
      if (!isFair) continue;
      this.fair.readings += 1;
      if (alone) this.fair.alone += 1;
      ofField.all += 1;
      if (isHit) ofField.hits += 1;
    }
  }

  /** The share of readings that the cache answered. */
  get hitShare(): number {
    return this.#all === 0 ? 0 : this.#hits / this.#all;
  }

  /** The same of one field in fair weather; undefined where too few were read to tell. */
  fairHitShare(field: Field): number | undefined {
    const { hits = 0, all = 0 } = this.#fairByField.get(field) ?? {};
    return all < 200 ? undefined : hits / all;
  }
}

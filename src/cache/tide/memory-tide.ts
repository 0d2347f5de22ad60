import { randomUUID } from 'node:crypto';
import type { Clock } from '../../support/clock.js';
import type { Mark, Raise, Raised, TideReading } from './tide.js';

/** The tide of a single process, where no Redis is: the same rules on a map. */
export class MemoryTide {
  readonly #generation = randomUUID();
  readonly #floor: number;
  readonly #marks = new Map<string, Mark>();
  readonly #time: Clock;
  #clock: number;

  constructor(time: Clock) {
    this.#time = time;
    this.#clock = this.#floor = time.now() * 1_000;
  }

  read(fields: readonly string[]): TideReading {
    const marks = new Map<string, Mark>();
    for (const field of fields) {
      const mark = this.#marks.get(field);
      if (mark) marks.set(field, mark);
    }
    return { generation: this.#generation, clock: this.#clock, floor: this.#floor, marks };
  }

  raise({ fields, kind, to }: Raise): Raised {
    this.#clock = Math.max(this.#clock + 1, this.#time.now() * 1_000);
    for (const field of fields) {
      const mark = this.#marks.get(field) ?? { hard: 0, soft: 0 };
      this.#marks.set(field, { ...mark, [kind]: Math.max(mark[kind], to ?? this.#clock) });
    }
    return { generation: this.#generation, clock: this.#clock };
  }
}

import { randomUUID } from 'node:crypto';
import type { Clock } from '../../support/clock.js';
import { Mirror } from './mirror.js';
import { KEEP_MARKS_MS, type Raise, type Raised } from './tide.js';

/** The tide of a single process: a mirror that nothing is ahead of. */
export class MemoryTide {
  readonly mirror = new Mirror();
  readonly #generation: string;
  readonly #time: Clock;
  #keepMarksMs = KEEP_MARKS_MS;

  constructor(time: Clock, generation = randomUUID() as string) {
    this.#time = time;
    this.#generation = generation;
    this.mirror.begin(this.#generation, time.now() * 1_000);
  }

  raise({ fields, kind, to }: Raise): Raised {
    const previous = this.mirror.clock;
    const clock = Math.max(previous + 1, this.#time.now() * 1_000);
    this.mirror.apply({ generation: this.#generation, previous, clock, kind, to: to ?? clock, fields });
    this.mirror.forgetBefore(clock - this.#keepMarksMs * 1_000);
    return { generation: this.#generation, clock };
  }

  keepMarksFor(ms: number): void {
    this.#keepMarksMs = Math.max(this.#keepMarksMs, ms);
  }
}

import type { TagStart } from './tag.js';
import type { Mark, TideReading } from './tide.js';
import { validityByMarks, type Validity } from './validity.js';

/** Marks that a mirror holds at the most; some 15 MB. */
const MOST_MARKS = 100_000;

/** What one raise did, as it is told to everyone. */
export interface TideChange {
  readonly generation: string;
  /** The clock before it. */
  readonly previous: number;
  readonly clock: number;
  readonly kind: 'hard' | 'soft';
  /** What the marks of `fields` were raised to: the clock, or, by a forced refresh, a start below it. */
  readonly to: number;
  readonly fields: readonly string[];
}

interface MirroredMark extends Mark {
  /** The clock of the last change that touched it. */
  readonly at: number;
}

/**
 * The marks that were raised since a moment of one generation, held in the process, by which a value is checked without asking anybody.
 * It begins empty: what started, or was found valid, at `since` or later needs it alone; of anything older it can't tell.
 */
export class Mirror {
  readonly #mostMarks: number;
  #marks = new Map<string, MirroredMark>();
  #generation: string | undefined;
  #since = 0;
  #clock = 0;

  constructor(mostMarks = MOST_MARKS) {
    this.#mostMarks = mostMarks;
  }

  /** Undefined: it is broken, a change was missed, and nothing can be told by it until it begins again. */
  get generation(): string | undefined {
    return this.#generation;
  }

  get clock(): number {
    return this.#clock;
  }

  get since(): number {
    return this.#since;
  }

  get size(): number {
    return this.#marks.size;
  }

  begin(generation: string, clock: number): void {
    this.#generation = generation;
    this.#since = this.#clock = clock;
    this.#marks = new Map();
  }

  /** `old`: known already, or of before it began · `gap`: changes before it are missing, so that the mirror is now broken. */
  apply(change: TideChange): 'applied' | 'old' | 'gap' {
    if (this.#generation === undefined) return 'gap';
    if (change.generation !== this.#generation) return this.break();
    if (change.clock <= this.#clock) return 'old';
    if (change.previous !== this.#clock) return this.break();
    this.#clock = change.clock;
    for (const field of change.fields) this.#raise(field, change);
    this.#forget(this.#marks.size - this.#mostMarks);
    return 'applied';
  }

  /** Changes are missing: nothing can be told until it begins again. */
  break(): 'gap' {
    this.#generation = undefined;
    this.#marks = new Map();
    return 'gap';
  }

  /**
   * Whether an entry is valid, as far as the mirror can tell; undefined: its marks must be read. `checkedAt` is the clock at which it
   * was last found valid.
   */
  check(generation: string, tags: readonly TagStart[], checkedAt: number): Validity | undefined {
    if (this.#generation === undefined) return undefined;
    if (generation !== this.#generation) return 'invalid';
    if (checkedAt < this.#since && !tags.every(({ start }) => start >= this.#since)) return undefined;
    return validityByMarks(tags, this.#marks);
  }

  /** For a capture, and for who may join a flight: what began before `since` is not known to be valid, hence the floor. */
  reading(): TideReading {
    return { generation: this.#generation ?? '', clock: this.#clock, floor: this.#since, marks: this.#marks };
  }

  /** Forgets the marks that no change has touched since before `clock`, and with them what it could tell of values that old. */
  forgetBefore(clock: number): void {
    let count = 0;
    for (const { at } of this.#marks.values()) {
      if (at >= clock) break;
      count += 1;
    }
    this.#forget(count);
  }

  #raise(field: string, { kind, to, clock }: TideChange): void {
    const { hard = 0, soft = 0 } = this.#marks.get(field) ?? {};
    // Set anew, so that the map stays in the order of the last change.
    this.#marks.delete(field);
    this.#marks.set(field, {
      hard: kind === 'hard' ? Math.max(hard, to) : hard,
      soft: kind === 'soft' ? Math.max(soft, to) : soft,
      at: clock,
    });
  }

  #forget(count: number): void {
    if (count <= 0) return;
    for (const [field, { at }] of this.#marks) {
      if (count <= 0) break;
      this.#marks.delete(field);
      this.#since = Math.max(this.#since, at);
      count -= 1;
    }
  }
}

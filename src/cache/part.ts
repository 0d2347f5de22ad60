import type { Alone, Scope } from './policy.js';
import { unionOfTags, type TagStart } from './tide/tag.js';

/** What an outer value inherits from an inner one that it is made of. */
export interface Part {
  /** Undefined: the inner value was computed while the store was away, so that nothing made of it may be stored. */
  readonly generation: string | undefined;
  readonly tags: readonly TagStart[];
  /** When its computation, or that of its oldest part, began; on the monotonic clock. */
  readonly oldestAt: number;
  /** On the monotonic clock; Infinity for what never changes. */
  readonly freshUntil: number;
  /** Until when it may be served stale, and where an upstream fails; on the monotonic clock. */
  readonly staleUntil: number;
  readonly staleIfErrorUntil: number;
  readonly scope: Scope;
  /** How long it may be served while the store is away. */
  readonly alone: Alone;
}

/**
 * Collects the parts of a value while it is computed: tags are united, each with the start of the part that brought it, the
 * earliest end of freshness, the strictest scope and the shorter life alone count. Ages never stack.
 */
export class Parts {
  readonly #parts: Part[] = [];

  add(part: Part): void {
    this.#parts.push(part);
  }

  get tags(): readonly TagStart[] {
    return unionOfTags(...this.#parts.map((part) => part.tags));
  }

  get freshUntil(): number {
    return Math.min(Infinity, ...this.#parts.map((part) => part.freshUntil));
  }

  get staleUntil(): number {
    return Math.min(Infinity, ...this.#parts.map((part) => part.staleUntil));
  }

  get staleIfErrorUntil(): number {
    return Math.min(Infinity, ...this.#parts.map((part) => part.staleIfErrorUntil));
  }

  get oldestAt(): number {
    return Math.min(Infinity, ...this.#parts.map((part) => part.oldestAt));
  }

  get scope(): Scope {
    return this.#parts.some((part) => part.scope === 'PRIVATE') ? 'PRIVATE' : 'PUBLIC';
  }

  get alone(): Alone {
    return this.#parts.every((part) => part.alone === 'ttl') ? 'ttl' : 'briefly';
  }

  /** Whether everything came from one generation of the tide: only then may the whole be stored under it. */
  isOf(generation: string): boolean {
    return this.#parts.every((part) => part.generation === generation);
  }
}

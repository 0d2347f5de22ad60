/** An invalidation that was written with the data that it is of, in one transaction, and is to be raised by who wrote it. */
export interface OutboxRow {
  readonly id: number;
  /** As people write them: they get their namespaces when they are raised. */
  readonly tags: readonly string[];
}

/** Raises tags in the store, and answers whether that is done. It must not come back to the outbox, which waits for it. */
export type RaiseTags = (tags: readonly string[], kind: 'hard' | 'soft') => Promise<boolean>;

/**
 * Where invalidations wait, in the database, that the store could not be told of yet, or might not be: those of writes lie there from
 * the moment of their commit. They outlive their process, and any other one of the same database may raise them. Raised twice is
 * harmless: it costs computations. A row goes only after its raise has succeeded.
 */
export interface Outbox {
  /**
   * For what could not be raised and has no row. Answers within a second whether it is kept: where the database is away too, the store
   * alone remembers it, for as long as the process lives.
   */
  keep(tags: readonly string[], kind: 'hard' | 'soft'): Promise<boolean>;
  /** For rows that have been raised. They go behind the request; what could not be removed is raised once more. */
  forget(ids: readonly number[]): void;
  /**
   * Raises the oldest rows, `most` at the most, save those that another drain is at. Answers how many were raised; rejects where the
   * database is away.
   */
  drain(raise: RaiseTags, most: number): Promise<number>;
}

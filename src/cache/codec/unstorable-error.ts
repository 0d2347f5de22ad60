/** A value that cannot be stored as what it is: the rule, and what came. It is served all the same, and computed again next time. */
export class UnstorableError extends TypeError {
  override name = 'UnstorableError';
  readonly code = 'UNSTORABLE';
}

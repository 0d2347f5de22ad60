/** The store does not answer, or is not to be believed at present. */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError';
  readonly code = 'STORE_UNAVAILABLE';
}

/** It answers, and has lost the tide. */
export class TideLostError extends StoreUnavailableError {
  override name = 'TideLostError';
}

/** For `catch`: undefined where the store is away, which is expected; anything else is a fault of ours and goes on. */
export function ifAway(error: unknown): undefined {
  if (!(error instanceof StoreUnavailableError)) throw error;
}

/** Work was given up by who had begun it: nothing failed, and whoever else wants its result may begin it himself. */
export class CancelledError extends Error {
  override name = 'CancelledError';
}

/** To be handed to `catch`: undefined where the work was cancelled; any other error is thrown on. */
export function ifCancelled(error: unknown): undefined {
  if (!(error instanceof CancelledError)) throw error;
}

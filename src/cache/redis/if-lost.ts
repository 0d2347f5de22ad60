import { LinkError } from './redis-link.js';

/** For `catch` of what is sent without an answer being waited for: that it is lost is expected; anything else is a fault of ours. */
export function ifLost(error: unknown): void {
  if (!(error instanceof LinkError)) throw error;
}

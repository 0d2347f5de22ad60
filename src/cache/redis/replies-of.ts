import { toError } from '../../support/to-error.js';
import { StoreUnavailableError } from '../stores/store-unavailable-error.js';

/** The replies of requests that are only of use together: the first that Redis did not give, or refused, fails them all. */
export async function repliesOf(sent: Promise<readonly unknown[]>): Promise<readonly unknown[]> {
  const replies = await sent.catch((error: unknown) => [toError(error)]);
  for (const reply of replies) {
    if (reply instanceof Error) throw new StoreUnavailableError(`Redis: ${reply.message}`, { cause: reply });
  }
  return replies;
}

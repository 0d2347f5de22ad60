import { toError } from '../../support/to-error.js';
import { StoreUnavailableError } from '../stores/store-unavailable-error.js';
import { LinkError, RefusedError } from './redis-link.js';

/** The replies of requests that are only of use together: the first that Redis did not give, or refused, fails them all. */
export async function repliesOf(sent: Promise<readonly unknown[]>): Promise<readonly unknown[]> {
  const replies = await sent.catch((error: unknown) => [toError(error)]);
  for (const reply of replies) if (reply instanceof Error) throw toUnavailable(reply);
  return replies;
}

/** The replies of requests that are of use one by one, errors in the places of some; of those that Redis refused it is told. */
export async function eachReplyOf(
  sent: Promise<readonly unknown[]>,
  onRefusal: (refusal: RefusedError) => void,
): Promise<readonly unknown[]> {
  const replies = await sent.catch((error: unknown) => {
    throw error instanceof LinkError ? toUnavailable(error) : error;
  });
  for (const reply of replies) if (reply instanceof RefusedError) onRefusal(reply);
  return replies;
}

export function toUnavailable(error: Error): StoreUnavailableError {
  return new StoreUnavailableError(`Redis: ${error.message}`, { cause: error });
}

import { GatewayError } from '../support/gateway-error.js';

/** The answer for an id that does not exist, that is no id at all, or that is another's: nobody can tell which. */
export function notFound(thing: 'account' | 'session' | 'watchlist', id: string): GatewayError {
  const received = id.length > 80 ? `${id.slice(0, 77)}…` : id;
  return new GatewayError('NOT_FOUND', `There is no ${thing} with the id "${received}".`, { argument: 'id', received });
}

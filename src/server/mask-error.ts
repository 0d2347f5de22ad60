import { randomUUID } from 'node:crypto';
import { GatewayError } from '../support/gateway-error.js';
import type { Logger } from '../support/logger.js';

/** What masking tells the log and no client: the id joins the two. */
export type Mask = (error: unknown) => GatewayError;

/** A GatewayError as it is; anything else as INTERNAL, whose id is in the log with the error itself. */
export function createMask(logger: Logger): Mask {
  // One failure is often asked for more than once, by a field and by its error beside it: it keeps its id.
  const masked = new WeakMap<object, GatewayError>();
  return (error) => {
    if (error instanceof GatewayError) return error;
    const known = typeof error === 'object' && error !== null ? masked.get(error) : undefined;
    if (known) return known;
    const id = randomUUID();
    logger.error({ err: error, id }, 'a request failed');
    const mask = new GatewayError(
      'INTERNAL',
      `Something went wrong on our side. If it persists, report the id ${id}.`,
      { id },
    );
    if (typeof error === 'object' && error !== null) masked.set(error, mask);
    return mask;
  };
}

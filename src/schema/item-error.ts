import { builder } from './builder.js';
import type { GatewayContext } from './context.js';

/** Why one item of a list has no value, and what it would have been. */
export interface ItemFailure {
  readonly code: string;
  readonly message: string;
}

export const ItemErrorType = builder.objectRef<ItemFailure>('ItemError').implement({
  description: 'Why one item of a list has no value. The same codes as errors[].extensions.code.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Such as NOT_FOUND or UPSTREAM_UNAVAILABLE.' }),
    message: t.exposeString('message', { description: 'A sentence for people.' }),
  }),
});

/** A failure as data: null where there was none. */
export function itemFailure(result: unknown, { mask }: Pick<GatewayContext, 'mask'>): ItemFailure | null {
  if (!(result instanceof Error)) return null;
  const { code, message } = mask(result);
  return { code, message };
}

/** A value, or null where it failed. */
export function orNull<V>(result: V | Error): V | null {
  return result instanceof Error ? null : result;
}

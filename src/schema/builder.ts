import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { fieldCachePlugin } from '../field-cache/index.js';
import { GatewayError } from '../support/gateway-error.js';
import type { GatewayContext } from './context.js';

/**
 * The order of plugins is the order in which a request meets them: its cost is bounded first, then its rights are checked, and only
 * then is the cache asked.
 */
export const builder = new SchemaBuilder<{
  Context: GatewayContext;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    /** Out: ms since the epoch, or a Date. In: ms since the epoch. */
    DateTime: { Input: number; Output: number | Date };
    Decimal: { Input: string; Output: string };
  };
  AuthScopes: { viewer: boolean; admin: boolean; operator: boolean };
}>({
  plugins: [ComplexityPlugin, ScopeAuthPlugin, fieldCachePlugin],
  defaultFieldNullability: false,
  // What one request may cost is bounded as a whole by server/complexity-limit.ts, before anything is resolved.
  complexity: { defaultComplexity: 1, defaultListMultiplier: 5, disabled: true },
  scopeAuth: {
    authScopes: ({ viewer, production }) => ({
      viewer: viewer !== undefined,
      admin: viewer?.tier === 'ADMIN',
      operator: !production || viewer?.tier === 'ADMIN',
    }),
    unauthorizedError: (_, { viewer }) =>
      viewer
        ? new GatewayError('FORBIDDEN', `This needs an account of the tier ADMIN; you are signed in as ${viewer.tier}.`)
        : new GatewayError(
            'UNAUTHENTICATED',
            'This needs a sign-in: send the token of the mutation login as "Authorization: Bearer TOKEN".',
          ),
  },
});

builder.queryType({
  description:
    'What can be asked. A field that can fail is nullable; its failure is an entry in errors, and the others stand.',
});
builder.mutationType({
  description: 'What can be changed. What a mutation changes is fresh for everyone once it has returned.',
});
builder.subscriptionType({
  description:
    'What can be followed, over a WebSocket (graphql-transport-ws) or as an event stream (GraphQL over SSE). Each begins with the present state, so that a client that reconnects needs no query.',
});

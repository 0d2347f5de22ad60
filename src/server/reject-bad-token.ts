import { getOperationAST, GraphQLError, Kind } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../support/gateway-error.js';
import type { RequestContext } from './request-context.js';

const ALLOWED = new Set(['login', 'logout']);

/** A token that is wrong, expired or revoked is told so on every operation but login and logout, with HTTP 401. */
export function useRejectBadToken(): Plugin<RequestContext> {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      if (!args.contextValue.rejected) return;
      const operation = getOperationAST(args.document, args.operationName);
      const fields = operation?.selectionSet.selections ?? [];
      const allowed = fields.every((field) => field.kind === Kind.FIELD && ALLOWED.has(field.name.value));
      if (operation?.operation === 'mutation' && allowed) return;
      const original = new GatewayError(
        'UNAUTHENTICATED',
        'The token is wrong, has expired or was revoked: sign in anew with the mutation login, or send no Authorization at all.',
      );
      const http = { status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } };
      setResultAndStopExecution({
        errors: [new GraphQLError(original.message, { originalError: original, extensions: { http } })],
      });
    },
  };
}

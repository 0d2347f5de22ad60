import { getOperationAST, GraphQLError, Kind, type ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../support/gateway-error.js';
import { useBeforeExecution } from './before-execution.js';
import type { RequestContext } from './request-context.js';

const ALLOWED = new Set(['login', 'logout']);

/** A token that is wrong, expired or revoked is told so on every operation but login and logout, with HTTP 401. */
export function useRejectBadToken(): Plugin<RequestContext> {
  return useBeforeExecution((args) => {
    if (!args.contextValue.rejected || signsInOrOut(args)) return undefined;
    const originalError = new GatewayError(
      'UNAUTHENTICATED',
      'The token is wrong, has expired or was revoked: sign in anew with the mutation login, or send no Authorization at all.',
    );
    const http = { status: 401, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } };
    return new GraphQLError(originalError.message, { originalError, extensions: { http } });
  });
}

/** Private: and does nothing beside. Both are mutations: no query has fields of these names. */
function signsInOrOut({ document, operationName }: ExecutionArgs): boolean {
  const selections = getOperationAST(document, operationName)?.selectionSet.selections ?? [];
  return selections.every((selection) => selection.kind === Kind.FIELD && ALLOWED.has(selection.name.value));
}

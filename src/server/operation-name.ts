import { Kind, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../support/gateway-error.js';
import type { RequestContext } from './request-context.js';

/** Says which operations a document has, where a request names another one, or none of several. */
export function useOperationName(): Plugin<RequestContext> {
  return {
    onParse() {
      return ({ result, context: { params } }) => {
        if (isDocument(result)) checkOperationName(result, params?.operationName);
      };
    },
  };
}

/** Private: and no syntax error. */
function isDocument(result: unknown): result is DocumentNode {
  return typeof result === 'object' && result !== null && 'kind' in result && result.kind === Kind.DOCUMENT;
}

/** Private */
function checkOperationName({ definitions }: DocumentNode, operationName: unknown): void {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const names = operations.flatMap(({ name }) => name?.value ?? []);
  const isNone = operationName === undefined || operationName === null || operationName === '';
  if (operations.length === 0) throw wrong('A document has an operation', 'none', names);
  if (isNone && operations.length > 1)
    throw wrong('operationName says which of several operations to run', null, names);
  if (isNone || names.some((name) => name === operationName)) return;
  throw wrong('operationName is one that the document has', operationName, names);
}

/** Private */
function wrong(rule: string, received: unknown, allowed: readonly string[]): GatewayError {
  const has = allowed.length === 0 ? 'none with a name' : allowed.join(', ');
  const message = `${rule} (${has}), but got ${received === null ? 'none' : JSON.stringify(received)}.`;
  return new GatewayError('BAD_USER_INPUT', message, { argument: 'operationName', rule, received, allowed });
}

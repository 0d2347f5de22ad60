import { complexityFromQuery } from '@pothos/plugin-complexity';
import { getOperationAST, getVariableValues, GraphQLError, Kind, type DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { GatewayError } from '../support/gateway-error.js';
import { useBeforeExecution, type Starting } from './before-execution.js';
import type { RequestContext } from './request-context.js';

/** What one request may cost: a selected field is 1, times the symbols, edges and candles that its list is asked for. */
export const MAX_COMPLEXITY = 25_000;

/** Refuses an operation that costs more than {@link MAX_COMPLEXITY}: as a whole, before any of its fields is resolved. */
export function useComplexityLimit(): Plugin<RequestContext> {
  return useBeforeExecution((args) => {
    const complexity = complexityOf(args);
    if (complexity <= MAX_COMPLEXITY) return undefined;
    const rule = `A request costs at most ${MAX_COMPLEXITY} (its fields, times the symbols, edges and candles asked for)`;
    const details = { rule, received: complexity, allowed: MAX_COMPLEXITY };
    const originalError = new GatewayError('BAD_USER_INPUT', `${rule}, but this one costs ${complexity}.`, details);
    return new GraphQLError(originalError.message, { originalError });
  });
}

/**
 * Private: with the defaults of variables. 0 where variables do not fit their types, or the schema has no such operations: nothing runs
 * then, and execution says why.
 */
function complexityOf({ schema, document, operationName, variableValues, contextValue }: Starting): number {
  const operation = getOperationAST(document, operationName);
  if (!operation || !schema.getRootType(operation.operation)) return 0;
  const variables = { ...variableValues };
  if (getVariableValues(schema, operation.variableDefinitions ?? [], variables).errors) return 0;
  // Of several operations the plugin would look at the first, and another one may run.
  const alone: DocumentNode = {
    ...document,
    definitions: [operation, ...document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)],
  };
  return complexityFromQuery(alone, { schema, variables, ctx: contextValue }).complexity;
}

import { GraphQLError, type ExecutionResult } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { isAsyncIterable, mapAsyncIterator, type YogaServerInstance } from 'graphql-yoga';
import { toError } from '../support/to-error.js';
import { withCodes, withoutStatus, type ErrorCodesOptions, type Results } from './error-codes.js';
import type { CallerHeaders, RequestContext, ServerContext } from './request-context.js';

/** Executes an operation. What comes is ready to be sent: every error is masked and has its code. Never rejects. */
export type Operate = (payload: SubscribePayload, headers: CallerHeaders) => Promise<Results>;

/** Operations that come by no request of HTTP: Yoga takes each for one that was posted. */
export function createOperate(
  yoga: YogaServerInstance<ServerContext, RequestContext>,
  codes: ErrorCodesOptions,
): Operate {
  const request = new yoga.fetchAPI.Request('http://websocket/graphql', { method: 'POST' });
  const execute = async (payload: SubscribePayload, headers: CallerHeaders): Promise<Results> => {
    const { operationName, variables, extensions, ...others } = payload;
    const params = {
      ...others,
      operationName: operationName ?? undefined,
      variables: variables ?? undefined,
      extensions: extensions ?? undefined,
    };
    try {
      return (await yoga.getResultForParams({ params, request }, { req: { headers } })) ?? {};
    } catch (error) {
      return { errors: [toGraphqlError(error)] };
    }
  };
  return async (payload, headers) => {
    const results = withCodes(await execute(payload, headers), codes);
    return isAsyncIterable(results) ? mapAsyncIterator(results, forClient) : forClient(results);
  };
}

/** Private: what Yoga throws before it parses, such as for a parameter that there is not. */
function toGraphqlError(thrown: unknown): GraphQLError {
  if (thrown instanceof GraphQLError) return thrown;
  const originalError = toError(thrown);
  return new GraphQLError(originalError.message, { originalError });
}

/** Private */
function forClient(result: ExecutionResult): ExecutionResult {
  return result.errors ? { ...result, errors: result.errors.map(withoutStatus) } : result;
}

import { GraphQLError, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';
import { GatewayError, type ErrorDetails } from '../support/gateway-error.js';
import type { Mask } from './mask-error.js';
import type { RequestContext } from './request-context.js';
import { inputFault } from './input-fault.js';
import { literalArgument } from './literal-argument.js';

const SUGGESTION = /\s*Did you mean [^?]+\?/g;
/** What graphql-armor says. */
const LIMIT = /^Syntax Error: (Aliases|Query depth|Directives) limit of (\d+) exceeded, found (\d+)\.$/;
/** What graphql says of variables and arguments that do not fit their types. */
const BAD_INPUT = /^(Variable "|Argument "|Too many errors processing variables|Schema is not configured to execute)/;
/** What graphql says where it gave up comparing fields that might be one: it does so after 500,000 comparisons. */
const ABORTED = 'Validation aborted.';
const ABORTED_EXPLAINED =
  'The document selects the same fields too often for them to be compared with each other: select each of them once.';
/** The codes of graphql's own. Any other comes from who knows where, and is masked. */
const GRAPHQL_CODES: ReadonlySet<unknown> = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED']);

export interface ErrorCodesOptions {
  readonly schema: GraphQLSchema;
  readonly mask: Mask;
  readonly hideSuggestions: boolean;
}

/** Gives every error that HTTP answers with a code of CONTRACT.md and its status, those of a subscription's events too. */
export function useErrorCodes(options: ErrorCodesOptions): Plugin<RequestContext> {
  return {
    onResultProcess(processing) {
      // A list would be a batch, and there are none.
      if (!Array.isArray(processing.result)) processing.setResult(withCodes(processing.result, options));
    },
  };
}

/** What an operation is answered with: one result, or that of each event of a subscription. */
export type Results = ExecutionResult | AsyncIterable<ExecutionResult>;

/** Gives every error its code and HTTP status, and lets nothing out that is not meant for a client. */
export function withCodes(results: Results, options: ErrorCodesOptions): Results {
  if (isAsyncIterable(results)) return mapAsyncIterator(results, (event) => codeErrors(event, options));
  return codeErrors(results, options);
}

/** Private */
function codeErrors(result: ExecutionResult, options: ErrorCodesOptions): ExecutionResult {
  if (!result.errors || result.errors.length === 0) return result;
  const wasExecuted = 'data' in result;
  const errors = result.errors.map((error) => {
    const coded = withCode(error, options);
    return wasExecuted || isOfHttp(error) ? coded : withStatus(coded);
  });
  return { ...result, errors };
}

/** Private: an error for a client: of graphql's own with its code, of ours with its details, of anything else masked. */
function withCode(error: GraphQLError, { schema, mask, hideSuggestions }: ErrorCodesOptions): GraphQLError {
  const own = originOf(error);
  if (own !== undefined) return fromGatewayError(mask(own), error);
  const limit = LIMIT.exec(error.message);
  if (limit) return fromGatewayError(limitError(limit), error);
  const { code } = error.extensions;
  const message = hideSuggestions ? error.message.replaceAll(SUGGESTION, '') : error.message;
  if (GRAPHQL_CODES.has(code)) return recoded(error, message === ABORTED ? ABORTED_EXPLAINED : message, {});
  // BAD_USER_INPUT is what our scalars say.
  if (isOfHttp(error) || code === 'BAD_USER_INPUT' || BAD_INPUT.test(message)) {
    const fault = inputFault(message.replaceAll(SUGGESTION, ''), schema) ?? faultOfLiteral(error);
    const details = { ...fault, ...error.extensions };
    return recoded(error, message, { ...details, code: 'BAD_USER_INPUT' });
  }
  // Left are failures by our own fault, such as null for a field that has none.
  return fromGatewayError(mask(error), error);
}

/** Private: our scalars know the place of a value, and not whose it is. */
function faultOfLiteral({ nodes, extensions }: GraphQLError): ErrorDetails | undefined {
  const argument = extensions['code'] === 'BAD_USER_INPUT' ? literalArgument(nodes?.[0]) : undefined;
  return argument === undefined ? undefined : { argument };
}

/** Private: what was thrown, where it was no GraphQLError. */
function originOf(error: GraphQLError): Error | undefined {
  let origin: Error | null | undefined = error;
  while (origin instanceof GraphQLError) origin = origin.originalError;
  return origin ?? undefined;
}

/** Private */
function fromGatewayError({ code, message, details }: GatewayError, error: GraphQLError): GraphQLError {
  const { http } = error.extensions;
  const retryAfter = { 'Retry-After': String(details.retryAfterSeconds ?? 1) };
  return new GraphQLError(message, {
    nodes: error.nodes,
    path: error.path,
    extensions: {
      code,
      ...details,
      ...(http === undefined ? {} : { http }),
      ...(code === 'RATE_LIMITED' ? { http: { status: 429, headers: retryAfter } } : {}),
    },
  });
}

/** Private */
function limitError([, what, limit, found]: RegExpExecArray): GatewayError {
  const rule = `A document has at most ${limit} ${what === 'Query depth' ? 'levels of depth' : what?.toLowerCase()}`;
  const details = { rule, received: Number(found), allowed: Number(limit) };
  return new GatewayError('BAD_USER_INPUT', `${rule}, but this one has ${found}.`, details);
}

/** Private */
function recoded(error: GraphQLError, message: string, more: object): GraphQLError {
  const { nodes, source, positions, path, extensions } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions: { ...extensions, ...more } });
}

/** An error where there is no HTTP whose status it could say. */
export function withoutStatus(error: GraphQLError): GraphQLError {
  return recoded(error, error.message, { http: undefined });
}

/** Private: Yoga's, of what is wrong with the HTTP request. It has a status already. */
function isOfHttp({ extensions }: GraphQLError): boolean {
  return extensions['code'] === 'BAD_REQUEST';
}

/**
 * Private: the status of an error that kept a request from being executed. `spec` says that the request is in good order and GraphQL
 * has something against it: under application/json, unlike application/graphql-response+json, that is no status of HTTP's, and the
 * answer comes with 200 (GraphQL over HTTP, Status Codes).
 */
function withStatus(error: GraphQLError): GraphQLError {
  const { code } = error.extensions;
  if (code === 'INTERNAL') return recoded(error, error.message, { http: { status: 500 } });
  if (code === 'BAD_USER_INPUT') return recoded(error, error.message, { http: { status: 400, spec: true } });
  return error;
}

import type { IncomingMessage } from 'node:http';
import { badRequest, type RequestFault } from './http-answer.js';
import { BodyTooLargeError, MAX_BODY_BYTES, readBody } from './read-body.js';

/** A GraphQL request as it came in a body; its other members are checked by Yoga. */
export type GraphqlBody = Readonly<Record<string, unknown>>;

/** The body of a POST, or what is wrong with it. POST only as application/json: a form of a foreign page can't send that. */
export async function readGraphqlBody(
  request: IncomingMessage,
): Promise<{ readonly body: GraphqlBody } | { readonly fault: RequestFault }> {
  const { 'content-type': type = 'none', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    return { fault: badRequest(415, 'A POST has the Content-Type application/json', type, 'application/json') };
  }
  if (encoding !== 'identity') {
    return { fault: badRequest(415, 'A body is not compressed', `the Content-Encoding ${encoding}`, 'identity') };
  }
  try {
    return parseBody(await readBody(request));
  } catch (error) {
    if (!(error instanceof BodyTooLargeError)) throw error;
    const received = request.headers['content-length'] ?? 'more';
    return { fault: badRequest(413, `A body has at most ${MAX_BODY_BYTES} bytes`, received, MAX_BODY_BYTES) };
  }
}

/** Private */
function parseBody(text: string): { readonly body: GraphqlBody } | { readonly fault: RequestFault } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { fault: badRequest(400, 'A body is JSON', text === '' ? 'none' : `what is none: ${error.message}`) };
  }
  if (!isObject(body)) return { fault: badRequest(400, 'A body is one JSON object with a query', kindOf(body)) };
  const { query, operationName, variables, extensions } = body;
  if (typeof query !== 'string') return { fault: badRequest(400, 'A body has a query, a string', kindOf(query)) };
  if (operationName != null && typeof operationName !== 'string') {
    return { fault: badRequest(400, 'operationName is a string', kindOf(operationName)) };
  }
  if (variables != null && !isObject(variables)) {
    return { fault: badRequest(400, 'variables is an object', kindOf(variables)) };
  }
  if (extensions != null && !isObject(extensions)) {
    return { fault: badRequest(400, 'extensions is an object', kindOf(extensions)) };
  }
  return { body };
}

/** Private */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Private: for people. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

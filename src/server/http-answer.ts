import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../support/gateway-error.js';

/** A whole answer, its other headers apart. */
export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
}

/** What a request that never became GraphQL is told, in GraphQL's words. */
export interface RequestFault {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Sends an answer and ends the response. */
export function send(response: ServerResponse, answer: HttpAnswer): void {
  sendUnended(response, answer);
  response.end();
}

/** Sends all of an answer, and leaves it to the caller to end the response. */
export function sendUnended(response: ServerResponse, { status, type, body }: HttpAnswer): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).write(body);
}

export function jsonAnswer(status: number, value: unknown): HttpAnswer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** In the media type that the client accepts (GraphQL over HTTP, Media Types). */
export function faultAnswer(request: IncomingMessage, { status, code, message, details }: RequestFault): HttpAnswer {
  const type = request.headers.accept?.includes('application/graphql-response+json')
    ? 'application/graphql-response+json; charset=utf-8'
    : 'application/json; charset=utf-8';
  return { status, type, body: JSON.stringify({ errors: [{ message, extensions: { code, ...details } }] }) };
}

/** A fault of the request: the rule, what came instead, and what is allowed where that can be listed. */
export function badRequest(status: number, rule: string, received: string, allowed?: unknown): RequestFault {
  const details = { rule, received, ...(allowed === undefined ? {} : { allowed }) };
  return { status, code: 'BAD_USER_INPUT', message: `${rule}, but got ${received}.`, details };
}

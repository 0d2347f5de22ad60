import type { IncomingMessage, ServerResponse } from 'node:http';

const PREFLIGHT_SECONDS = 7_200;
const ALLOWED_HEADERS = 'Authorization, Content-Type, X-Cache-Trace';
const EXPOSED_HEADERS =
  'Age, Cache-Control, Cache-Status, Cache-Tag, ETag, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate';

/**
 * Cross-origin headers (fetch.spec.whatwg.org, CORS protocol), set before anything can fail, so that a page can read a 413 as well as
 * a 200. Credentials are never allowed: there are no cookies. True where the request was a preflight and is answered.
 */
export function answerCors(
  request: IncomingMessage,
  response: ServerResponse,
  origins: '*' | readonly string[],
): boolean {
  const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  const allowed = allowedOrigin(request.headers.origin, origins);
  // An answer that looks at the origin is another one for another origin; with * it is the same for all, with or without one.
  if (origins !== '*') response.setHeader('Vary', 'Origin');
  if (allowed !== undefined) {
    response.setHeader('Access-Control-Allow-Origin', allowed);
    response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
    if (isPreflight) {
      response.setHeader('Access-Control-Allow-Methods', 'GET, POST, OPTIONS');
      response.setHeader('Access-Control-Allow-Headers', ALLOWED_HEADERS);
      response.setHeader('Access-Control-Max-Age', PREFLIGHT_SECONDS);
    }
  }
  if (isPreflight) response.writeHead(204).end();
  return isPreflight;
}

/**
 * Whether a page may open a WebSocket. No cookie could be abused by one, but CORS does not cover them: without this check any page that
 * is looked at from inside a network could read of the gateways in it what CORS keeps from it. Who is no browser sends no Origin.
 */
export function mayConnect({ headers: { origin, host } }: IncomingMessage, origins: '*' | readonly string[]): boolean {
  if (origin === undefined || allowedOrigin(origin, origins) !== undefined) return true;
  // A page of this server's own.
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Private */
function allowedOrigin(origin: string | undefined, origins: '*' | readonly string[]): string | undefined {
  if (origins === '*') return '*';
  return origin !== undefined && origins.includes(origin) ? origin : undefined;
}

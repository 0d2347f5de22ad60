import type { ServerResponse } from 'node:http';

/** A page that only shows itself. */
export const LANDING_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * GraphiQL is one page of inline scripts and styles that makes its workers itself. Whatever it is made to show or to run, it talks to
 * this gateway alone: tokens are typed into it.
 */
export const GRAPHIQL_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob: data:",
  'worker-src blob: data:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self' data: blob:",
].join('; ');

/** What keeps a page from being framed, from sending its address elsewhere and from loading what it does not need. */
export function setPageHeaders(response: ServerResponse, policy: string): void {
  response.setHeader(
    'Content-Security-Policy',
    `${policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  response.setHeader('Referrer-Policy', 'no-referrer');
}

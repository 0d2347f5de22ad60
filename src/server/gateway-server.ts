import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerCors } from './cors.js';
import { answerGraphql, type GraphqlEndpointOptions } from './graphql-endpoint.js';
import type { Health } from './health.js';
import { badRequest, faultAnswer, jsonAnswer, send, type HttpAnswer } from './http-answer.js';
import { landingPage } from './landing-page.js';
import type { Mask } from './mask-error.js';
import { LANDING_POLICY, setPageHeaders } from './page-headers.js';
import { announcesTooMuch } from './read-body.js';
import { refuse } from './refuse.js';

export interface GatewayServerOptions extends GraphqlEndpointOptions {
  readonly corsOrigins: '*' | readonly string[];
  readonly schemaText: string;
  readonly health: () => Promise<Health>;
  readonly isReady: () => boolean;
  readonly mask: Mask;
  readonly timeouts?: ServerTimeouts;
}

/** How long a slow client may hold a connection, ms. */
export interface ServerTimeouts {
  /** From a request's first byte to the end of its headers. */
  readonly headers: number;
  /** To the end of its body. */
  readonly body: number;
  /** How often that is looked at. */
  readonly check: number;
}

const TIMEOUTS: ServerTimeouts = { headers: 10_000, body: 30_000, check: 1_000 };

/** The listener: paths, CORS, pages and faults. */
export function createGatewayServer(options: GatewayServerOptions): Server {
  const { headers, body, check } = options.timeouts ?? TIMEOUTS;
  const timeouts = { headersTimeout: headers, requestTimeout: body, connectionsCheckingInterval: check };
  const server = createServer(timeouts, (request, response) => {
    route(request, response, options).catch((error: unknown) => answerFailure(request, response, options.mask, error));
  });
  // Who asks before it sends a body that is too large is spared the sending.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!announcesTooMuch(request)) response.writeContinue();
    server.emit('request', request, response);
  });
  return server;
}

/** Private */
async function route(request: IncomingMessage, response: ServerResponse, options: GatewayServerOptions): Promise<void> {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Cache-Control', 'no-store');
  if (answerCors(request, response, options.corsOrigins)) return;
  const [path, query] = splitUrl(request.url ?? '/');
  if (path === '/graphql') return answerGraphql(request, response, new URLSearchParams(query), options);
  const page = PAGES.get(path);
  if (!page) {
    const message = `There is nothing at ${path}. GraphQL is at /graphql.`;
    return refuse(request, response, { status: 404, code: 'NOT_FOUND', message });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return refuse(request, response, badRequest(405, `${path} takes GET and HEAD`, String(request.method)));
  }
  send(response, await page(options, response));
}

type Answering = (options: GatewayServerOptions, response: ServerResponse) => Promise<HttpAnswer>;

/** Private: what a GET is answered, by path. */
const PAGES: ReadonlyMap<string, Answering> = new Map<string, Answering>([
  [
    '/',
    async ({ graphiql }, response) => {
      setPageHeaders(response, LANDING_POLICY);
      return { status: 200, type: 'text/html; charset=utf-8', body: landingPage(graphiql !== undefined) };
    },
  ],
  ['/schema.graphql', async ({ schemaText }) => ({ status: 200, type: 'text/plain; charset=utf-8', body: schemaText })],
  [
    '/health',
    async ({ health }) => {
      const state = await health();
      return jsonAnswer(state.status === 'unhealthy' ? 503 : 200, state);
    },
  ],
  ['/ready', async ({ isReady }) => jsonAnswer(isReady() ? 200 : 503, { ready: isReady() })],
]);

/** Private: a slash at the end of a path says nothing. */
function splitUrl(url: string): [path: string, query: string] {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return [path.length > 1 ? path.replace(/\/$/, '') : path, mark < 0 ? '' : url.slice(mark + 1)];
}

/** Private: by our own fault, unless the client went away. */
function answerFailure(request: IncomingMessage, response: ServerResponse, mask: Mask, error: unknown): void {
  if (response.destroyed) return;
  const { code, message, details } = mask(error);
  if (response.headersSent) response.destroy();
  else send(response, faultAnswer(request, { status: 500, code, message, details: { ...details } }));
}

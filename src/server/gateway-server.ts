import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerCors, mayConnect } from './cors.js';
import { answerGraphql, type GraphqlEndpointOptions } from './graphql-endpoint.js';
import type { Graphql } from './graphql.js';
import type { Health } from './health.js';
import { badRequest, faultAnswer, jsonAnswer, send, type HttpAnswer } from './http-answer.js';
import { landingPage } from './landing-page.js';
import type { Mask } from './mask-error.js';
import { LANDING_POLICY, setPageHeaders } from './page-headers.js';
import { announcesTooMuch } from './read-body.js';
import { refuse } from './refuse.js';
import { asksForWebsocket, ignoreUpgrade, refuseUpgrade } from './upgrade.js';
import type { WebsocketTimeouts } from './websocket-connection.js';
import { createWebsockets, type Websockets } from './websockets.js';

export interface GatewayServerOptions extends Pick<GraphqlEndpointOptions, 'graphiql'> {
  readonly graphql: Graphql;
  readonly corsOrigins: '*' | readonly string[];
  readonly schemaText: string;
  readonly health: () => Promise<Health>;
  readonly isReady: () => boolean;
  readonly mask: Mask;
  readonly timeouts?: Partial<ServerTimeouts>;
}

/** How long a slow client may hold a connection, ms. */
export interface ServerTimeouts extends WebsocketTimeouts {
  /** From a request's first byte to the end of its headers. */
  readonly headers: number;
  /** To the end of its body. */
  readonly body: number;
  /** How often that is looked at. */
  readonly check: number;
}

const TIMEOUTS: ServerTimeouts = {
  headers: 10_000,
  body: 30_000,
  check: 1_000,
  init: 10_000,
  ping: 12_000,
  goodbye: 1_000,
};

/** A server, and what ends those of its answers that have no end of their own. */
export interface GatewayServer {
  readonly server: Server;
  /** Ends event streams, and WebSockets once what they have asked is answered. */
  readonly endStreams: () => void;
}

/** The listener: paths, CORS, pages and faults. */
export function createGatewayServer(options: GatewayServerOptions): GatewayServer {
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const { headers: headersTimeout, body: requestTimeout, check: connectionsCheckingInterval } = timeouts;
  const limits = { headersTimeout, requestTimeout, connectionsCheckingInterval };
  const server = createServer(limits, (request, response) => {
    route(request, response, options).catch((error: unknown) => answerFailure(request, response, options.mask, error));
  });
  // Who asks before it sends a body that is too large is spared the sending.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!announcesTooMuch(request)) response.writeContinue();
    server.emit('request', request, response);
  });
  const websockets = createWebsockets({ graphql: options.graphql, mask: options.mask, timeouts });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (asksForWebsocket(request)) connect(request, socket, head, { ...options, websockets });
    else ignoreUpgrade(server, request, socket, head);
  });
  const endStreams = () => {
    options.graphql.endStreams();
    websockets.close();
  };
  return { server, endStreams };
}

/** Private */
function connect(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { corsOrigins, websockets }: GatewayServerOptions & { readonly websockets: Websockets },
): void {
  const [path] = splitUrl(request.url ?? '/');
  if (path !== '/graphql') {
    const message = `There is no WebSocket at ${path}. That of GraphQL is at /graphql.`;
    return refuseUpgrade(request, socket, { status: 404, code: 'NOT_FOUND', message });
  }
  if (!mayConnect(request, corsOrigins)) {
    const rule = 'A page that opens a WebSocket has an origin that CORS_ORIGINS names, or is served from here';
    const { origin: received } = request.headers;
    return refuseUpgrade(request, socket, {
      status: 403,
      code: 'FORBIDDEN',
      message: `${rule}, but this one has ${received}.`,
      details: { rule, received },
    });
  }
  websockets.accept(request, socket, head);
}

/** Private */
async function route(request: IncomingMessage, response: ServerResponse, options: GatewayServerOptions): Promise<void> {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Cache-Control', 'no-store');
  if (answerCors(request, response, options.corsOrigins)) return;
  const [path, query] = splitUrl(request.url ?? '/');
  if (path === '/graphql') {
    const { graphql, graphiql } = options;
    return answerGraphql(request, response, new URLSearchParams(query), { graphql: graphql.answer, graphiql });
  }
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

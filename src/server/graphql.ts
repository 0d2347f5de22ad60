import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Logger } from '../support/logger.js';
import { authenticate } from './authenticate.js';
import { useCacheExtension } from './cache-extension.js';
import { createDocumentCache } from './document-cache.js';
import { documentLimits } from './document-limits.js';
import { useErrorCodes } from './error-codes.js';
import { createEventStreams } from './event-streams.js';
import type { GraphqlBody } from './graphql-body.js';
import { useMaskedFailures } from './masked-failures.js';
import { useNoIntrospection } from './no-introspection.js';
import { createOperate, type Operate } from './operate.js';
import { useRejectBadToken } from './reject-bad-token.js';
import {
  createRequestContext,
  type CallerHeaders,
  type GatewayParts,
  type RequestContext,
  type ServerContext,
} from './request-context.js';
import { useSubscriptionEvents } from './subscription-events.js';

export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly parts: GatewayParts;
  readonly introspection: boolean;
  readonly logger: Logger;
  /** How long a client may take nothing of an event stream, ms. */
  readonly stalledMs?: number | undefined;
}

/** GraphQL, whichever way an operation comes: with the same limits, answers and errors. */
export interface Graphql {
  /** Answers a request of HTTP; a parsed body stands at `request.body`. */
  readonly answer: (request: IncomingMessage & { readonly body?: GraphqlBody }, response: ServerResponse) => unknown;
  /** Executes an operation that comes by a WebSocket. */
  readonly operate: Operate;
  /** Whether a token is good, or there is none. */
  readonly admits: (headers: CallerHeaders) => Promise<boolean>;
  /** Ends the subscriptions that HTTP answers at the time. */
  readonly endStreams: () => void;
}

/** Of the documents that are kept parsed: some hundreds of what clients send. */
const DOCUMENT_CHARACTERS = 200_000;

/** Yoga with our plugins. Bodies, CORS and pages are the server's: it gets a body that is parsed already. */
export function createGraphql({ schema, parts, introspection, logger, stalledMs }: GraphqlOptions): Graphql {
  const codes = { schema, mask: parts.mask, hideSuggestions: parts.production };
  const streams = createEventStreams(stalledMs);
  const yoga = createYoga<ServerContext, RequestContext>({
    schema,
    context: (initial) => createRequestContext(initial, parts),
    plugins: [
      useMaskedFailures(parts.mask),
      ...documentLimits(),
      ...(introspection ? [] : [useNoIntrospection()]),
      useRejectBadToken(),
      useSubscriptionEvents(parts.mask),
      useCacheExtension(),
      useErrorCodes(codes),
      streams.plugin,
    ],
    parserAndValidationCache: {
      documentCache: createDocumentCache<DocumentNode>(DOCUMENT_CHARACTERS),
      errorCache: createDocumentCache<unknown>(DOCUMENT_CHARACTERS),
    },
    // Everything that leaves passes useErrorCodes, or withCodes.
    maskedErrors: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    maxRequestBodySize: false,
    healthCheckEndpoint: '/health-of-graphql',
    logging: {
      debug: (...args) => logger.debug({ args }, 'yoga'),
      info: (...args) => logger.info({ args }, 'yoga'),
      warn: (...args) => logger.warn({ args }, 'yoga'),
      error: (...args) => logger.error({ args }, 'yoga'),
    },
  });
  return {
    answer: (incoming, response) => yoga(incoming, response),
    operate: createOperate(yoga, codes),
    admits: async ({ authorization }) => !(await authenticate(authorization, parts)).rejected,
    endStreams: streams.end,
  };
}

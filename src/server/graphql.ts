import type { IncomingMessage, ServerResponse } from 'node:http';
import { useDisableIntrospection } from '@graphql-yoga/plugin-disable-introspection';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from '../support/logger.js';
import { useCacheExtension } from './cache-extension.js';
import { createDocumentCache } from './document-cache.js';
import { documentLimits } from './document-limits.js';
import { useErrorCodes } from './error-codes.js';
import { useMaskedFailures } from './masked-failures.js';
import { useRejectBadToken } from './reject-bad-token.js';
import { createRequestContext, type GatewayParts, type RequestContext } from './request-context.js';

export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly parts: GatewayParts;
  readonly introspection: boolean;
  readonly logger: Logger;
}

interface NodeContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** Of the documents that are kept parsed: some hundreds of what clients send. */
const DOCUMENT_CHARACTERS = 200_000;

/** Yoga with our plugins. Bodies, CORS and pages are the server's: it gets a body that is parsed already. */
export function createGraphql({
  schema,
  parts,
  introspection,
  logger,
}: GraphqlOptions): YogaServerInstance<NodeContext, RequestContext> {
  return createYoga<NodeContext, RequestContext>({
    schema,
    context: (initial) => createRequestContext(initial, parts),
    plugins: [
      useMaskedFailures(parts.mask),
      ...documentLimits(),
      ...(introspection ? [] : [useDisableIntrospection()]),
      useRejectBadToken(),
      useCacheExtension(),
      useErrorCodes({ schema, mask: parts.mask, hideSuggestions: parts.production }),
    ],
    parserAndValidationCache: {
      documentCache: createDocumentCache<DocumentNode>(DOCUMENT_CHARACTERS),
      errorCache: createDocumentCache<unknown>(DOCUMENT_CHARACTERS),
    },
    // Everything that leaves passes useErrorCodes.
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
}

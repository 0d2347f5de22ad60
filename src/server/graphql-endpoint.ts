import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerPage, type Page } from './graphiql-page.js';
import { readGraphqlBody, type GraphqlBody } from './graphql-body.js';
import { checkGraphqlQuery } from './graphql-query.js';
import { badRequest } from './http-answer.js';
import { refuse } from './refuse.js';

export interface GraphqlEndpointOptions {
  /** Yoga's handler; a parsed body stands at `request.body`. */
  readonly graphql: (request: IncomingMessage & { body?: GraphqlBody }, response: ServerResponse) => unknown;
  /** Undefined: no GraphiQL. */
  readonly graphiql: (() => Promise<Page>) | undefined;
}

/** What Yoga can answer with. */
const TYPES = ['application/json', 'application/graphql-response+json', 'text/event-stream', 'multipart/mixed'];

/** What comes to /graphql: GraphQL by GET and POST, and the page for a browser. */
export async function answerGraphql(
  request: IncomingMessage,
  response: ServerResponse,
  parameters: URLSearchParams,
  { graphql, graphiql }: GraphqlEndpointOptions,
): Promise<void> {
  const { method, headers } = request;
  const isGet = method === 'GET' || method === 'HEAD';
  // With a query too: GraphiQL writes its own into the address, and a reload or a link shows it again.
  if (isGet && graphiql && headers.accept?.includes('text/html')) {
    return answerPage(request, response, await graphiql());
  }
  if (method !== 'GET' && method !== 'POST') {
    response.setHeader('Allow', 'GET, POST');
    return refuse(request, response, badRequest(405, '/graphql takes GET and POST', String(method)));
  }
  const { accept = '*/*', host = '' } = headers;
  // Yoga makes a URL of it.
  if (host !== '' && !URL.canParse(`http://${host}`)) {
    return refuse(request, response, badRequest(400, 'Host is a name or an address, with a port or without', host));
  }
  if (!acceptsAnswer(accept)) {
    return refuse(request, response, badRequest(406, 'Accept has a type of answer that there is', accept, TYPES));
  }
  if (method === 'GET') {
    const fault = checkGraphqlQuery(parameters);
    if (fault) return refuse(request, response, fault);
    await graphql(request, response);
    return;
  }
  const read = await readGraphqlBody(request);
  if ('fault' in read) return refuse(request, response, read.fault);
  // However it was written: Yoga would compare it letter by letter.
  headers['content-type'] = 'application/json';
  await graphql(Object.assign(request, { body: read.body }), response);
}

/** Private */
function acceptsAnswer(accept: string): boolean {
  return ['*/*', 'application/*', 'text/*', 'multipart/*', ...TYPES].some((type) =>
    accept.toLowerCase().includes(type),
  );
}

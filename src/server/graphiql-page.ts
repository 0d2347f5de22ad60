import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { hash } from '../support/hash.js';
import type { GraphiqlDemo } from './graphiql-demo.js';
import { graphiqlTabs, type GraphiqlTabsOptions } from './graphiql-tabs.js';
import { send } from './http-answer.js';
import { GRAPHIQL_POLICY, setPageHeaders } from './page-headers.js';

/** A page ready to be sent. */
export interface Page {
  readonly body: Buffer;
  readonly gzipped: Buffer;
  /** Weak: one for the body compressed and not. */
  readonly etag: string;
}

export interface GraphiqlPageOptions extends Omit<GraphiqlTabsOptions, 'demo'> {
  /** Answers the same object as long as it is good. */
  readonly demo: () => Promise<GraphiqlDemo | undefined>;
}

/** GraphiQL, made when it is first asked for, and anew when the demo that it carries has become another. */
export function createGraphiqlPage({ symbols, timeframe, demo }: GraphiqlPageOptions): () => Promise<Page> {
  let page: { readonly made: Promise<Page>; readonly of: GraphiqlDemo | undefined } | undefined;
  return async () => {
    const present = await demo();
    if (page?.of !== present || !page) page = { made: renderPage({ symbols, timeframe, demo: present }), of: present };
    // What failed is tried again at the next request; this one is told.
    page.made.catch(() => (page = undefined));
    return page.made;
  };
}

/** Sends the page, compressed where the client can read that; 304 where it has it already. */
export function answerPage(request: IncomingMessage, response: ServerResponse, { body, gzipped, etag }: Page): void {
  const { 'accept-encoding': encodings = '', 'if-none-match': known = '' } = request.headers;
  setPageHeaders(response, GRAPHIQL_POLICY);
  response.setHeader('ETag', etag);
  // With the demo on it holds tokens.
  response.setHeader('Cache-Control', 'private, no-cache');
  response.appendHeader('Vary', 'Accept, Accept-Encoding');
  if (known.split(',').some((each) => each.trim() === etag)) {
    response.writeHead(304).end();
    return;
  }
  const zips = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(encodings));
  if (zips) response.setHeader('Content-Encoding', 'gzip');
  send(response, { status: 200, type: 'text/html; charset=utf-8', body: zips ? gzipped : body });
}

/**
 * Private: one page of 9 MB (2.4 MB gzipped), with nothing to load from elsewhere. The package costs 200 ms and 47 MB to import, so
 * that waits for somebody to ask.
 */
async function renderPage(options: GraphiqlTabsOptions): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const tabs = graphiqlTabs(options);
  const html = renderGraphiQL({
    title: 'Tidemark',
    endpoint: '/graphql',
    headers: tabs[0]?.headers,
    defaultTabs: tabs.map(({ query, headers }) => ({ query, headers })),
    shouldPersistHeaders: true,
    defaultEditorToolsVisibility: 'headers',
  });
  const body = Buffer.from(html);
  return { body, gzipped: await promisify(gzip)(body), etag: `W/"${hash(body)}"` };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { hash } from '../support/hash.js';
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

/**
 * GraphiQL in one page of 9 MB (2.4 MB gzipped), with nothing to load from elsewhere. The package costs 200 ms and 47 MB to import,
 * so that happens when the page is first asked for.
 */
export async function renderGraphiqlPage(options: GraphiqlTabsOptions): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const tabs = graphiqlTabs(options);
  const html = renderGraphiQL({
    title: 'Tidemark',
    endpoint: '/graphql',
    headers: tabs[0]?.headers,
    defaultTabs: tabs.map(({ query, headers }) => ({ query, headers: headers ?? null })),
    shouldPersistHeaders: true,
    defaultEditorToolsVisibility: 'headers',
  });
  const body = Buffer.from(html);
  return { body, gzipped: await promisify(gzip)(body), etag: `W/"${hash(body)}"` };
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

import { describe, expect, it } from 'vitest';
import { openServer, type ServerWorld } from './server-world.js';

const APP = 'https://app.example.com';
const EXPOSED = [
  'Age',
  'Cache-Control',
  'Cache-Status',
  'Cache-Tag',
  'ETag',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
];

/** One request for each status that a page may have to read. */
const ANSWERS: readonly [number, string, RequestInit][] = [
  [200, '/graphql', post('{"query":"{ market { source } }"}')],
  [200, '/health', {}],
  [400, '/graphql', post('{')],
  [400, '/graphql', {}],
  [401, '/graphql', { ...post('{"query":"{ market { source } }"}', { Authorization: 'Basic wrong' }) }],
  [404, '/nowhere', {}],
  [405, '/graphql', { method: 'DELETE' }],
  [405, '/health', { method: 'POST' }],
  [405, '/graphql?query=mutation{logout}', {}],
  [406, '/graphql', post('{"query":"{ market { source } }"}', { Accept: 'image/png' })],
  [413, '/graphql', post('x'.repeat(100_001))],
  [415, '/graphql', { method: 'POST', body: 'query' }],
];

describe('CORS', () => {
  it.each(ANSWERS)('lets any origin read a %i of %s, and its headers', async (status, path, init) => {
    const server = await openServer({ corsOrigins: '*' });
    const { headers, ...answer } = await from(APP, server, path, init);
    expect(answer.status).toBe(status);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-expose-headers')?.split(', ')).toEqual(EXPOSED);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each(ANSWERS)('lets a listed origin, and no other, read a %i of %s', async (status, path, init) => {
    const server = await openServer({ corsOrigins: ['https://other.example.com', APP] });
    const listed = await from(APP, server, path, init);
    expect(listed.status).toBe(status);
    expect(listed.headers.get('access-control-allow-origin')).toBe(APP);
    expect(listed.headers.get('access-control-expose-headers')?.split(', ')).toEqual(EXPOSED);
    expect(listed.headers.get('vary')).toContain('Origin');
    const unlisted = await from('https://app.example.com.evil.com', server, path, init);
    expect(unlisted.status).toBe(status);
    expect(corsHeadersOf(unlisted.headers)).toEqual([]);
    expect(unlisted.headers.get('vary')).toContain('Origin');
  });

  it.each(['http://app.example.com', 'https://app.example.com:8443', 'https://example.com', 'null', 'app.example.com'])(
    'is not open to %s where another origin is listed',
    async (origin) => {
      const server = await openServer({ corsOrigins: [APP] });
      expect(corsHeadersOf((await from(origin, server, '/health')).headers)).toEqual([]);
      expect(corsHeadersOf((await preflight(origin, server)).headers)).toEqual([]);
    },
  );

  it('is open to nobody with an empty list', async () => {
    const server = await openServer({ corsOrigins: [] });
    expect(corsHeadersOf((await from(APP, server, '/health')).headers)).toEqual([]);
    const answer = await preflight(APP, server);
    expect([answer.status, corsHeadersOf(answer.headers)]).toEqual([204, []]);
  });

  it('gives the same answer with and without an origin where all are allowed, so that caches may mix them up', async () => {
    const server = await openServer({ corsOrigins: '*' });
    const { headers } = await server.get('/schema.graphql');
    expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual(['*', null]);
  });

  it.each(['*', APP])('answers the preflight of a page, for two hours, where %s is allowed', async (allowed) => {
    const server = await openServer({ corsOrigins: allowed === '*' ? '*' : [allowed] });
    const { status, headers, text } = await preflight(APP, server);
    expect([status, text]).toEqual([204, '']);
    expect(Object.fromEntries(headers)).toMatchObject({
      'access-control-allow-origin': allowed,
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': 'Authorization, Content-Type, X-Cache-Trace',
      'access-control-max-age': '7200',
    });
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('keeps what it says of the origin beside what a page varies by', async () => {
    const server = await openServer({ corsOrigins: [APP] });
    const { headers } = await from(APP, server, '/graphql', { headers: { Accept: 'text/html' } });
    expect(headers.get('vary')?.split(', ')).toEqual(['Origin', 'Accept', 'Accept-Encoding']);
  });
});

/** Private */
function post(body: string, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body };
}

/** Private */
function from(origin: string, server: ServerWorld, path: string, init: RequestInit = {}) {
  const headers = new Headers(init.headers);
  headers.set('Origin', origin);
  return server.send(path, { ...init, headers });
}

/** Private */
function preflight(origin: string, server: ServerWorld) {
  const headers = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' };
  return from(origin, server, '/graphql', { method: 'OPTIONS', headers });
}

/** Private */
function corsHeadersOf(headers: Headers): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'));
}

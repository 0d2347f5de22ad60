import { buildSchema as buildFromText } from 'graphql';
import { describe, expect, it } from 'vitest';
import { openServer } from './server-world.js';

describe('/health', () => {
  it.each([
    ['healthy', 200],
    ['degraded', 200],
    ['unhealthy', 503],
  ] as const)('is %s with %i', async (status, code) => {
    const health = { status, checks: { cache: { status, message: 'why' } } };
    const server = await openServer({ health: async () => health });
    const answer = await server.get('/health');
    expect([answer.status, answer.body]).toEqual([code, health]);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });
});

describe('/ready', () => {
  it('is 503 until everything is open', async () => {
    let ready = false;
    const server = await openServer({ isReady: () => ready });
    expect(await server.get('/ready')).toMatchObject({ status: 503, body: { ready: false } });
    ready = true;
    expect(await server.get('/ready')).toMatchObject({ status: 200, body: { ready: true } });
  });
});

describe('/schema.graphql', () => {
  it('is the schema, with its policies, though introspection be off', async () => {
    const server = await openServer({ production: true, introspection: false });
    const { status, headers, text } = await server.get('/schema.graphql');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(buildFromText(text).getQueryType()?.getFields()).toHaveProperty('overview');
    expect(text).toContain('@cacheControl(maxAge: 5');
  });
});

describe('/', () => {
  it('links to what there is', async () => {
    const withGraphiql = await (await openServer()).get('/');
    expect(withGraphiql.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const path of ['/graphql', '/schema.graphql', '/health', '/ready']) {
      expect(withGraphiql.text).toContain(`<a href="${path}">`);
    }
    const { text } = await (await openServer({ graphiql: false })).get('/');
    expect(text).not.toContain('<a href="/graphql">');
  });
});

describe('A path', () => {
  it.each(['/nowhere', '/graphqls', '/health/live', '/graphql/x', '//graphql', '/constructor', '/__proto__'])(
    '%s that there is not is 404 for every method, and says where GraphQL is',
    async (path) => {
      const server = await openServer();
      for (const method of ['GET', 'POST', 'DELETE']) {
        const { status, body } = await server.send(path, { method });
        expect(status).toBe(404);
        expect(body).toEqual({
          errors: [
            { message: `There is nothing at ${path}. GraphQL is at /graphql.`, extensions: { code: 'NOT_FOUND' } },
          ],
        });
      }
    },
  );

  it.each(['/health/', '/ready?now', '/schema.graphql/?a=b'])(
    '%s is the one without a slash or a query',
    async (path) => {
      expect((await (await openServer()).get(path)).status).toBe(200);
    },
  );

  it.each(['/', '/health', '/ready', '/schema.graphql'])('%s takes GET and HEAD alone', async (path) => {
    const server = await openServer();
    const get = await server.get(path);
    const head = await server.send(path, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length', 'cache-control', 'x-content-type-options']) {
      expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status, headers, body } = await server.send(path, { method });
      expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      expect(body).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', received: method } }] });
    }
  });
});

describe('/graphql', () => {
  const QUERY = `query=${encodeURIComponent('query ($limit: Int!) { candles(symbol: "BTC-USD", timeframe: D1, limit: $limit) { closed } }')}`;

  it('takes a query by GET, with variables and a name', async () => {
    const server = await openServer();
    const one = await server.get(`/graphql?${QUERY}&variables=${encodeURIComponent('{"limit":1}')}`);
    expect(one).toMatchObject({ status: 200, body: { data: { candles: [{ closed: false }] } } });
    const named = await server.get(
      `/graphql/?query=${encodeURIComponent('query A{__typename} query B{market{source}}')}&operationName=B`,
    );
    expect(named.body).toEqual({ data: { market: { source: 'simulated' } } });
  });

  it.each([
    ['', 'A GET has a query, such as /graphql?query={market{source}}, but got none.'],
    ['?query=', 'A GET has a query, such as /graphql?query={market{source}}, but got none.'],
    [`?${QUERY}&variables=[1]`, 'The parameter variables is a JSON object, but got "[1]".'],
    [`?${QUERY}&variables={limit`, 'The parameter variables is a JSON object, but got "{limit".'],
    [`?${QUERY}&extensions=1`, 'The parameter extensions is a JSON object, but got "1".'],
  ])('answers 400 to the GET "%s"', async (search, message) => {
    const { status, body } = await (await openServer()).get(`/graphql${search}`);
    expect([status, body]).toMatchObject([400, { errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] }]);
  });

  it('takes mutations by POST alone', async () => {
    const server = await openServer();
    const { status, headers, body } = await server.get(`/graphql?query=${encodeURIComponent('mutation { logout }')}`);
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
    expect(body).toEqual({
      errors: [
        {
          message: 'Can only perform a mutation operation from a POST request.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
  });

  it.each(['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('does not take %s', async (method) => {
    const { status, headers } = await (await openServer()).send('/graphql', { method });
    expect([status, headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it('answers in the type that is asked for, and 406 where it has none of them', async () => {
    const server = await openServer();
    const typeFor = async (accept: string) => {
      const { status, headers } = await server.query('{ __typename }', {}, { Accept: accept });
      return [status, headers.get('content-type')];
    };
    const json = [200, 'application/json; charset=utf-8'];
    expect(await typeFor('*/*')).toEqual(json);
    expect(await typeFor('application/*')).toEqual(json);
    expect(await typeFor('text/html, application/json;q=0.1')).toEqual(json);
    expect(await typeFor('Application/GraphQL-Response+JSON')).toEqual([
      200,
      'application/graphql-response+json; charset=utf-8',
    ]);
    const { status, body } = await server.query('{ __typename }', {}, { Accept: 'image/png' });
    expect([status, body]).toMatchObject([
      406,
      { errors: [{ extensions: { code: 'BAD_USER_INPUT', received: 'image/png' } }] },
    ]);
  });
});

describe('The headers of an answer', () => {
  it('keep GraphQL out of caches and content from being sniffed', async () => {
    const server = await openServer();
    const answers = [
      await server.query('{ market { source } }'),
      await server.query('{'),
      await server.get('/graphql?query={market{source}}'),
      await server.get('/health'),
      await server.get('/nowhere'),
    ];
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('keep pages out of frames and from loading or sending anything elsewhere', async () => {
    const server = await openServer();
    const pages = [await server.get('/'), await server.get('/graphql', { Accept: 'text/html' })];
    for (const { status, headers } of pages) {
      expect(status).toBe(200);
      const policy = headers.get('content-security-policy') ?? '';
      for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]) {
        expect(policy).toContain(rule);
      }
      expect(policy).not.toMatch(/https?:|\*/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('do not say what the server is made of', async () => {
    const { headers } = await (await openServer()).query('{ market { source } }');
    expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
  });
});

import { gunzipSync } from 'node:zlib';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createGraphiqlPage } from '../../src/server/graphiql-page.js';
import { graphiqlTabs } from '../../src/server/graphiql-tabs.js';
import { startGateway } from '../support/gateway.js';
import { openServer } from './server-world.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('GraphiQL', () => {
  it('is what a browser gets, with a query in its address too', async () => {
    const server = await openServer();
    for (const path of ['/graphql', '/graphql/', '/graphql?query={market{source}}']) {
      const { status, headers, text } = await server.get(path, { Accept: BROWSER });
      expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(text).toContain('<title>Tidemark</title>');
      expect(text).toContain('query Overview');
    }
  });

  it('is what nobody else gets', async () => {
    const server = await openServer();
    for (const accept of ['*/*', 'application/json', 'application/graphql-response+json']) {
      expect((await server.get('/graphql', { Accept: accept })).status).toBe(400);
      expect((await server.get('/graphql?query={__typename}', { Accept: accept })).body).toEqual({
        data: { __typename: 'Query' },
      });
    }
    const posted = await server.query('{ __typename }', {}, { Accept: BROWSER });
    expect(posted.body.data).toEqual({ __typename: 'Query' });
  });

  it('needs nothing from elsewhere', async () => {
    const { text } = await (await openServer()).get('/graphql', { Accept: BROWSER });
    expect(text).not.toMatch(/<(script|link|img)[^>]+(src|href)="?(https?:)?\/\//);
  });

  it('is compressed for who reads that', async () => {
    const server = await openServer();
    const get = async (encoding: string) => {
      const answer = await fetch(`${server.url}/graphql`, {
        headers: { Accept: BROWSER, 'Accept-Encoding': encoding },
      });
      await answer.body?.cancel();
      return [answer.headers.get('content-encoding'), Number(answer.headers.get('content-length'))] as const;
    };
    const [gzip, small] = await get('gzip, deflate, br');
    const [none, large] = await get('identity');
    expect([gzip, none, small < large / 3]).toEqual(['gzip', null, true]);
    expect((await get('br, gzip;q=0'))[0]).toBeNull();
    expect((await get('gzip;q=0.5'))[0]).toBe('gzip');
  });

  it('is asked for anew each time, and not sent again to who has it', async () => {
    const server = await openServer();
    const first = await server.get('/graphql', { Accept: BROWSER });
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    expect(first.headers.get('vary')).toBe('Accept, Accept-Encoding');
    for (const known of [etag, `"other", ${etag}`]) {
      const again = await server.get('/graphql', { Accept: BROWSER, 'If-None-Match': known });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await server.get('/graphql', { Accept: BROWSER, 'If-None-Match': '"other"' })).status).toBe(200);
  });

  it('answers HEAD without its body', async () => {
    const { status, headers, text } = await (
      await openServer()
    ).send('/graphql', { method: 'HEAD', headers: { Accept: BROWSER } });
    expect([status, text, Number(headers.get('content-length')) > 1_000_000]).toEqual([200, '', true]);
  });

  it('is off where it is off, and a browser is told so', async () => {
    const server = await openServer({ graphiql: false });
    expect(await server.get('/graphql', { Accept: BROWSER })).toMatchObject({ status: 400 });
    expect((await server.get('/graphql?query={__typename}', { Accept: BROWSER })).body).toEqual({
      data: { __typename: 'Query' },
    });
  });
});

describe('The page of GraphiQL', () => {
  const demo = { trader: 'token-of-trader', admin: 'token-of-admin', watchlistId: 'list-of-trader' };
  const options = { symbols: ['BTC-USD', 'ETH-USD'], timeframe: 'H4' };

  it('is made once, and again when the demo that it carries has become another', async () => {
    let present = demo;
    const page = createGraphiqlPage({ ...options, demo: async () => present });
    const [first, same] = await Promise.all([page(), page()]);
    expect(same).toBe(first);
    present = { ...demo, trader: 'token-2' };
    const second = await page();
    expect(second.etag).not.toBe(first.etag);
    expect(second.body.toString()).toContain('token-2');
    expect(gunzipSync(second.gzipped).equals(second.body)).toBe(true);
  });

  it('is tried again after it failed', async () => {
    let asked = 0;
    const failOnce = async () => {
      if (++asked === 1) throw new Error('The database is away.');
      return demo;
    };
    const page = createGraphiqlPage({ ...options, demo: failOnce });
    await expect(page()).rejects.toThrow('The database is away.');
    expect((await page()).body.toString()).toContain('token-of-trader');
  });
});

describe('The tabs of GraphiQL', () => {
  it('are each one operation with a name of its own', () => {
    const tabs = graphiqlTabs({ symbols: ['BTC-USD', 'ETH-USD'], timeframe: 'H4', demo: undefined });
    const names = tabs.map(({ query }) => {
      const [definition, ...more] = parse(query).definitions;
      expect(more).toEqual([]);
      return definition && 'name' in definition ? definition.name?.value : undefined;
    });
    expect(new Set(names).size).toBe(tabs.length);
    expect(names).not.toContain(undefined);
  });
});

describe('The demo of GraphiQL', () => {
  it('is signed in anew once somebody has signed it out', async () => {
    const gateway = await startGateway();
    try {
      const tokens = async () => {
        const { text } = await gateway.get('/graphql', { Accept: 'text/html' });
        return [...new Set(text.match(/Bearer [\w-]{43}/g))];
      };
      const before = await tokens();
      expect(before).toHaveLength(2);
      expect(await tokens()).toEqual(before);
      const logout = await gateway.query('mutation { logout }', {}, { Authorization: before[0] ?? '' });
      expect(logout.body.data).toEqual({ logout: true });
      const after = await tokens();
      expect(after).not.toContain(before[0]);
      const viewer = await gateway.query('{ viewer { email } }', {}, { Authorization: after[0] ?? '' });
      expect(viewer.status).toBe(200);
    } finally {
      await gateway.close();
    }
  });
});

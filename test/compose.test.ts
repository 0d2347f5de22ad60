import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { csvOf, makeFolder } from './upstream/csv/csv-folder.js';
import { answersIn } from './support/event-stream.js';
import { startGateway, type TestGateway } from './support/gateway.js';

const BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

interface Tab {
  readonly query: string;
  readonly headers: string;
}

/** Each tab of GraphiQL is answered, and without errors. */
async function expectTabsToRun(gateway: TestGateway): Promise<void> {
  const { text } = await gateway.get('/graphql', BROWSER);
  const [, json = '[]'] = /"defaultTabs":(\[.*?\]),"shouldPersistHeaders"/s.exec(text) ?? [];
  const tabs = JSON.parse(json) as readonly Tab[];
  expect(tabs.length).toBeGreaterThan(5);
  for (const { query, headers } of tabs) {
    const answer = await gateway.query(query, {}, JSON.parse(headers) as Record<string, string>);
    const answers = answersIn(answer);
    expect({ query, status: answer.status, errors: answers.flatMap(({ errors = [] }) => errors) }).toEqual({
      query,
      status: 200,
      errors: [],
    });
    expect(answers).not.toHaveLength(0);
  }
}

/** A file of candles of one length each, which rise and fall. */
function candleFile(count: number, timeOf: (index: number) => number): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const price = 100 + 10 * Math.sin(index / 5);
    return [new Date(timeOf(index)).toISOString(), price, price + 1, price - 1, price, 1].join(',');
  });
  return csvOf(...rows);
}

describe('A gateway by its defaults', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  // The first of all: the database takes some seconds.
  it('serves the market before its database is open, and says so', async () => {
    expect(await gateway.get('/ready')).toMatchObject({ status: 503, body: { ready: false } });
    expect((await gateway.query('{ market { source } }')).body).toEqual({ data: { market: { source: 'simulated' } } });
  });

  it('is ready once its database is open, its demo accounts too', async () => {
    await gateway.opened;
    expect(await gateway.get('/ready')).toMatchObject({ status: 200, body: { ready: true } });
    const token = await gateway.signIn('trader@demo.local', 'trader');
    const { body } = await gateway.query('{ viewer { tier } }', {}, { Authorization: `Bearer ${token}` });
    expect(body.data).toEqual({ viewer: { tier: 'AUTHENTICATED' } });
  });

  it('shows GraphiQL with tabs that run as they stand', async () => {
    await expectTabsToRun(gateway);
  });

  it('lets pages of any origin in', async () => {
    const { headers } = await gateway.get('/health', { Origin: 'https://app.example.com' });
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('A gateway in production', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ NODE_ENV: 'production' });
  });
  afterAll(() => gateway.close());

  it('has no demo, no GraphiQL, no introspection, no suggestions and no origins', async () => {
    await gateway.opened;
    await expect(gateway.signIn('admin@demo.local', 'admin')).rejects.toThrow('wrong');
    expect((await gateway.get('/graphql', BROWSER)).status).toBe(400);
    expect((await gateway.query('{ __schema { queryType { name } } }')).body).not.toHaveProperty('data');
    const { body } = await gateway.query('{ market { sourc } }');
    expect(body.errors).toMatchObject([{ message: 'Cannot query field "sourc" on type "Market".' }]);
    const { headers } = await gateway.get('/health', { Origin: 'https://app.example.com' });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('tells of its cache to an admin alone', async () => {
    const { body, headers } = await gateway.query('{ cacheStats { since } }', {}, { 'X-Cache-Trace': '1' });
    expect([body.data, body.extensions]).toEqual([{ cacheStats: null }, undefined]);
    expect(body.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('A gateway', () => {
  let gateway: TestGateway | undefined;
  afterEach(() => gateway?.close());

  it('whose database is not to be had serves the market, and shows no password of it', async () => {
    gateway = await startGateway({ DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/tidemark' });
    const reason = await gateway.opened.then(
      () => '',
      (error: Error) => `${error.message} ${error.stack}`,
    );
    expect(reason).toContain('127.0.0.1:1');
    expect(reason).not.toContain('hunter2');
    expect((await gateway.query('{ market { source } }')).status).toBe(200);
    expect((await gateway.get('/ready')).status).toBe(503);
    const signIn = await gateway.query('mutation { login(email: "a@b.c", password: "d") { token } }');
    expect(signIn.body.errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
    expect(signIn.text).not.toMatch(/hunter2|ECONNREFUSED/);
  });

  it('on files of months and of days shows tabs that run as they stand', async () => {
    const folder = await makeFolder({
      'BTCUSD.csv': candleFile(150, (month) => Date.UTC(2010, month, 1)),
      'GOOG.csv': candleFile(800, (day) => Date.UTC(2020, 7, 1 + day)),
    });
    gateway = await startGateway({ MARKET_SOURCE: `csv:${folder}` });
    await gateway.opened;
    await expectTabsToRun(gateway);
  });

  it('that is closed twice closes once', async () => {
    gateway = await startGateway({ DATABASE_URL: 'postgres://127.0.0.1:1/tidemark' });
    await Promise.all([gateway.close(), gateway.close()]);
    await expect(fetch(`${gateway.url}/ready`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

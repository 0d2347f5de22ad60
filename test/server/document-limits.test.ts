import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createDocumentCache } from '../../src/server/document-cache.js';
import { openServer } from './server-world.js';

const GRAPHQL_JSON = { Accept: 'application/graphql-response+json' };

/** What is refused: the rule, what came, and with it what is allowed. */
async function refusal(document: string) {
  const server = await openServer();
  const { status, body } = await server.query(document, {}, GRAPHQL_JSON);
  expect([status, body.errors?.length, 'data' in body]).toEqual([400, 1, false]);
  const [error] = body.errors ?? [];
  expect(error?.extensions.code).toBe('BAD_USER_INPUT');
  return { message: error?.message, ...error?.extensions };
}

/** The answer to what is allowed. */
async function answer(document: string, variables = {}) {
  const server = await openServer();
  const { status, body } = await server.query(document, variables, GRAPHQL_JSON);
  expect([status, body.errors]).toEqual([200, undefined]);
  return body.data;
}

function repeat(count: number, part: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => part(i)).join(' ');
}

describe('The depth of a document', () => {
  // Of what the schema has, nothing is as deep as the limit; unknown fields are counted all the same.
  const deep = (levels: number) => `{ ${'a { '.repeat(levels)}b${' }'.repeat(levels)} }`;

  it('has at most 12 levels', async () => {
    expect(await refusal(deep(12))).toMatchObject({
      message: 'A document has at most 12 levels of depth, but this one has 13.',
      rule: 'A document has at most 12 levels of depth',
      received: 13,
      allowed: 12,
    });
    const { body } = await (await openServer()).query(deep(11));
    expect(body.errors?.map(({ extensions }) => extensions.code)).not.toContain('BAD_USER_INPUT');
  });

  it('is that of the fields, however they are wrapped into fragments', async () => {
    const inFragments = `{ ...F0 } ${repeat(12, (i) => `fragment F${i} on Query { a { ...F${i + 1} } }`)} fragment F12 on Query { b }`;
    expect(await refusal(inFragments)).toMatchObject({ received: 13, allowed: 12 });
    const inline = `{ ${'... on Query { a { '.repeat(12)}b${' } }'.repeat(12)} }`;
    expect(await refusal(inline)).toMatchObject({ received: 13, allowed: 12 });
  });

  it('leaves room for the introspection query of tools', async () => {
    expect(await answer(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }))).toHaveProperty(
      '__schema',
    );
  });
});

describe('The brackets of a document', () => {
  it.each([
    ['of a list', `{ analyses(symbols: ${'['.repeat(2_000)}${']'.repeat(2_000)}) { symbol } }`, 2_002],
    ['of an object', `{ analyses(symbols: ${'{a:'.repeat(1_000)}1${'}'.repeat(1_000)}) { symbol } }`, 1_002],
    ['of inline fragments', `{ ${'... { '.repeat(1_000)}__typename${' }'.repeat(1_000)} }`, 1_001],
  ])(
    'nest at most 100 deep, those %s too, which would overflow the stack of the parser',
    async (_, document, received) => {
      expect(await refusal(document)).toMatchObject({
        message: `A document nests at most 100 brackets in each other, but this one has ${received}.`,
        received,
        allowed: 100,
      });
    },
  );

  it('are not those of strings and comments', async () => {
    const strings = `{ market { source } } # ${'['.repeat(200)}\n`;
    expect(await answer(strings)).toEqual({ market: { source: 'simulated' } });
    expect(await answer(`{ instruments(search: "${'('.repeat(60)}", first: 1) { totalCount } }`)).toEqual({
      instruments: { totalCount: 0 },
    });
  });
});

describe('The aliases of a document', () => {
  it('are at most 60', async () => {
    const aliased = (count: number) => `{ ${repeat(count, (i) => `a${i}: market { source }`)} }`;
    expect(Object.keys((await answer(aliased(60))) ?? {})).toHaveLength(60);
    expect(await refusal(aliased(200))).toMatchObject({
      message: 'A document has at most 60 aliases, but this one has 200.',
      rule: 'A document has at most 60 aliases',
      received: 200,
      allowed: 60,
    });
  });

  it('count as often as their fragment is spread', async () => {
    const aliases = repeat(31, (i) => `a${i}: source`);
    const twice = `{ a: market { ...F } b: market { ...F } } fragment F on Market { ${aliases} }`;
    expect(await refusal(twice)).toMatchObject({ received: 64, allowed: 60 });
  });
});

describe('The length of a document', () => {
  it('is at most 5,000 tokens', async () => {
    const tokens = (count: number) => `{ market { source } ${repeat(count - 6, () => '__typename')} }`;
    expect(await refusal(tokens(5_001))).toMatchObject({
      message: 'A document has at most 5000 tokens, but this one has 5001.',
      rule: 'A document has at most 5000 tokens',
      received: 5_001,
      allowed: 5_000,
    });
    const { body } = await (await openServer()).query(tokens(5_000));
    expect(body.errors?.[0]?.extensions['rule']).toBeUndefined();
  });

  it('does not say it of what is no GraphQL', async () => {
    const { body } = await (await openServer()).query(`{ market { source } } %${' a'.repeat(6_000)}`);
    expect(body.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
  });

  it('is looked at again where the document comes again', async () => {
    const server = await openServer();
    const document = `{ ${repeat(5_000, () => 'a')} }`;
    const [first, second] = [await server.query(document), await server.query(document)];
    expect(first.body.errors?.[0]?.extensions['received']).toBe(5_002);
    expect(second.body).toEqual(first.body);
  });
});

describe('The directives of a document', () => {
  it('are at most 50', async () => {
    const directives = (count: number) => `{ market { ${repeat(count, () => 'source @skip(if: false)')} } }`;
    expect(await answer(directives(50))).toEqual({ market: { source: 'simulated' } });
    expect(await refusal(directives(51))).toMatchObject({
      message: 'A document has at most 50 directives, but this one has 51.',
      received: 51,
      allowed: 50,
    });
  });
});

describe('A field that a document repeats', () => {
  it('so often that comparing takes too long, is refused with a reason', async () => {
    const { body } = await (await openServer()).query(`{ ${repeat(1_200, () => 'market { source }')} }`);
    expect(body.errors).toMatchObject([
      {
        message: expect.stringMatching(/selects the same fields too often/) as unknown,
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ]);
  });
});

describe('The operation of a document', () => {
  const two = 'query A { market { source } } query B { __typename }';
  const fault = { argument: 'operationName', code: 'BAD_USER_INPUT' };

  it.each([
    ['is one of its own', two, 'C', { received: 'C', allowed: ['A', 'B'] }],
    ['is named where there are several', two, undefined, { received: null, allowed: ['A', 'B'] }],
    ['is not one of another case', 'query A { __typename }', 'a', { received: 'a', allowed: ['A'] }],
    ['is there', 'fragment F on Query { __typename }', undefined, { allowed: [] }],
  ])('%s', async (_, query, operationName, details) => {
    const server = await openServer();
    const body = JSON.stringify({ query, operationName });
    const headers = { 'Content-Type': 'application/json', ...GRAPHQL_JSON };
    const answer = await server.send('/graphql', { method: 'POST', headers, body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ extensions: { ...fault, ...details } }] });
  });

  it.each([['B'], ['A']])('is the one that is named: %s', async (operationName) => {
    const server = await openServer();
    const body = JSON.stringify({ query: two, operationName });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await server.send('/graphql', { method: 'POST', headers, body });
    const data = operationName === 'A' ? { market: { source: 'simulated' } } : { __typename: 'Query' };
    expect(answer.body).toEqual({ data });
  });
});

describe('The cache of parsed documents', () => {
  it('drops the least recently used past its bound in characters', () => {
    const cache = createDocumentCache<number>(10);
    cache.set('aaaa', 1);
    cache.set('bbbb', 2);
    expect(cache.get('aaaa')).toBe(1);
    cache.set('cccc', 3);
    expect(['aaaa', 'bbbb', 'cccc'].map((document) => cache.get(document))).toEqual([1, undefined, 3]);
  });

  it('keeps nothing that is longer than its bound, and drops nothing for it', () => {
    const cache = createDocumentCache<number>(10);
    cache.set('a', 1);
    cache.set('b'.repeat(11), 2);
    expect([cache.get('a'), cache.get('b'.repeat(11))]).toEqual([1, undefined]);
  });

  it('counts a document once that is set twice', () => {
    const cache = createDocumentCache<number>(10);
    for (let i = 0; i < 5; i++) cache.set('aaaa', i);
    cache.set('bbbb', 9);
    expect([cache.get('aaaa'), cache.get('bbbb')]).toEqual([4, 9]);
  });
});

/*
 * A client can't steer it. Guards: src/cache/key.ts (arguments and viewer enter keys hashed alone), src/cache/tag-template.ts (values in tags
 * are URI-encoded), src/cache/namespaces.ts (what a raised tag means), src/cache/tide/redis-tide-server.ts (a field is one line) and the
 * bounds of src/schema/arguments.ts and src/schema/cache-clearance.ts.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Compute, PolicyOptions } from '../../src/cache/index.js';
import { stableStringify } from '../../src/support/stable-stringify.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { DrivenRedis } from './helpers-driven-redis.js';

const TIDE = 'tidemark:{tide}';
const ENTRY = /^tidemark:[md]\.[a-z0-9_-]+:[A-Za-z]+(\.[A-Za-z]+)?:[\w-]{8}:[\w-]{22}$/;
const FIELD = /^(generation|run|clock|floor|members|holds|cursor|tag [!-~]+)$/;

const HOSTILE = [
  ...['', ' ', ':', '::', 'a:b', 'a%3Ab', '*', '?', '[a]', '=', '=x', '-', '{tide}', '{', '}', '{$viewer}', '${x}'],
  ...[
    'a\nb',
    'a\r\nb',
    '\0',
    'a\0b',
    '\t',
    '"',
    "'",
    '\\',
    '\\n',
    '../../x',
    'tidemark:{tide}',
    'm.test:*',
    'source:api',
  ],
  ...['é', '😀', '\u202e', '\ufeff', '\ud800', 'İ', 'ß'],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'undefined',
    'null',
    'NaN',
    '0',
  ],
  ...['x'.repeat(65_536), '\n'.repeat(65_536)],
];

let redis: DrivenRedis;

beforeAll(async () => {
  redis = await DrivenRedis.start();
});

afterEach(() => redis.clear());

afterAll(() => redis.stop());

/** Nothing is in Redis but what has the shape that we give it. */
const expectOwnShape = async () => {
  const keys = [...(await redis.keys()).keys()].filter((key) => key !== TIDE);
  for (const key of keys) expect(key).toMatch(ENTRY);
  for (const field of Object.keys(await redis.tide())) expect(field).toMatch(FIELD);
  return keys;
};

const echo: Compute<string> = async (misses) => misses.map(({ args }) => stableStringify(args));

describe('Arguments', () => {
  const policy: PolicyOptions<string> = { name: 'Query.echo', ttl: '1h', tags: ['echo:{$args.id}'] };

  it('of any form are hashed into keys of one form, each its own', async () => {
    const { cache } = await redis.join();
    const keys = [
      ...HOSTILE.map((id) => ({ id })),
      ...[null, 1, true, [], ['a'], ['a', 'b'], [['a'], 'b'], {}, { id: 'a' }].map((id) => ({ id })),
      JSON.parse('{ "id": "own", "__proto__": { "id": "x" } }') as Record<string, unknown>,
      { id: 'own', constructor: 'x' },
      { id: 'own', $parent: { id: 'own' } },
    ];
    for (const status of ['MISS', 'HIT']) {
      const loaded = await cache.loadMany(policy, keys, echo);
      for (const [i, each] of loaded.entries()) {
        expect(each).toMatchObject({ value: stableStringify(keys[i]), info: { status } });
      }
    }
    expect(await expectOwnShape()).toHaveLength(keys.length);
  });

  it('of a viewer are no key either', async () => {
    const { cache } = await redis.join();
    const mine: PolicyOptions<string> = { name: 'Query.mine', ttl: '1h', scope: 'PRIVATE', tags: ['mine:{$viewer}'] };
    for (const viewer of HOSTILE) {
      const { value } = await cache.load<string>(mine, {}, async () => [viewer], { viewer });
      expect(value).toBe(viewer);
    }
    for (const viewer of HOSTILE) {
      const { value, info } = await cache.load<string>(mine, {}, async () => ['another'], { viewer });
      expect([value, info.status]).toEqual([viewer, 'HIT']);
    }
    expect(await expectOwnShape()).toHaveLength(HOSTILE.length);
  });

  it('by force leave no trace of themselves in the tide', async () => {
    const { cache } = await redis.join();
    for (const id of HOSTILE) await cache.load(policy, { id }, echo, { force: true });
    await expectOwnShape();
    const fields = Object.keys(await redis.tide()).filter((field) => field.startsWith('tag '));
    expect(fields).toHaveLength(HOSTILE.length);
    for (const field of fields) expect(field).toMatch(/^tag m\.test:=query\.echo\.[\w-]{8}\.[\w-]{22}$/);
  });

  it('are encoded in tags, which end what carries them and nothing else', async () => {
    const { cache } = await redis.join();
    const one: PolicyOptions<string> = { name: 'Query.one', ttl: '1h', tags: ['{$args.id}', 'echo:{$args.id}'] };
    // Tags that differ by case alone are one, and nothing is no tag.
    const ids = HOSTILE.filter((id) => id !== '' && !['NaN', 'İ'].includes(id)).map((id) => ({ id }));
    await cache.loadMany(one, ids, echo);
    for (const level of [0, 1]) {
      for (const key of ids) {
        const { info } = await cache.load(one, key, echo);
        const tag = info.tags[level] ?? '';
        expect(tag.replace('echo:', '')).toMatch(/^[!-9;-~]+$/);
        await cache.invalidate([tag]);
        const after = await cache.loadMany(one, ids, echo);
        const missed = after.flatMap((each, i) =>
          !(each instanceof Error) && each.info.status === 'MISS' ? [ids[i]] : [],
        );
        expect(missed, `tag ${tag.slice(0, 80)}`).toEqual([key]);
      }
    }
    await expectOwnShape();
  });

  it('that are raised as they stand are harmless, with line breaks, wildcards and in great number', async () => {
    const { cache } = await redis.join();
    const one: PolicyOptions<string> = { name: 'Query.one', ttl: '1h', tags: ['one'] };
    await cache.load(one, {}, echo);
    const tags = [
      'one\nm.test:one',
      'one\r\none',
      '\none',
      'o*',
      '?ne',
      'on',
      'one:x',
      ' one',
      'one ',
      'ONE\0',
      ':*',
      '\n',
    ];
    const many = Array.from({ length: 5_000 }, (_, i) => `none:${i}`);
    const counts = await redis.commandsOf(async () => {
      expect(await cache.invalidate([...tags, ...many])).toMatchObject({ status: 'DONE' });
    });
    // One script, and one field for each tag in each origin.
    expect(counts['evalsha']).toBe(1);
    expect(counts['hget']).toBeLessThanOrEqual(2 * (tags.length + many.length));
    expect((await cache.load(one, {}, echo)).info.status).toBe('HIT');
  });
});

describe('A gateway', () => {
  let gateway: TestGateway;
  let admin: Record<string, string>;

  // One for all: a database takes its time to open.
  const open = async () => {
    gateway = await startGateway({ REDIS_URL: redis.url });
    const isReady = async () =>
      expect((await gateway.get('/health')).body).toMatchObject({ checks: { cache: { status: 'healthy' } } });
    await vi.waitFor(isReady, 20_000);
    admin = { Authorization: `Bearer ${await gateway.signIn('admin@demo.local', 'admin')}` };
  };

  it('keeps a client’s arguments, headers and tags out of Redis, and refuses what is beyond its bounds', async () => {
    await open();
    try {
      for (const text of HOSTILE.map((each) => each.slice(0, 20_000))) {
        const { body } = await gateway.query(
          `query ($text: String!, $id: ID!) {
            price(symbol: $text) { price } prices(symbols: [$text, "BTC-USD"]) { error { code } }
            instrument(symbol: $text) { name } instruments(search: $text, exchange: $text) { totalCount }
            watchlist(id: $id) { name } watchlists(category: $text) { name }
          }`,
          { text, id: text },
          { ...admin, 'X-Cache-Trace': '1:{tide}*', 'User-Agent': '{tide}:*' },
        );
        expect(JSON.stringify(body)).not.toContain('INTERNAL');
        await gateway.query(
          '{ viewer { id } }',
          {},
          { Authorization: `Bearer ${text.slice(0, 100).replace(/[^!-~]/g, '~')}` },
        );
      }
      expect((await expectOwnShape()).length).toBeGreaterThan(HOSTILE.length);

      const marks = async () => Object.keys(await redis.tide()).filter((field) => field.startsWith('tag ')).length;
      const clear = async (tags: readonly string[]) => {
        const mutation = 'mutation ($tags: [String!]!) { clearCacheTags(tags: $tags) { status tags } }';
        return (await gateway.query(mutation, { tags }, admin)).body;
      };
      const before = await marks();
      const refused: [readonly string[], RegExp][] = [
        [[], /has 1 to 100 tags, but got 0/],
        [Array.from({ length: 101 }, (_, i) => `t${i}`), /has 1 to 100 tags, but got 101/],
        ...['', ' ', 'a b', 'a\nb', 'a\0', '\u202e', 'x'.repeat(201)].map((tag): [string[], RegExp] => [
          ['fine', tag],
          /each has 1 to 200 characters, none of them a space, but got "/,
        ]),
      ];
      for (const [tags, message] of refused) {
        expect((await clear(tags)).errors).toMatchObject([
          {
            message: expect.stringMatching(message) as string,
            extensions: { code: 'BAD_USER_INPUT', argument: 'tags' },
          },
        ]);
      }
      expect(await marks()).toBe(before);
      const odd = ['a*', '?', '[x]', ':*', '*:*', '__proto__', 'constructor', '=x', '{tide}', 'x'.repeat(200)];
      expect((await clear(odd)).data).toEqual({ clearCacheTags: { status: 'DONE', tags: odd } });
      expect((await marks()) - before).toBeLessThanOrEqual(2 * odd.length);
      await expectOwnShape();

      const symbols = (count: number) => Array.from({ length: count }, () => 'BTC-USD');
      const bounds: [string, unknown, RegExp][] = [
        ['query ($v: String!) { price(symbol: $v) { price } }', 'x'.repeat(33), /1 to 32 characters/],
        [
          'query ($v: [String!]!) { prices(symbols: $v) { symbol } }',
          symbols(501),
          /has 1 to 500 symbols, but got 501/,
        ],
        [
          'query ($v: [String!]!) { overview(symbols: $v) { asOf } }',
          symbols(101),
          /has 1 to 100 symbols, but got 101/,
        ],
        ['query ($v: Int!) { instruments(first: $v) { totalCount } }', 501, /from 1 to 500, but got 501/],
        ['query ($v: Int!) { orderBook(symbol: "BTC-USD", depth: $v) { time } }', 501, /from 1 to 500, but got 501/],
        ['query ($v: Int!) { candles(symbol: "BTC-USD", timeframe: H1, limit: $v) { time } }', 5_001, /but got 5001/],
      ];
      const keys = (await redis.keys()).size;
      for (const [query, v, message] of bounds) {
        expect((await gateway.query(query, { v })).body.errors, query.slice(0, 60)).toMatchObject([
          { message: expect.stringMatching(message) as string, extensions: { code: 'BAD_USER_INPUT' } },
        ]);
      }
      expect((await redis.keys()).size).toBeLessThanOrEqual(keys);
    } finally {
      await gateway.close();
    }
  });
});

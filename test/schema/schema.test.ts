import { readFileSync } from 'node:fs';
import { assertEnumType, assertObjectType, buildSchema as parseSchema, print, validateSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { fieldPolicyOf } from '../../src/field-cache/index.js';
import { buildSchema } from '../../src/schema/index.js';
import { printGatewaySchema } from '../../src/server/print-schema.js';
import { LATER } from './later.js';
import { definitionsOf } from './signatures.js';

const schema = buildSchema();
const printed = printGatewaySchema(schema);

describe('buildSchema', () => {
  it('says of every field of Query how it is cached', () => {
    const silent = queryFields().filter((field) => fieldPolicyOf(field) === undefined);
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('leaves uncached only what fetches nothing worth keeping', () => {
    const uncached = queryFields().filter((field) => fieldPolicyOf(field) === 'never');
    expect(uncached.map(({ name }) => name).sort()).toEqual([
      'cacheHealth',
      'cacheStats',
      'market',
      'strategies',
      'viewer',
    ]);
  });

  it('describes every type, field, argument, enum value and directive', () => {
    const definitions = definitionsOf(schema);
    expect(definitions.length).toBeGreaterThan(300);
    expect(definitions.filter(({ description }) => !description?.trim()).map(({ coordinate }) => coordinate)).toEqual(
      [],
    );
  });

  it('prints the TTLs that are in force', () => {
    const overridden = printGatewaySchema(buildSchema({ PRICE: 7_000 }));
    expect(directivesOf('Query.price', overridden)[0]).toBe('@cacheControl(maxAge: 7, scope: PUBLIC)');
    expect(directivesOf('PriceResult.price', overridden)[0]).toBe('@cacheControl(maxAge: 7, scope: PUBLIC)');
    expect(directivesOf('Query.orderBook', overridden)).toEqual(directivesOf('Query.orderBook', printed));
  });
});

describe('the schema against CONTRACT.md', () => {
  const contract = parseSchema(contractSchema());
  const ours = new Map(definitionsOf(schema).map((each) => [each.coordinate, each]));
  const promised = new Map(definitionsOf(contract).map((each) => [each.coordinate, each]));

  it('is compared with a schema that is valid', () => {
    expect(validateSchema(contract)).toEqual([]);
    expect(promised.size).toBeGreaterThan(500);
  });

  it('gives what it has the types, nullability and defaults that were promised', () => {
    const shared = [...ours.values()].filter(({ coordinate }) => promised.has(coordinate));
    const signatures = (from: typeof ours) =>
      shared.map(({ coordinate }) => `${coordinate}: ${from.get(coordinate)?.signature}`);
    expect(signatures(ours)).toEqual(signatures(promised));
  });

  it('adds nothing but the directives of the cache', () => {
    const added = [...ours.values()].filter(({ coordinate, parent }) => !promised.has(coordinate) && !isAdded(parent));
    expect(added.map(({ coordinate }) => coordinate)).toEqual(['@cacheControl', '@cacheTag', 'CacheControlScope']);
  });

  it('lacks what is listed for later, and nothing else', () => {
    // What belongs to something that is lacking lacks with it.
    const lacking = [...promised.values()].filter(
      ({ coordinate, parent }) => !ours.has(coordinate) && (parent === undefined || ours.has(parent)),
    );
    const listed = Object.values(LATER).flatMap((names) => names.split(/\s+/));
    expect(lacking.map(({ coordinate }) => coordinate).sort()).toEqual(listed.sort());
  });

  /** Private */
  function isAdded(parent: string | undefined): boolean {
    return parent !== undefined && !promised.has(parent);
  }
});

describe('printGatewaySchema', () => {
  it('prints what is committed as schema.graphql', () => {
    expect(printed).toBe(readFileSync('schema.graphql', 'utf8'));
  });

  it('prints a schema that is valid, and the same as was built', () => {
    const read = parseSchema(printed);
    expect(validateSchema(read)).toEqual([]);
    expect(definitionsOf(read)).toEqual(definitionsOf(schema));
  });

  it('keeps the order of the source', () => {
    const values = assertEnumType(parseSchema(printed).getType('Timeframe')).getValues();
    expect(values.map(({ name }) => name)).toEqual(['M1', 'M5', 'M15', 'H1', 'H4', 'H6', 'D1', 'W1', 'MN1']);
  });

  it.each([
    [
      'Query.analysis',
      '@cacheControl(maxAge: 1800, staleWhileRevalidate: 300, scope: PUBLIC)',
      '@cacheTag(format: "analysis:{$args.symbol}:{$args.timeframe}")',
    ],
    [
      'Query.analyses',
      '@cacheControl(maxAge: 1800, staleWhileRevalidate: 300, scope: PUBLIC)',
      '@cacheTag(format: "analysis:{$args.symbols}:{$args.timeframe}")',
    ],
    [
      'OverviewPair.analysis',
      '@cacheControl(maxAge: 1800, staleWhileRevalidate: 300, scope: PUBLIC)',
      '@cacheTag(format: "analysis:{$parent.symbol}:{$parent.timeframe}")',
    ],
    ['Query.overview', '@cacheControl(maxAge: 300, scope: PUBLIC)', '@cacheTag(format: "overview")'],
    ['Query.price', '@cacheControl(maxAge: 5, scope: PUBLIC)', '@cacheTag(format: "price:{$args.symbol}")'],
    ['Query.prices', '@cacheControl(maxAge: 5, scope: PUBLIC)', '@cacheTag(format: "price:{$args.symbols}")'],
    ['WatchlistItem.price', '@cacheControl(maxAge: 5, scope: PUBLIC)', '@cacheTag(format: "price:{$parent.symbol}")'],
    ['Query.orderBook', '@cacheControl(maxAge: 10, scope: PUBLIC)', '@cacheTag(format: "book:{$args.symbol}")'],
    [
      'Query.candles',
      '@cacheControl(maxAge: 86400, scope: PUBLIC)',
      '@cacheTag(format: "candles:{$args.symbol}:{$args.timeframe}")',
    ],
    [
      'Query.indicators',
      '@cacheControl(maxAge: 60, scope: PUBLIC)',
      '@cacheTag(format: "indicators:{$args.symbol}:{$args.timeframe}")',
    ],
    [
      'Query.backtest',
      '@cacheControl(maxAge: 86400, scope: PUBLIC)',
      '@cacheTag(format: "backtest:{$args.input.symbol}:{$args.input.strategy}")',
    ],
    [
      'Query.backtestBatch',
      '@cacheControl(maxAge: 86400, scope: PUBLIC)',
      '@cacheTag(format: "backtest:{$args.input.symbols}:{$args.input.strategy}")',
    ],
    ['Query.strategies'],
    ['Query.instruments', '@cacheControl(maxAge: 3600, scope: PUBLIC)', '@cacheTag(format: "instruments")'],
    [
      'Query.instrument',
      '@cacheControl(maxAge: 86400, scope: PUBLIC)',
      '@cacheTag(format: "instruments:{$args.symbol}")',
    ],
    ['Query.watchlists', '@cacheControl(maxAge: 300, scope: PRIVATE)', '@cacheTag(format: "watchlists:{$viewer}")'],
    [
      'Query.watchlist',
      '@cacheControl(maxAge: 300, scope: PRIVATE)',
      '@cacheTag(format: "watchlists:{$viewer}")',
      '@cacheTag(format: "watchlist:{$args.id}")',
    ],
    ['Query.market'],
    ['Mutation.addToWatchlist'],
  ])('prints the policy of %s', (coordinate, ...directives) => {
    expect(directivesOf(coordinate, printed)).toEqual(directives);
  });
});

/** Private */
function queryFields() {
  return Object.values(schema.getQueryType()?.getFields() ?? {});
}

/** Private: the schema of the contract, the only block of its kind there. */
function contractSchema(): string {
  const blocks = [...readFileSync('CONTRACT.md', 'utf8').matchAll(/^```graphql\n(.*?)^```$/gms)];
  expect(blocks).toHaveLength(1);
  return blocks[0]?.[1] ?? '';
}

/** Private: of a field, as its text has them. */
function directivesOf(coordinate: string, text: string): string[] {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const field = assertObjectType(parseSchema(text).getType(typeName)).getFields()[fieldName];
  if (!field) throw new Error(`${coordinate} is not in the schema.`);
  return (field.astNode?.directives ?? []).map((directive) => print(directive));
}

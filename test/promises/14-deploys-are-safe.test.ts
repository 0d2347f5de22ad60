/*
 * Deploys are safe. Guards: src/cache/key.ts (the fingerprint of a policy, its version and the codec's is part of every key),
 * src/cache/namespaces.ts with the namespaces that src/compose.ts gives it (the market's fingerprint, the database's id) and the version
 * check of src/cache/codec.ts.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Namespaces, type PolicyOptions } from '../../src/cache/index.js';
import { policyOf, Source } from '../cache/cache-world.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { DrivenRedis, type Instance } from './helpers-driven-redis.js';

const KEY = { id: 'a' };
const policy = policyOf({ tags: ['number:{$args.id}'] });

let redis: DrivenRedis;

beforeAll(async () => {
  redis = await DrivenRedis.start();
});

afterEach(() => redis.clear());

afterAll(() => redis.stop());

/** What an instance answers under its policy, and how it came. */
const ask = async ({ cache }: Instance, declared: PolicyOptions<number>, source: Source) => {
  const { value, info } = await cache.load(declared, KEY, source.compute, { viewer: 'ann' });
  return [value, info.status];
};

describe('A changed policy', () => {
  it.each<[string, Partial<PolicyOptions<number>>]>([
    ['its code', { version: 2 }],
    ['its TTL', { ttl: '61s' }],
    ['its tags', { tags: ['number:{$args.id}', 'more'] }],
    ['its scope', { scope: 'PRIVATE' }],
    ['its origin', { origin: 'database' }],
    ['its windows', { staleFor: '1s' }],
    ['its fallback', { staleIfError: '1s' }],
    ['its not-found', { negativeTtl: '1s' }],
    ['its life without Redis', { alone: 'ttl' }],
    ['its name', { name: 'Query.digit' }],
  ])('misses what the old one left, and the other way round: %s', async (_, change) => {
    const [older, newer] = [await redis.join(), await redis.join()];
    const changed = policyOf({ ...policy, ...change });
    const [old, fresh] = [new Source(), new Source()];
    fresh.value = 2;
    expect(await ask(older, policy, old)).toEqual([1, 'MISS']);
    expect(await ask(newer, changed, fresh)).toEqual([2, 'MISS']);
    expect(await ask(older, policy, old)).toEqual([1, 'HIT']);
    expect(await ask(newer, changed, fresh)).toEqual([2, 'HIT']);
    // At each other's process too: it is the policy that tells them apart.
    expect(await ask(older, changed, fresh)).toEqual([2, 'HIT']);
    expect(await ask(newer, policy, old)).toEqual([1, 'HIT']);
  });
});

describe('An unchanged policy', () => {
  it('keeps its hits, however and by whomever it is declared', async () => {
    const [older, newer] = [await redis.join(), await redis.join()];
    const source = new Source();
    await ask(older, policy, source);
    const again: PolicyOptions<number> = { tags: ['number:{$args.id}'], version: 1, ttl: 60_000, name: 'Query.number' };
    expect(await ask(newer, again, source)).toEqual([1, 'HIT']);
    // What is looked at in the shadow is what the others keep.
    expect(await ask(newer, { ...again, shadow: true }, source)).toEqual([1, 'BYPASS']);
    expect(source.calls).toBe(2);
  });

  it('keeps its hits over a rolling deploy, while a changed one is computed once for each version', async () => {
    const source = new Source();
    const versions = [1, 2].map((version) => policyOf({ name: 'Query.changed', tags: ['number:{$args.id}'], version }));
    const statuses: Record<string, unknown[]> = { unchanged: [], 'version 1': [], 'version 2': [] };
    const serve = async (instance: Instance, version: 1 | 2) => {
      const [changed = policy] = versions.slice(version - 1);
      statuses['unchanged']?.push((await ask(instance, policy, source))[1]);
      statuses[`version ${version}`]?.push((await ask(instance, changed, source))[1]);
    };
    const older = [await redis.join(), await redis.join()];
    for (const instance of older) await serve(instance, 1);
    const newer: Instance[] = [];
    for (const _ of older) {
      newer.push(await redis.join());
      for (const instance of older) await serve(instance, 1);
      for (const instance of newer) await serve(instance, 2);
    }
    expect(statuses).toEqual({
      unchanged: ['MISS', ...Array<string>(8).fill('HIT')],
      'version 1': ['MISS', ...Array<string>(5).fill('HIT')],
      'version 2': ['MISS', ...Array<string>(2).fill('HIT')],
    });
    // One tag ends both versions, whoever raises it.
    source.value = 2;
    await older[0]?.cache.invalidate(['number:a']);
    for (const instance of [...older, ...newer]) {
      for (const declared of [policy, ...versions]) expect((await ask(instance, declared, source))[0]).toBe(2);
    }
  });
});

describe('Different worlds on one Redis', () => {
  const worldOf = (api: string, database?: string) => {
    const namespaces = new Namespaces();
    namespaces.set('api', api);
    if (database !== undefined) namespaces.set('database', database);
    return { namespaces };
  };

  it.each(['api', 'database'] as const)('never meet: origin %s', async (origin) => {
    const declared = policyOf({ origin });
    const one = await redis.join(worldOf('m.one', 'd.one'));
    const other = await redis.join(worldOf('m.other', 'd.other'));
    const [source, others] = [new Source(), new Source()];
    others.value = 2;
    expect(await ask(one, declared, source)).toEqual([1, 'MISS']);
    expect(await ask(other, declared, others)).toEqual([2, 'MISS']);
    await one.cache.invalidate(['number', '*', `source:${origin}`]);
    expect(await ask(other, declared, others)).toEqual([2, 'HIT']);
    expect(await ask(one, declared, source)).toEqual([1, 'MISS']);
  });

  it('share the market where that is one, and not the databases', async () => {
    const one = await redis.join(worldOf('m.one', 'd.one'));
    const other = await redis.join(worldOf('m.one', 'd.other'));
    const source = new Source();
    for (const [origin, status] of [
      ['api', 'HIT'],
      ['database', 'MISS'],
    ] as const) {
      await ask(one, policyOf({ origin }), source);
      expect(await ask(other, policyOf({ origin }), source)).toEqual([1, status]);
    }
  });

  it('keep nothing of an origin that is not open yet', async () => {
    const one = await redis.join(worldOf('m.one'));
    expect(await ask(one, policyOf({ origin: 'database' }), new Source())).toEqual([1, 'BYPASS']);
    expect([...(await redis.keys()).keys()]).toEqual(['tidemark:{tide}']);
  });
});

describe('Gateways on one Redis', () => {
  const PRICE = '{ price(symbol: "BTC-USD") { cache { status } } }';
  const gateways: TestGateway[] = [];

  afterEach(async () => {
    await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
  });

  /** How each in turn comes by a price. */
  const statusesOf = async (...environments: Readonly<Record<string, string>>[]) => {
    const start = (env: Readonly<Record<string, string>>) =>
      startGateway({ REDIS_URL: redis.url, CACHE_TTL_PRICE: '3600', ...env });
    gateways.push(...(await Promise.all(environments.map(start))));
    const statuses: unknown[] = [];
    for (const gateway of gateways) {
      const isHealthy = async () =>
        expect((await gateway.get('/health')).body).toMatchObject({ checks: { cache: { status: 'healthy' } } });
      await vi.waitFor(isHealthy, 20_000);
      const { body } = await gateway.query<{ price: { cache: { status: string } } }>(PRICE);
      statuses.push(body.data?.price.cache.status ?? body.errors);
    }
    return statuses;
  };

  it('share a market by its kind and seed', async () => {
    expect(await statusesOf({ MARKET_SEED: '1' }, { MARKET_SEED: '2' }, { MARKET_SEED: '1' })).toEqual([
      'MISS',
      'MISS',
      'HIT',
    ]);
    // Each of the embedded databases has an id of its own.
    const ofDatabase = /^tidemark:(d\.[\w-]+):session:/;
    for (const gateway of gateways) {
      const token = await gateway.signIn('trader@demo.local', 'trader');
      await gateway.query('{ viewer { id } }', {}, { Authorization: `Bearer ${token}` });
    }
    const worlds = [...(await redis.keys()).keys()].flatMap((key) => ofDatabase.exec(key)?.[1] ?? []);
    expect(new Set(worlds).size).toBe(3);
  });

  it('share a folder of files by their names and sizes', async () => {
    const [first, same, other] = await Promise.all([1, 2, 3].map(() => mkdtemp(join(tmpdir(), 'tidemark-csv-'))));
    const folders = [first ?? '', same ?? '', other ?? ''] as const;
    const csv = 'timestamp,open,high,low,close,volume\n1700000000,1,2,0.5,1.5,10\n1700003600,1,2,0.5,1.5,10\n';
    await writeFile(join(folders[0], 'BTC-USD_H1.csv'), csv);
    await cp(folders[0], folders[1], { recursive: true });
    await writeFile(join(folders[2], 'BTC-USD_H1.csv'), `${csv}1700007200,1,2,0.5,1.5,10\n`);
    const sources = folders.map((folder) => ({ MARKET_SOURCE: `csv:${folder}`, OVERVIEW_SYMBOLS: 'BTC-USD' }));
    expect(await statusesOf(...sources)).toEqual(['MISS', 'HIT', 'MISS']);
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
  });
});

describe('An envelope of a version that is not known', () => {
  it.each(['1', '3', '99'])('is a miss, and is replaced: %s', async (version) => {
    const [one, two] = [await redis.join(), await redis.join()];
    const source = new Source();
    await ask(one, policy, source);
    await redis.onEach(async (each) => {
      const [key = ''] = await each.keys('tidemark:m.test:*');
      const entry = await each.getBuffer(key);
      if (!entry) throw new Error('There is an entry.');
      await each.set(key, asVersion(entry, version), 'KEEPTTL');
    });
    source.value = 2;
    expect(await ask(two, policy, source)).toEqual([2, 'MISS']);
    expect(await ask(await redis.join(), policy, source)).toEqual([2, 'HIT']);
  });

  /** Private: sound in all else, its checksum too. */
  const asVersion = (entry: Buffer, version: string): Buffer => {
    const rest = entry.subarray(entry.indexOf(' '), -4);
    const bytes = Buffer.concat([Buffer.from(version), rest, Buffer.alloc(4)]);
    bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
    return bytes;
  };
});

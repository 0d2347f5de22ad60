import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { postgresMissing, startPostgres, type PostgresServer } from '../support/postgres-server.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

interface Watchlist {
  readonly id: string;
  readonly items: readonly { readonly symbol: string }[];
  readonly cache: { readonly status: string };
}

const LIST = 'query ($id: ID!) { watchlist(id: $id) { id items { symbol } cache { status } } }';
const LISTS = '{ watchlists { id items { symbol } cache { status } } }';

if (postgresMissing) console.warn(`Two gateways on one Redis and one Postgres: ${postgresMissing}`);

describe.skipIf(postgresMissing)(
  `Two gateways on one Redis and one Postgres${postgresMissing ? ` ${postgresMissing}` : ''}`,
  () => {
    let redis: RedisServer;
    let postgres: PostgresServer;
    let one: TestGateway;
    let two: TestGateway;

    beforeAll(async () => {
      redis = await startRedis();
      postgres = await startPostgres();
      const env = { REDIS_URL: redis.url, DATABASE_URL: await postgres.createDatabase() };
      [one, two] = await Promise.all([startGateway(env), startGateway(env)]);
      await Promise.all([one.opened, two.opened]);
      for (const gateway of [one, two])
        await vi.waitFor(
          async () => expect((await gateway.get('/health')).body).toMatchObject({ status: 'healthy' }),
          10_000,
        );
    });

    afterAll(async () => {
      await Promise.all([one.close(), two.close()]);
      await postgres.stop();
      await redis.stop();
    });

    const authorized = async () => ({ Authorization: `Bearer ${await one.signIn('trader@demo.local', 'trader')}` });
    const listAt = async (gateway: TestGateway, id: string, headers: Record<string, string>) => {
      const { body } = await gateway.query<{ watchlist: Watchlist }>(LIST, { id }, headers);
      if (!body.data) throw new Error(JSON.stringify(body.errors));
      return body.data.watchlist;
    };

    it('show a change of a watchlist at once, whichever made it', async () => {
      const headers = await authorized();
      const { body } = await one.query<{ watchlists: Watchlist[] }>(LISTS, {}, headers);
      const id = body.data?.watchlists[0]?.id ?? '';
      const symbols = Array.from({ length: 40 }, (_, i) => `TEST-${i}`);
      for (const [i, symbol] of symbols.entries()) {
        const [writer, reader] = i % 2 === 0 ? [one, two] : [two, one];
        await listAt(reader, id, headers);
        const added = await writer.query(
          'mutation ($id: ID!, $symbol: String!) { addToWatchlist(id: $id, symbols: [$symbol]) { id } }',
          { id, symbol },
          headers,
        );
        expect(added.body.errors).toBeUndefined();
        expect((await listAt(reader, id, headers)).items.map((item) => item.symbol)).toContain(symbol);
        expect((await listAt(writer, id, headers)).cache.status).toBe('HIT');
      }
    });

    it('end a session for both when it is signed out at one', async () => {
      const headers = await authorized();
      const viewerAt = async (gateway: TestGateway) =>
        (await gateway.query('{ viewer { email } }', {}, headers)).status;
      expect([await viewerAt(one), await viewerAt(two)]).toEqual([200, 200]);
      expect((await two.query('mutation { logout }', {}, headers)).body.data).toEqual({ logout: true });
      expect([await viewerAt(one), await viewerAt(two)]).toEqual([401, 401]);
    });

    it('share what one of them computed, and never what is private of another', async () => {
      const analysis = '{ analysis(symbol: "ETH-USD", timeframe: H1) { cache { status layer } } }';
      expect((await one.query(analysis)).body.data).toMatchObject({ analysis: { cache: { status: 'MISS' } } });
      expect((await two.query(analysis)).body.data).toMatchObject({
        analysis: { cache: { status: 'HIT', layer: 'REDIS' } },
      });
      const mine = await one.query<{ watchlists: Watchlist[] }>(LISTS, {}, await authorized());
      const others = await two.query<{ watchlists: Watchlist[] }>(
        LISTS,
        {},
        { Authorization: `Bearer ${await two.signIn('premium@demo.local', 'premium')}` },
      );
      expect(mine.body.data?.watchlists).not.toEqual([]);
      expect(others.body.data?.watchlists).toEqual([]);
      expect((await one.query(LISTS)).body.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    });

    it('succeed in a mutation while Redis hangs, and say that its invalidation is pending', async () => {
      const headers = await authorized();
      const { body } = await one.query<{ watchlists: Watchlist[] }>(LISTS, {}, headers);
      const id = body.data?.watchlists[0]?.id ?? '';
      await redis.kill('SIGSTOP');
      const renamed = await one.query(
        'mutation ($id: ID!) { renameWatchlist(id: $id, name: "While Redis hangs") { name } }',
        { id },
        headers,
      );
      expect(renamed.body).toMatchObject({
        data: { renameWatchlist: { name: 'While Redis hangs' } },
        extensions: { cache: { invalidation: 'PENDING' } },
      });
      const nameAt = async (gateway: TestGateway) =>
        (
          await gateway.query<{ watchlist: { name: string } }>(
            'query ($id: ID!) { watchlist(id: $id) { name } }',
            { id },
            headers,
          )
        ).body.data?.watchlist.name;
      expect(await nameAt(one)).toBe('While Redis hangs');
      await redis.kill('SIGCONT');
      await vi.waitFor(async () => expect((await one.get('/health')).body).toMatchObject({ status: 'healthy' }), 5_000);
      expect([await nameAt(one), await nameAt(two)]).toEqual(['While Redis hangs', 'While Redis hangs']);
    });
  },
);

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Database } from '../../src/accounts/database/database.js';
import { openDatabase } from '../../src/accounts/database/open-database.js';
import * as tables from '../../src/accounts/database/tables.js';
import { DatabaseOutbox } from '../../src/accounts/outbox.js';
import { createDeferred } from '../../src/support/deferred.js';
import { createLogger } from '../../src/support/logger.js';
import { postgresMissing, type PostgresServer, startPostgres } from '../support/postgres-server.js';
import { describeOnEachDatabase } from './on-each-database.js';
import { outboxRows, outboxTags } from './outbox-rows.js';

/** Notes what it is asked to raise. */
class Raiser {
  readonly raised: [kind: string, ...tags: string[]][] = [];
  succeeds: (kind: 'hard' | 'soft') => boolean = () => true;

  readonly raise = async (tags: readonly string[], kind: 'hard' | 'soft'): Promise<boolean> => {
    this.raised.push([kind, ...tags]);
    return this.succeeds(kind);
  };
}

describeOnEachDatabase('DatabaseOutbox', (database) => {
  const outbox = () => new DatabaseOutbox(database().db);
  const keep = async (...tags: string[]) => {
    for (const tag of tags) expect(await outbox().keep([tag], 'hard')).toBe(true);
  };
  let raiser: Raiser;
  beforeEach(() => {
    raiser = new Raiser();
  });

  it('raises what it keeps by one raise of a kind, the oldest first, and then holds it no more', async () => {
    await keep('a', 'b', 'a');
    await outbox().keep(['c', 'd'], 'soft');
    expect(await outbox().drain(raiser.raise, 10)).toBe(4);
    expect(raiser.raised).toEqual([
      ['hard', 'a', 'b'],
      ['soft', 'c', 'd'],
    ]);
    expect(await outboxTags(database())).toEqual([]);
    expect(await outbox().drain(raiser.raise, 10)).toBe(0);
    expect(raiser.raised).toHaveLength(2);
  });

  it('raises a batch at a time', async () => {
    await keep('a', 'b', 'c');
    expect(await outbox().drain(raiser.raise, 2)).toBe(2);
    expect(await outboxTags(database())).toEqual([['c']]);
    expect(await outbox().drain(raiser.raise, 2)).toBe(1);
    expect(raiser.raised).toEqual([
      ['hard', 'a', 'b'],
      ['hard', 'c'],
    ]);
  });

  it('keeps what could not be raised, and that alone', async () => {
    await keep('a', 'b');
    await outbox().keep(['c'], 'soft');
    raiser.succeeds = (kind) => kind === 'soft';
    expect(await outbox().drain(raiser.raise, 10)).toBe(1);
    expect(await outboxTags(database())).toEqual([['a'], ['b']]);
    raiser.succeeds = () => true;
    expect(await outbox().drain(raiser.raise, 10)).toBe(2);
    expect(await outboxTags(database())).toEqual([]);
  });

  it('keeps everything where a raise throws', async () => {
    await keep('a');
    const broken = () => Promise.reject(new Error('WRONGTYPE'));
    await expect(outbox().drain(broken, 10)).rejects.toThrow('WRONGTYPE');
    expect(await outboxTags(database())).toEqual([['a']]);
  });

  it('forgets rows behind the one who says so, and is done when it is closed', async () => {
    await keep('a', 'b', 'c', 'd');
    const [a, b, c] = await outboxRows(database());
    const closing = outbox();
    for (const row of [a, b, c]) closing.forget([row?.id ?? 0]);
    await closing.close();
    expect(await outboxTags(database())).toEqual([['d']]);
    await closing.close();
  });
});

describe('DatabaseOutbox whose database is away', () => {
  it('keeps nothing and says so, has nothing to wait for at its close, and fails to drain', async () => {
    const pool = new Pool({ connectionString: 'postgres://127.0.0.1:1/tidemark' });
    const outbox = new DatabaseOutbox(drizzle({ client: pool, schema: tables }));
    expect(await outbox.keep(['a'], 'hard')).toBe(false);
    outbox.forget([1]);
    await outbox.close();
    await expect(outbox.drain(async () => true, 10)).rejects.toThrow();
    await pool.end();
  });

  it('waits a second at the most for one that hangs', async () => {
    const sockets: Socket[] = [];
    const deaf = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const { port } = deaf.address() as AddressInfo;
    const pool = new Pool({ connectionString: `postgres://127.0.0.1:${port}/tidemark` });
    const kept = new DatabaseOutbox(drizzle({ client: pool, schema: tables })).keep(['a'], 'hard');
    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();
    expect(await kept).toBe(false);
    for (const socket of sockets) socket.destroy();
    await pool.end();
    deaf.close();
  });
});

if (postgresMissing) console.warn(`DatabaseOutbox, over several connections: ${postgresMissing}`);
describe.skipIf(postgresMissing)(
  `DatabaseOutbox, over several connections${postgresMissing ? ` ${postgresMissing}` : ''}`,
  () => {
    let server: PostgresServer;
    let databases: Database[];
    beforeAll(async () => {
      server = await startPostgres();
      const url = await server.createDatabase();
      const logger = createLogger('silent');
      databases = await Promise.all([1, 2].map(() => openDatabase({ url, dataDir: 'unused', logger })));
    });
    beforeEach(() => databases[0]?.db.execute(sql`truncate outbox`));
    afterAll(async () => {
      await Promise.all(databases.map((database) => database.close()));
      await server.stop();
    });
    const at = (index: number): Database => {
      const database = databases[index];
      if (!database) throw new Error('There are two of them.');
      return database;
    };
    const outboxAt = (index: number) => new DatabaseOutbox(at(index).db);

    it('is drained by two at once, neither waiting for the other nor raising what the other is at', async () => {
      for (const tag of ['a', 'b', 'c']) await outboxAt(0).keep([tag], 'hard');
      const [begun, gate] = [createDeferred<void>(), createDeferred<void>()];
      onTestFinished(() => gate.resolve());
      const slow = new Raiser();
      const first = outboxAt(0).drain(async (tags, kind) => {
        begun.resolve();
        await gate.promise;
        return slow.raise(tags, kind);
      }, 2);
      await begun.promise;
      const quick = new Raiser();
      expect(await outboxAt(1).drain(quick.raise, 10)).toBe(1);
      // Until its raise has succeeded the first one's rows are there for whoever comes after its death.
      expect(await outboxTags(at(1))).toEqual([['a'], ['b']]);
      gate.resolve();
      expect(await first).toBe(2);
      expect([slow.raised, quick.raised]).toEqual([[['hard', 'a', 'b']], [['hard', 'c']]]);
      expect(await outboxTags(at(1))).toEqual([]);
    });

    it('loses no row and leaves none where two drain while others write', async () => {
      const raiser = new Raiser();
      const written = Array.from({ length: 300 }, (_, i) => `tag:${i}`);
      const write = async () => {
        for (const tag of written) await outboxAt(0).keep([tag], 'hard');
      };
      let writing = true;
      const drain = async (index: number) => {
        while ((await outboxAt(index).drain(raiser.raise, 7)) > 0 || writing);
      };
      await Promise.all([write().finally(() => (writing = false)), drain(0), drain(1)]);
      const raised = raiser.raised.flatMap(([, ...tags]) => tags);
      expect(raised.toSorted()).toEqual(written.toSorted());
      expect(await outboxTags(at(0))).toEqual([]);
    });

    it('leaves rows to others at once where who drains them dies', async () => {
      await outboxAt(0).keep(['a'], 'hard');
      const [begun, gate] = [createDeferred<void>(), createDeferred<boolean>()];
      onTestFinished(() => gate.resolve(true));
      const dying = outboxAt(0).drain(() => {
        begun.resolve();
        return gate.promise;
      }, 10);
      await begun.promise;
      const others = sql`from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
      await at(1).db.execute(sql`select pg_terminate_backend(pid, 5000) ${others}`);
      const raiser = new Raiser();
      expect(await outboxAt(1).drain(raiser.raise, 10)).toBe(1);
      expect(raiser.raised).toEqual([['hard', 'a']]);
      gate.resolve(true);
      await expect(dying).rejects.toThrow();
    });
  },
);

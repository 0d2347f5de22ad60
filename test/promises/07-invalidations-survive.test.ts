/**
 * Promise 7, invalidations survive. Guards src/cache/tide/participant.ts (a raise that fails gives up lease and trust, and is made up for
 * before the next hold), src/cache/stores/tiered-store.ts (what is pending is raised in the tide of the instance that is alone),
 * src/accounts/commit.ts and outbox.ts (the tags lie in the database with the write) and src/cache/outbox-drain.ts (whoever has both raises
 * them). Over whole gateways, with mutations and a process that is killed between commit and raise: test/e2e/outbox.test.ts.
 */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { commit } from '../../src/accounts/commit.js';
import type { Database } from '../../src/accounts/database/database.js';
import { openDatabase } from '../../src/accounts/database/open-database.js';
import { DatabaseOutbox } from '../../src/accounts/outbox.js';
import { gatherRows, OutboxDrain, Provenance, type OutboxRow } from '../../src/cache/index.js';
import { CacheTrace } from '../../src/field-cache/cache-trace.js';
import { invalidate } from '../../src/field-cache/invalidate.js';
import { createLogger } from '../../src/support/logger.js';
import { outboxTags } from '../accounts/outbox-rows.js';
import { policyOf } from '../cache/cache-world.js';
import { whenLeased, whenTrusted } from '../support/redis-store.js';
import { openInstanceNetwork } from './support/instance-network.js';
import { REDIS_SETUPS, type TestRedis } from './support/redis-setups.js';
import { createWorld, type Instance, type JoinOptions, type World } from './support/world.js';

const SOON_MS = 10_000;
const marketData = policyOf({ name: 'market', alone: 'ttl' });

describe.each(REDIS_SETUPS)('Promise 7: invalidations survive, on %s', (_, start) => {
  let redis: TestRedis;
  let database: Database;
  beforeAll(async () => {
    [redis, database] = await Promise.all([
      start(),
      openDatabase({ dataDir: 'memory', logger: createLogger('silent') }),
    ]);
  });
  beforeEach(() => database.db.execute(sql`truncate outbox`));
  afterAll(async () => {
    await database.close();
    await redis.stop();
  });

  /** `writer` reaches Redis by a network of its own; the others always do. */
  const open = async (options: JoinOptions = {}) => {
    const world = createWorld(redis);
    const network = await openInstanceNetwork(redis);
    onTestFinished(() => network.close());
    const [writer, one, other] = await Promise.all([
      world.join({ url: network.url, timeoutMs: 300, ...options }),
      world.join(),
      world.join(),
    ]);
    return { world, network, writer, one, other, others: [one, other] };
  };
  /** As a mutation does it: the write and its tags are committed together, and then raised. Answers whether that is pending. */
  const write = async ({ cache }: Instance, { upstream }: World) => {
    const rows: OutboxRow[] = [];
    const trace = new CacheTrace();
    await gatherRows(rows, () =>
      commit(database.db, async (_tx, ends) => {
        upstream.value += 1;
        ends('number:a');
      }),
    );
    const outbox = new DatabaseOutbox(database.db);
    const context = {
      cache,
      trace,
      viewer: undefined,
      provenance: new Provenance(),
      loaders: { clear: () => undefined },
    };
    await invalidate({ ...context, database: async () => ({ outbox }) }, [], { rows });
    await outbox.close();
    return trace.invalidationPending;
  };
  const drainAt = ({ cache, store }: Instance) =>
    new OutboxDrain({
      outbox: new DatabaseOutbox(database.db),
      raise: async (tags, kind) => (await cache.invalidate(tags, kind)).status === 'DONE',
      canRaise: () => store.health().available,
      onFailure: (failure) => expect(failure).toBeUndefined(),
    });
  /** Leased, with values in memory. */
  const warm = async (instances: readonly Instance[]) => {
    for (const each of instances) {
      await each.read(marketData);
      await each.read();
      await whenLeased(each.store);
      expect((await each.read()).info.status).toBe('HIT');
    }
  };

  it('leaves nothing behind where Redis can be reached', async () => {
    const { world, writer, one } = await open();
    await warm([writer, one]);
    expect(await write(writer, world)).toBe(false);
    for (const each of [writer, one]) expect((await each.read()).value).toBe(2);
    expect(await outboxTags(database)).toEqual([]);
  });

  it.each([['cut off' as const], ['heard no more' as const]])(
    'succeeds where Redis can not be reached, being %s: it says so, leaves its tags, and its instance serves nothing from before',
    async (how) => {
      const { world, network, writer } = await open();
      await warm([writer]);
      const release = world.upstream.hold();
      const slow = policyOf({ name: 'slow' });
      const old = writer.read(slow);
      await world.upstream.begun(3);
      if (how === 'cut off') network.cut();
      else network.hold();
      expect(await write(writer, world)).toBe(true);
      expect(await outboxTags(database)).toEqual([['number:a']]);
      expect(writer.store.health()).toMatchObject({ available: false, leased: false, pendingRaises: 1 });
      const reading = [undefined, marketData, slow].map((policy) => writer.read(policy));
      await world.upstream.begun(5);
      release();
      expect((await Promise.all(reading)).map(({ value }) => value)).toEqual([2, 2, 2]);
      expect((await old).value).toBe(1);
      for (const policy of [undefined, marketData, slow]) expect((await writer.read(policy)).value).toBe(2);
    },
  );

  it('is raised within a second by any instance that has Redis and the database', async () => {
    const { world, network, writer, one, others } = await open();
    await warm([writer, ...others]);
    network.cut();
    expect(await write(writer, world)).toBe(true);
    const drain = drainAt(one);
    onTestFinished(() => drain.stop());
    drain.start();
    await vi.waitFor(async () => expect(await outboxTags(database)).toEqual([]), SOON_MS);
    for (const each of [writer, ...others]) {
      for (const policy of [undefined, marketData]) expect((await each.read(policy)).value).toBe(2);
    }
  });

  it('is left to the others by an instance that can not raise it either', async () => {
    const { world, network, writer, one } = await open();
    await warm([writer, one]);
    network.cut();
    await write(writer, world);
    await drainAt(writer).drainOnce();
    expect(await outboxTags(database)).toEqual([['number:a']]);
    await drainAt(one).drainOnce();
    expect(await outboxTags(database)).toEqual([]);
  });

  it('outlives its instance', async () => {
    const { world, network, writer, others, one } = await open();
    await warm([writer, ...others]);
    network.cut();
    await write(writer, world);
    await writer.close();
    await drainAt(one).drainOnce();
    for (const each of others) expect((await each.read()).value).toBe(2);
  });

  it('is in the tide before its instance trusts Redis again', async () => {
    const pendingWhenTrusted: (number | undefined)[] = [];
    const opened: { writer?: Instance } = {};
    const onTrust = (trusted: boolean) => {
      if (trusted && opened.writer) pendingWhenTrusted.push(opened.writer.store.health().pendingRaises);
    };
    const { world, network, writer, others } = await open({ onTrust });
    opened.writer = writer;
    await warm([writer, ...others]);
    network.cut();
    expect(await write(writer, world)).toBe(true);
    network.restore();
    await whenTrusted(writer.store);
    // Nobody has drained the outbox.
    expect(await outboxTags(database)).toEqual([['number:a']]);
    for (const each of [writer, ...others]) expect((await each.read()).value).toBe(2);
    expect(pendingWhenTrusted).toEqual([0]);
  });

  it('is made up for in a Redis that was away for everybody, before anyone reads from it', async () => {
    const { world, writer, one, other } = await open({ timeoutMs: 300 });
    const all = [writer, one, other];
    await warm(all);
    await redis.tideServer.kill('SIGSTOP');
    try {
      expect(await write(writer, world)).toBe(true);
      expect((await writer.read()).value).toBe(2);
    } finally {
      await redis.tideServer.kill('SIGCONT');
    }
    await whenTrusted(writer.store);
    for (const each of all) await whenTrusted(each.store);
    for (const each of all) expect((await each.read()).value).toBe(2);
  });

  it('is made up for in a Redis that was killed and has lost its state, too', async () => {
    const { world, writer, one, other } = await open();
    const all = [writer, one, other];
    await warm(all);
    await redis.tideServer.kill('SIGKILL');
    try {
      expect(await write(writer, world)).toBe(true);
      expect((await writer.read()).value).toBe(2);
    } finally {
      await redis.tideServer.restart();
    }
    for (const each of all) await whenTrusted(each.store);
    for (const each of all) expect((await each.read()).value).toBe(2);
    await drainAt(one).drainOnce();
    expect(await outboxTags(database)).toEqual([]);
  });
});

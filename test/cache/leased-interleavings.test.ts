import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/support/clock.js';
import { TieredStore } from '../../src/cache/stores/tiered-store.js';
import { Participant } from '../../src/cache/tide/participant.js';
import type { TideServer } from '../../src/cache/tide/tide-server.js';
import { LocalTide, type Travel } from '../support/local-tide.js';
import type { ManualClock } from '../support/manual-clock.js';
import { RUNS, staysFresh, type OpenGateways } from './freshness.js';

const IDS = ['one', 'other'] as const;
const STEP_MS = 220;

/** What breaks a rule on purpose. */
interface Breaks {
  readonly server?: (server: TideServer) => TideServer;
  /** By which leases are counted. */
  readonly clock?: (clock: ManualClock) => Clock;
}

/**
 * Each gateway with a memory of its own, over one shared tide: leases, mirrors and acknowledgements. Time passes while messages travel, an
 * instance goes deaf, is cut off or is stopped in between, and the tide loses its state.
 */
function overLeases({
  server: broken = (server) => server,
  clock: leaseClock = (clock) => clock,
}: Breaks = {}): OpenGateways {
  return async (scheduler, clock) => {
    const ways = new Map<string, (() => void)[]>();
    // Messages of one way arrive in their order, as on a connection.
    const travel: Travel = (way, arrive) => {
      const waiting = ways.get(way) ?? [];
      ways.set(way, waiting);
      waiting.push(arrive);
      void scheduler.schedule(Promise.resolve(), way).then(() => waiting.shift()?.());
    };
    const tide = new LocalTide(travel, clock);
    const stores = IDS.map((id) => {
      const server = broken(tide.connect(id));
      const participant = new Participant({ server, clock: leaseClock(clock), timers: clock });
      return new TieredStore({
        participant,
        remote: tide.entriesOf(id),
        locks: undefined,
        clock,
        timers: clock,
        maxBytes: 1_000_000,
        keepMarksFor: () => undefined,
        readRemoteSize: async () => ({ layer: 'REDIS', entries: 0, bytes: 0, maxBytes: null, evictions: 0 }),
      });
    });
    const pass = () => scheduler.schedule(Promise.resolve(), 'time').then(() => clock.advance(STEP_MS));
    // Until both serve from memory: what is looked for happens then.
    let step = 0;
    for (; step < 400 && !stores.every((store) => store.health().leased); step += 1) await scheduler.waitFor(pass());
    /** When each was cut off for the last time; Infinity while it is. */
    const cutOffUntil = new Map<string, number>();
    const cutOff = (id: string) => {
      cutOffUntil.set(id, Infinity);
      tide.cutOff.add(id);
    };
    const restore = () => {
      for (const id of tide.cutOff) cutOffUntil.set(id, clock.monotonic());
      tide.cutOff.clear();
    };
    const faults = [
      () => tide.deaf.add('one'),
      () => tide.deaf.clear(),
      () => tide.deaf.add('other'),
      () => tide.deaf.clear(),
      () => tide.flush(),
      () => tide.evict(),
      () => cutOff('one'),
      () => restore(),
      () => cutOff('other'),
      () => cutOff('one'),
      () => restore(),
    ];
    const [first, second] = stores;
    if (!first || !second) throw new Error('There are two.');
    let turn = 0;
    return {
      stores: [first, second],
      meanwhile: async () => {
        await pass();
        turn += 1;
        if (turn % 4 === 0) faults[(turn / 4 - 1) % faults.length]?.();
      },
      wasCutOff: (gateway, since) => (cutOffUntil.get(IDS[gateway]) ?? -Infinity) >= since,
      close: async () => {
        let isClosed = false;
        const closed = Promise.all(stores.map((store) => store.close())).finally(() => (isClosed = true));
        while (!isClosed) await scheduler.waitFor(pass());
        await closed;
      },
    };
  };
}

describe('Cache, with leases, in any order of messages', () => {
  it(`never serves what an acknowledged invalidation ended (${RUNS} schedules)`, async () => {
    await fc.assert(staysFresh(overLeases()), { numRuns: RUNS });
  });

  it.each<[string, Breaks]>([
    [
      'a raise waited for nobody',
      {
        server: (server) =>
          altered(server, {
            raise: async (raise, nonce) => ({ ...(await server.raise(raise, nonce)), members: new Map() }),
          }),
      },
    ],
    ['leases never ended', { clock: () => ({ now: () => 0, monotonic: () => 0 }) }],
    [
      'an instance acknowledged what it had not applied',
      {
        server: (server) =>
          altered(server, {
            listen: (listener) =>
              server.listen({
                ...listener,
                change: (change) => {
                  listener.change({ ...change, fields: [] });
                  server.acknowledge(change.raiser, change.generation, change.clock);
                },
              }),
          }),
      },
    ],
    [
      'a raise that failed counted as done',
      {
        server: (server) =>
          altered(server, {
            raise: (raise, nonce) =>
              server.raise(raise, nonce).catch(() => ({ generation: '', clock: 0, members: new Map() })),
          }),
      },
    ],
    [
      'a gap went unnoticed',
      {
        server: (server) =>
          altered(server, {
            listen: (listener) => {
              let clock = 0;
              server.listen({
                ...listener,
                change: (change) => {
                  listener.change({ ...change, previous: clock === 0 ? change.previous : clock });
                  clock = change.clock;
                },
              });
            },
          }),
      },
    ],
  ])(
    'would be caught if %s',
    async (_, breaks) => {
      const checked = await fc.check(staysFresh(overLeases(breaks)), { numRuns: 20_000, seed: 1, endOnFailure: true });
      expect(checked.failed).toBe(true);
    },
    60_000,
  );
});

/** A server of which some operations are other ones. */
function altered(server: TideServer, changes: Partial<TideServer>): TideServer {
  return {
    id: server.id,
    get connection() {
      return server.connection;
    },
    get isListening() {
      return server.isListening;
    },
    hold: (hold) => server.hold(hold),
    raise: (raise, nonce) => server.raise(raise, nonce),
    drop: (generation, silent) => server.drop(generation, silent),
    readMembers: () => server.readMembers(),
    acknowledge: (raiser, generation, clock) => server.acknowledge(raiser, generation, clock),
    listen: (listener) => server.listen(listener),
    close: () => server.close(),
    ...changes,
  };
}

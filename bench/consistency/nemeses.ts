import { setTimeout as sleep } from 'node:timers/promises';
import { REDIS_PREFIX, type Arena } from './redis-arena.js';

/** One way to do harm. It leaves everything healthy when it has returned. */
export interface Nemesis {
  readonly name: NemesisName;
  /** Those of one lane take turns, the lanes go on side by side. */
  readonly lane: NemesisLane;
  readonly strike: (arena: Arena) => Promise<void>;
}

export type NemesisLane = 'redis' | 'gateways' | 'clocks';

/** By how much the clock of Redis is stepped, s: more than any lease and any wait. */
export const CLOCK_STEP_S = 5;

const STOPS_MS = { short: [200, 900], long: [1_100, 4_000] } as const;

export const NEMESIS_NAMES = [
  ...(['redis-restart', 'redis-restart-empty', 'redis-restart-older', 'redis-stop', 'redis-flush'] as const),
  ...(['redis-evict-tide', 'redis-evict-some', 'redis-script-flush', 'redis-full', 'redis-down'] as const),
  ...(['gateway-kill', 'gateway-stop-short', 'gateway-stop-long', 'gateway-cut', 'gateway-hold'] as const),
  ...(['bus-cut', 'bus-delay', 'bus-lose', 'redis-clock', 'gateway-clock'] as const),
];
export type NemesisName = (typeof NEMESIS_NAMES)[number];

const TIDE = `${REDIS_PREFIX}{tide}`;

/** Each in the order of its name above. */
export const NEMESES: readonly Nemesis[] = [
  { name: 'redis-restart', lane: 'redis', strike: ({ redis }) => redis.restart('file') },
  { name: 'redis-restart-empty', lane: 'redis', strike: ({ redis }) => redis.restart('nothing') },
  {
    name: 'redis-restart-older',
    lane: 'redis',
    strike: async ({ redis, random }) => {
      await redis.backUp();
      await sleep(random.between(300, 1_500));
      await redis.restart('backup');
    },
  },
  {
    name: 'redis-stop',
    lane: 'redis',
    strike: async ({ redis, random }) => {
      await redis.server.kill('SIGSTOP');
      await sleep(random.between(50, 2_000));
      await redis.server.kill('SIGCONT');
    },
  },
  { name: 'redis-flush', lane: 'redis', strike: async ({ redis }) => void (await redis.admin.flushall()) },
  { name: 'redis-evict-tide', lane: 'redis', strike: async ({ redis }) => void (await redis.admin.unlink(TIDE)) },
  {
    name: 'redis-evict-some',
    lane: 'redis',
    strike: async ({ redis, random }) => {
      await redis.admin.config('SET', 'maxmemory-policy', 'allkeys-random');
      await redis.admin.config('SET', 'maxmemory', await usedMemory(redis.admin));
      await sleep(random.between(200, 1_000));
      await redis.admin.config('SET', 'maxmemory', 0);
    },
  },
  { name: 'redis-script-flush', lane: 'redis', strike: async ({ redis }) => void (await redis.admin.script('FLUSH')) },
  {
    name: 'redis-full',
    lane: 'redis',
    strike: async ({ redis, random }) => {
      await redis.admin.config('SET', 'maxmemory-policy', 'noeviction');
      await redis.admin.config('SET', 'maxmemory', 1);
      await sleep(random.between(300, 1_500));
      await redis.admin.config('SET', 'maxmemory', 0);
    },
  },
  {
    name: 'redis-down',
    lane: 'redis',
    strike: async ({ redis, random }) => {
      await redis.server.kill('SIGKILL');
      await sleep(random.between(300, 2_500));
      await redis.server.restart();
    },
  },
  {
    name: 'gateway-kill',
    lane: 'gateways',
    strike: async ({ fleet, random }) => {
      const gateway = pickGateway(fleet, random);
      await fleet.kill(gateway);
      await sleep(random.between(0, 500));
      await fleet.start(gateway);
    },
  },
  { name: 'gateway-stop-short', lane: 'gateways', strike: (arena) => stopGateway(arena, STOPS_MS.short) },
  { name: 'gateway-stop-long', lane: 'gateways', strike: (arena) => stopGateway(arena, STOPS_MS.long) },
  { name: 'gateway-cut', lane: 'gateways', strike: (arena) => harmNetwork(arena, (network) => network.cut('all')) },
  { name: 'gateway-hold', lane: 'gateways', strike: (arena) => harmNetwork(arena, (network) => network.hold('all')) },
  { name: 'bus-cut', lane: 'gateways', strike: (arena) => harmNetwork(arena, (network) => network.cut('bus')) },
  { name: 'bus-delay', lane: 'gateways', strike: (arena) => harmNetwork(arena, (network) => network.hold('bus')) },
  {
    name: 'bus-lose',
    lane: 'gateways',
    strike: (arena) =>
      harmNetwork(arena, (network) => {
        const share = arena.random.between(0.05, 0.5);
        network.loseMessages(() => arena.random.next() < share);
      }),
  },
  {
    name: 'redis-clock',
    lane: 'clocks',
    strike: async ({ redis, random }) => {
      await redis.stepClock(random.pick([-CLOCK_STEP_S, CLOCK_STEP_S]));
      await sleep(random.between(1_000, 3_000));
      await redis.stepClock(0);
    },
  },
  {
    name: 'gateway-clock',
    lane: 'clocks',
    strike: async ({ fleet, random }) => {
      const gateway = pickGateway(fleet, random);
      fleet.skew(gateway, random.pick([-3_600_000, -5_000, -500, 500, 5_000, 3_600_000]));
      await sleep(random.between(500, 2_500));
      fleet.skew(gateway, 0);
    },
  },
];

/** Private */
function pickGateway(fleet: Arena['fleet'], random: Arena['random']): number {
  return Math.floor(random.between(0, fleet.size));
}

/** Private */
async function stopGateway({ fleet, random }: Arena, [low, high]: readonly [number, number]): Promise<void> {
  const goOn = fleet.stop(pickGateway(fleet, random));
  await sleep(random.between(low, high));
  goOn();
}

/** Private: from less than a lease to twice what a gateway may serve alone, which is when one that should not serve shows. */
async function harmNetwork(
  { redis, fleet, random }: Arena,
  harm: (network: Arena['redis']['networks'][number]) => void,
): Promise<void> {
  const network = redis.networks[pickGateway(fleet, random)];
  if (!network) return;
  harm(network);
  await sleep(random.between(50, 4_000));
  network.restore();
}

/** Private: in bytes. */
async function usedMemory(admin: Arena['redis']['admin']): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await admin.info('memory'))?.[1] ?? 0);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Arena } from './redis-arena.js';
import type { Disturbances } from './disturbances.js';
import { NEMESES, type Nemesis, type NemesisLane, type NemesisName } from './nemeses.js';

/** Between two nemeses of a lane, ms: mostly long enough for the cache to be warm again. */
const PAUSE_MS = [400, 1_800] as const;
/** After a round, ms for each of its nemeses and at the most: after a whole one everything is well for some seconds. */
const CALM_MS = { least: 100, each: 600, most: 6_000 };

/**
 * Lets the nemeses strike until it is told to stop. In a round each strikes once, in random order, those of Redis and those of the gateways
 * side by side. Clocks go wrong all the time: that is no disturbance, and excuses nothing.
 */
export async function runNemeses(names: readonly NemesisName[], arena: Arena, setting: Setting): Promise<void> {
  const { signal } = setting;
  const of = (lane: NemesisLane) => NEMESES.filter((one) => one.lane === lane && names.includes(one.name));
  const rounds = async () => {
    do {
      await Promise.all([strikeOnce(of('redis'), arena, setting), strikeOnce(of('gateways'), arena, setting)]);
    } while (await lastsFor(Math.max(CALM_MS.least, Math.min(CALM_MS.most, CALM_MS.each * names.length)), signal));
  };
  const clocks = async () => {
    do await strikeOnce(of('clocks'), arena, setting);
    while (await lastsFor(PAUSE_MS[0], signal));
  };
  await Promise.all([rounds(), clocks()]);
}

interface Setting {
  readonly disturbances: Disturbances;
  readonly signal: AbortSignal;
}

/** Private */
async function strikeOnce(nemeses: readonly Nemesis[], arena: Arena, { disturbances, signal }: Setting): Promise<void> {
  for (const { name, lane, strike } of arena.random.shuffled(nemeses)) {
    if (!(await lastsFor(arena.random.between(...PAUSE_MS), signal))) return;
    const end = disturbances.begin(name, { harmless: lane === 'clocks' });
    await strike(arena);
    end();
  }
}

/** Private: waits; false as soon as the run is over. */
async function lastsFor(ms: number, signal: AbortSignal): Promise<boolean> {
  const slices = Math.max(1, Math.ceil(ms / 100));
  for (let i = 0; i < slices && !signal.aborted; i += 1) await sleep(ms / slices);
  return !signal.aborted;
}

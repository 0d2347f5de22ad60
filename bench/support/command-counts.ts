import type { Redis } from 'ioredis';

/** How often Redis carried out each command since the last reset, those of scripts included, by its name such as `hset`. */
export type CommandCounts = ReadonlyMap<string, number>;

/** Begins to count anew. */
export async function resetCommandCounts(redis: Redis): Promise<void> {
  await redis.config('RESETSTAT');
}

export async function readCommandCounts(redis: Redis): Promise<CommandCounts> {
  const info = await redis.info('commandstats');
  const counts = new Map<string, number>();
  for (const [, name = '', calls = ''] of info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    // The reset that began the counting.
    if (name !== 'config|resetstat') counts.set(name, Number(calls));
  }
  return counts;
}

export function totalOf(counts: CommandCounts): number {
  return [...counts.values()].reduce((sum, calls) => sum + calls, 0);
}

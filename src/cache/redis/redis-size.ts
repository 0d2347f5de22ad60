import type { LayerSize } from '../stores/store.js';
import type { RedisLink } from './redis-link.js';
import { repliesOf } from './replies-of.js';

/** What is in Redis, by its own account; on a cluster in the node of `key`. Rejects with StoreUnavailableError while it is away. */
export async function readRedisSize(link: RedisLink, key: string): Promise<LayerSize> {
  const [entries, info] = await repliesOf(
    link.send([
      { name: 'dbsize', key, args: [] },
      { name: 'info', key, args: [] },
    ]),
  );
  const of = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(String(info))?.[1] ?? 0);
  return {
    layer: 'REDIS',
    entries: Number(entries),
    bytes: of('used_memory'),
    maxBytes: of('maxmemory') || null,
    evictions: of('evicted_keys'),
  };
}

import { z } from 'zod';
import { addressSeenFrom, formatAddress } from './redis-address.js';

/** Who has which slot, as one node of a cluster sees it. */
export interface SlotMap {
  /** Of the whole cluster: grows with every failover. */
  readonly epoch: number;
  /** Addresses of the masters, by slot. */
  readonly owners: readonly (string | undefined)[];
}

/**
 * From the replies to CLUSTER SLOTS and CLUSTER INFO. Throws where they are something else.
 */
export function parseSlotMap(slots: unknown, info: unknown, asked: string): SlotMap {
  const owners: (string | undefined)[] = [];
  for (const [first, last, [host, port]] of SLOTS_REPLY.parse(slots)) {
    const owner = formatAddress(addressSeenFrom({ host: host ?? '', port }, asked));
    for (let slot = first; slot <= last; slot += 1) owners[slot] = owner;
  }
  return { epoch: Number(/^cluster_current_epoch:(\d+)/m.exec(String(info))?.[1] ?? 0), owners };
}

/** The map of the latest epoch: a node that is cut off from the others goes on telling what was. Undefined where none has a slot. */
export function latestOf(maps: readonly (SlotMap | undefined)[]): SlotMap | undefined {
  return maps.reduce((best, map) => (map?.owners.length && !(best && best.epoch >= map.epoch) ? map : best), undefined);
}

/** Private: ranges, each with its master, whatever is said of that besides, and its replicas. */
const MASTER = z.tuple([z.string().nullable(), z.number()]).rest(z.unknown());
const SLOTS_REPLY = z.array(z.tuple([z.number(), z.number(), MASTER]).rest(z.unknown()));

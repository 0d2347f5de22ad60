import { Cache } from '../../src/cache/index.js';
import type { Locks } from '../../src/cache/stores/locks.js';
import { TieredStore } from '../../src/cache/stores/tiered-store.js';
import { Participant } from '../../src/cache/tide/participant.js';
import { LocalTide } from '../support/local-tide.js';
import { ManualClock } from '../support/manual-clock.js';
import { settle } from '../support/turns.js';
import { openNamespaces } from './cache-world.js';

/** After which a new generation knows its members, and a lease of before an outage is over. */
export const LONG_MS = 2_500;

export interface AloneWorldOptions {
  readonly locks?: Locks;
  /** In (0, 1]; 1: nothing is refreshed early. */
  readonly random?: () => number;
  /** Told of each message, by its way; it travels when `arrive` is called, or, where nothing is given, in the next turn. */
  readonly onMessage?: (way: string, arrive: () => void) => void;
}

/** Gateways that share a tide, on one driven clock; each can be cut off from it. */
export function createAloneWorld({ locks, random = () => 1, onMessage }: AloneWorldOptions = {}) {
  const clock = new ManualClock();
  const tide = new LocalTide(onMessage ?? ((_, arrive) => void setImmediate(arrive)), clock);
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(Math.min(10, ms - passed));
      await settle();
    }
  };
  const join = (id: string) => {
    const store = new TieredStore({
      participant: new Participant({ server: tide.connect(id), clock, timers: clock }),
      remote: tide.entriesOf(id),
      locks,
      clock,
      timers: clock,
      maxBytes: 1_000_000,
      keepMarksFor: () => undefined,
      readRemoteSize: async () => ({ layer: 'REDIS', entries: 0, bytes: 0, maxBytes: null, evictions: 0 }),
    });
    const cache = new Cache({ store, clock, timers: clock, namespaces: openNamespaces(), random });
    return { store, cache };
  };
  /** Cut off for longer than its lease. */
  const leaveAlone = async (id: string): Promise<void> => {
    tide.cutOff.add(id);
    await pass(1_000);
  };
  return { clock, tide, pass, join, leaveAlone };
}

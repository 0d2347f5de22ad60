import type { Clock } from '../../support/clock.js';
import type { Timers } from '../../support/timers.js';
import { RedisBus } from '../bus/redis-bus.js';
import { RedisEntries } from '../redis/redis-entries.js';
import type { RedisLink, RefusedError } from '../redis/redis-link.js';
import { RedisLocks } from '../redis/redis-locks.js';
import { readRedisSize } from '../redis/redis-size.js';
import { Participant } from '../tide/participant.js';
import { RedisTideServer } from '../tide/redis-tide-server.js';
import { KEEP_MARKS_MS } from '../tide/tide.js';
import { TieredStore } from './tiered-store.js';

export interface RedisStoreOptions {
  /** This store ends it. */
  readonly link: RedisLink;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Stands before every key. */
  readonly prefix: string;
  /** Bound of the memory tier. */
  readonly maxBytes: number;
  /** Told when Redis is believed again and when it no longer is. */
  readonly onTrust?: (trusted: boolean, reason: string | undefined) => void;
  /** Told of each request that Redis refused, though it answers: OOM, WRONGTYPE … */
  readonly onRefusal?: (refusal: RefusedError) => void;
}

/** The process's memory over a Redis that several processes share. */
export function createRedisStore(options: RedisStoreOptions): TieredStore {
  const { link, clock, timers, prefix, maxBytes, onTrust, onRefusal = () => undefined } = options;
  const tide = `${prefix}{tide}`;
  const bus = new RedisBus(link, tide);
  let keepMarksMs = KEEP_MARKS_MS;
  const server = new RedisTideServer({ link, bus, key: tide, keepMarksMs: () => keepMarksMs });
  const locks = new RedisLocks({ link, bus, timers, prefix, onRefusal });
  const lockedAt = (key: string) => locks.takenAt(key);
  return new TieredStore({
    participant: new Participant({ server, clock, timers, ...(onTrust ? { onTrust } : {}) }),
    remote: new RedisEntries({ link, clock, prefix, tide, lockedAt, onRefusal }),
    locks,
    clock,
    timers,
    maxBytes,
    keepMarksFor: (ms) => void (keepMarksMs = Math.max(keepMarksMs, ms)),
    readRemoteSize: () => readRedisSize(link, tide),
  });
}

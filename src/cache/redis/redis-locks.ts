import { randomUUID } from 'node:crypto';
import type { Timers } from '../../support/timers.js';
import type { Bus } from '../bus/bus.js';
import type { LockAsk, LockOutcome, Locks } from '../stores/locks.js';
import { ifLost } from './if-lost.js';
import type { RedisLink, RedisRequest, RefusedError } from './redis-link.js';
import { createRedisScript } from './redis-script.js';
import { eachReplyOf } from './replies-of.js';

/** How long a lock outlives its owner. */
const LOCK_MS = 1_500;
const RENEW_EVERY_MS = 500;
/** The bus may have lost the word that a lock is free. */
const POLL_MS = 500;

/**
 * KEYS: the lock, a hash of its owner's token and of who waits, and the entry, of the same slot. ARGV: token, life in ms, who asks; head
 * (`generation start`) and remaining life in ms of the entry that was seen, or ''; generation and start that another one must have at
 * least, or ''. Returns changed, held, or, to who is its owner now, the server's time in µs. An entry that lives longer than the one that was seen is another one, where the tide stood still between them.
 */
const ACQUIRE = createRedisScript(`
local head = redis.pcall('GETRANGE', KEYS[2], 0, 127)
local generation, start = string.match(type(head) == 'string' and head or '', '^%d+ (%S+) (%d+)\\n')
if generation and (generation .. ' ' .. start ~= ARGV[4] or redis.call('PTTL', KEYS[2]) > tonumber(ARGV[5])) then
  if ARGV[6] == '' or (generation == ARGV[6] and tonumber(start) >= tonumber(ARGV[7])) then return 'changed' end
end
local waiting = redis.pcall('HGET', KEYS[1], 'waiting')
if type(waiting) ~= 'string' then
  -- Of another type, or none. First, because a script that has begun to write is not refused where Redis is full.
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'waiting', '')
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  local time = redis.call('TIME')
  return string.format('%.0f', time[1] * 1000000 + time[2])
end
if not string.find(waiting, ARGV[3], 1, true) then redis.call('HSET', KEYS[1], 'waiting', waiting .. ARGV[3] .. ' ') end
return 'held'
`);

/** KEYS[1] the lock; ARGV: token, life in ms. */
const RENEW = createRedisScript(`
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

/** KEYS[1] the lock; ARGV: token, the bus's channel, the key. Only its owner releases it. */
const RELEASE = createRedisScript(`
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
local waiting = redis.call('HGET', KEYS[1], 'waiting') or ''
redis.call('DEL', KEYS[1])
for id in string.gmatch(waiting, '%S+') do redis.call('PUBLISH', ARGV[2] .. ':' .. id, 'freed ' .. ARGV[3]) end
return 1
`);

export interface RedisLocksOptions {
  readonly link: RedisLink;
  readonly bus: Bus;
  readonly timers: Timers;
  readonly prefix: string;
  /** Told of each request that Redis refused, though it answers. */
  readonly onRefusal: (refusal: RefusedError) => void;
}

/** Locks with PX and their owner's token, renewed while he computes, released by compare-and-delete. */
export class RedisLocks implements Locks {
  readonly #options: RedisLocksOptions;
  readonly #token = randomUUID();
  /** When each was taken, in µs of its server's clock. */
  readonly #owned = new Map<string, number>();
  readonly #waiting = new Map<string, Set<() => void>>();
  #cancelRenewal: (() => void) | undefined;

  constructor(options: RedisLocksOptions) {
    this.#options = options;
    options.bus.onMessage('freed', (key) => this.#wake(key));
  }

  async acquire(asks: readonly LockAsk[]): Promise<readonly LockOutcome[]> {
    const { link, bus, prefix, onRefusal } = this.#options;
    const requests = asks.map(({ key, seen, least }): RedisRequest => {
      const was = seen ? [`${seen.generation} ${seen.start}`, Math.ceil(seen.remainingMs)] : ['', 0];
      const args = [this.#token, LOCK_MS, bus.id, ...was, least?.generation ?? '', least?.start ?? ''];
      return { script: ACQUIRE, keys: [this.#lockOf(key), prefix + key], args };
    });
    const replies = await eachReplyOf(link.send(requests), onRefusal);
    const outcomes = asks.map(({ key }, i): LockOutcome => {
      const reply = replies[i];
      if (reply === 'changed' || reply === 'held') return reply;
      // Who can't be told that a key is locked computes it.
      if (!(reply instanceof Error)) this.#owned.set(key, Number(reply));
      return 'owned';
    });
    if (this.#owned.size > 0) this.#renewLater();
    return outcomes;
  }

  /** When the lock was taken, in µs of its server's clock, where it is this process's. */
  takenAt(key: string): number | undefined {
    return this.#owned.get(key);
  }

  release(keys: readonly string[]): void {
    const { bus } = this.#options;
    const requests = keys
      .filter((key) => this.#owned.delete(key))
      .map((key) => ({ script: RELEASE, keys: [this.#lockOf(key)] as const, args: [this.#token, bus.channel, key] }));
    this.#send(requests);
  }

  freed(key: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiting);
      const wake = () => {
        cancel();
        waiting.delete(wake);
        if (waiting.size === 0) this.#waiting.delete(key);
        resolve();
      };
      const cancel = this.#options.timers.after(POLL_MS, wake);
      waiting.add(wake);
    });
  }

  close(): void {
    this.release([...this.#owned.keys()]);
    this.#cancelRenewal?.();
  }

  /** Beside its entry on a cluster: what stands between braces chooses the slot. */
  #lockOf(key: string): string {
    const { prefix } = this.#options;
    return `${prefix}lock:{${prefix}${key}}`;
  }

  #wake(key: string): void {
    for (const wake of [...(this.#waiting.get(key) ?? [])]) wake();
  }

  #renewLater(): void {
    this.#cancelRenewal ??= this.#options.timers.after(RENEW_EVERY_MS, () => {
      this.#cancelRenewal = undefined;
      const keys = [...this.#owned.keys()];
      if (keys.length === 0) return;
      this.#send(keys.map((key) => ({ script: RENEW, keys: [this.#lockOf(key)], args: [this.#token, LOCK_MS] })));
      this.#renewLater();
    });
  }

  /** What is lost here expires. */
  #send(requests: readonly RedisRequest[]): void {
    if (requests.length > 0) void this.#options.link.send(requests).catch(ifLost);
  }
}

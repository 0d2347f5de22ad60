import type { Clock } from '../../support/clock.js';
import { deepFreeze } from '../../support/deep-freeze.js';
import { decodeEntry, encodeEntry } from '../codec.js';
import { refusalOf } from '../codec/refusal-of.js';
import type { UnstorableError } from '../codec/unstorable-error.js';
import { lifeMs } from '../entry.js';
import type { StoredEntry, StoreReading, StoreWrite } from '../stores/store.js';
import { TideLostError } from '../stores/store-unavailable-error.js';
import type { Mark, TideReading } from '../tide/tide.js';
import { LinkError, RefusedError, type RedisLink, type RedisRequest } from './redis-link.js';
import { createRedisScript } from './redis-script.js';
import { eachReplyOf, toUnavailable } from './replies-of.js';

/**
 * KEYS[1] an entry; ARGV: bytes, life in ms as of the sending, generation, start; when its lock was taken, in µs of this server's own
 * clock, or '', and its life in ms from then. A server that was stopped executes late what was sent in time: by its own clock it tells
 * how late, so that no entry seems younger than it is. An entry never replaces one of its generation with a later start, and
 * always what is none: a value of another type that somebody left there.
 */
const STORE = createRedisScript(`
local head = redis.pcall('GETRANGE', KEYS[1], 0, 127)
local generation, start = string.match(type(head) == 'string' and head or '', '^%d+ (%S+) (%d+)\\n')
if generation == ARGV[3] and tonumber(start) > tonumber(ARGV[4]) then return 0 end
local px = tonumber(ARGV[2])
if ARGV[5] ~= '' then
  local time = redis.call('TIME')
  px = math.min(px, math.floor(tonumber(ARGV[6]) - (time[1] * 1000000 + time[2] - tonumber(ARGV[5])) / 1000))
end
if px <= 0 then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', string.format('%.0f', px))
return 1
`);

export interface RedisEntriesOptions {
  readonly link: RedisLink;
  readonly clock: Clock;
  /** Stands before every key. */
  readonly prefix: string;
  /** The tide's hash. */
  readonly tide: string;
  /** When the lock on a key was taken, in µs of its server's clock, where this process has it. */
  readonly lockedAt: (key: string) => number | undefined;
  /** Told of each request that Redis refused, though it answers: OOM, WRONGTYPE … */
  readonly onRefusal: (refusal: RefusedError) => void;
}

/** Entries as strings with PX; their bytes are the codec's. */
export class RedisEntries {
  readonly #options: RedisEntriesOptions;

  constructor(options: RedisEntriesOptions) {
    this.#options = options;
  }

  /**
   * Entries and marks, together. Where nodes of a cluster answer side by side, the marks may be older than an entry: they are no
   * older than the question, and so hold every raise that had returned when it was asked.
   */
  async read(keys: readonly string[], fields: readonly string[]): Promise<StoreReading> {
    const { link, clock, prefix, tide, onRefusal } = this.#options;
    const askedAt = clock.monotonic();
    const requests: RedisRequest[] = keys.flatMap((key) => [
      { name: 'pttl', key: prefix + key, args: [prefix + key] },
      { name: 'get', key: prefix + key, args: [prefix + key], buffer: true },
    ]);
    const marks = ['generation', 'clock', 'floor', ...fields.map((field) => `tag ${field}`)];
    requests.push({ name: 'hmget', key: tide, args: [tide, ...marks] });
    const replies = await eachReplyOf(link.send(requests), onRefusal);
    const reading = replies.at(-1);
    if (reading instanceof LinkError) throw toUnavailable(reading);
    if (reading instanceof RefusedError) throw new TideLostError(`Redis: ${reading.message}`, { cause: reading });
    return {
      // An entry whose node does not answer, or that is of another type, is one that is not there.
      entries: keys.map((_, i) => toStoredEntry(replies[2 * i], replies[2 * i + 1], askedAt)),
      tide: toTideReading(reading, fields),
    };
  }

  /** In order what can't be stored, and why. Rejects where nothing was answered; an entry that Redis refuses, being full, is lost. */
  async write(writes: readonly StoreWrite[]): Promise<readonly (UnstorableError | undefined)[]> {
    const { link, clock, prefix, lockedAt, onRefusal } = this.#options;
    const requests: RedisRequest[] = [];
    const refusals = writes.map(({ key, entry, begunAt }) => {
      const px = Math.floor(begunAt + lifeMs(entry) - clock.monotonic());
      if (px <= 0) return undefined;
      return refusalOf(() => {
        const late = [lockedAt(key) ?? '', Math.ceil(lifeMs(entry))];
        const args = [encodeEntry(entry), px, entry.generation, entry.start, ...late];
        requests.push({ script: STORE, keys: [prefix + key], args });
      });
    });
    if (requests.length > 0) await eachReplyOf(link.send(requests), onRefusal);
    return refusals;
  }
}

/** Private: PTTL was asked before the value, and is counted from the sending, so that what the question takes makes no entry younger. */
function toStoredEntry(pttl: unknown, bytes: unknown, askedAt: number): StoredEntry | undefined {
  const remainingMs = Number(pttl);
  if (!Buffer.isBuffer(bytes) || !(remainingMs > 0)) return undefined;
  const entry = decodeEntry(bytes);
  // Frozen, so that memory may hold it as it is, and hand it to everyone.
  deepFreeze(entry?.value);
  return entry && { entry, begunAt: askedAt + remainingMs - lifeMs(entry), layer: 'REDIS' };
}

/** Private */
function toTideReading(reply: unknown, fields: readonly string[]): TideReading {
  const [generation, clock, floor, ...values] = reply as (string | null)[];
  if (!generation || !clock || !floor) throw new TideLostError('Redis: the tide is gone; a new generation begins');
  const marks = new Map<string, Mark>();
  for (const [i, field] of fields.entries()) {
    const [hard, soft] = values[i]?.split(' ') ?? [];
    if (hard !== undefined) marks.set(field, { hard: Number(hard), soft: Number(soft) });
  }
  return { generation, clock: Number(clock), floor: Number(floor), marks };
}

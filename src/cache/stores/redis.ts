import { createHash, randomUUID } from 'node:crypto';
import type { ChainableCommander, Redis } from 'ioredis';
import type { Clock } from '../../support/clock.js';
import { toError } from '../../support/to-error.js';
import { withTimeout } from '../../support/with-timeout.js';
import { HOLD_SCRIPT, RAISE_SCRIPT, STORE_SCRIPT } from '../tide/scripts.js';
import type { Mark, Raise, Raised, TideReading } from '../tide/tide.js';
import {
  ifAway,
  StoreUnavailableError,
  type Store,
  type StoredEntry,
  type StoreHealth,
  type StoreReading,
  type StoreSize,
  type StoreWrite,
} from './store.js';

const HOLD_EVERY_MS = 300;
/** A Redis that has not answered a hold for so long on this connection is not believed. */
const TRUST_MS = 1_000;
const STORE_SHA = createHash('sha1').update(STORE_SCRIPT).digest('hex');

export interface RedisStoreOptions {
  /** Its own connection, as of connectRedis: this store ends it. */
  readonly redis: Redis;
  /** How long an answer is waited for, ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Stands before every key. */
  readonly prefix: string;
  /** Told when Redis is believed again and when it no longer is. */
  readonly onTrust?: (trusted: boolean, reason: string | undefined) => void;
}

/**
 * Entries as strings with PX, and the tide as one hash, `{tide}`.
 *
 * Trust: Redis is believed only on a connection that answered a *hold* within the last second. A hold is a write, so who cannot raise
 * does not read; it begins a new generation where the hash is gone or was written by another process of Redis, so that marks which a
 * restart or a failover took back are never believed. Raises that failed are made up for before trust returns.
 */
export class RedisStore implements Store {
  readonly layer = 'REDIS';
  readonly #redis: Redis;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #tide: string;
  readonly #onTrust: NonNullable<RedisStoreOptions['onTrust']>;
  readonly #timer: NodeJS.Timeout;
  #pending: Raise[] = [];
  #trustedUntil = -Infinity;
  /** Undefined until it is known for the first time, so that a Redis that was never there is told too. */
  #trusted: boolean | undefined;
  /** Why it could not be connected to. */
  #connectError: string | undefined;
  #holding: Promise<void> | undefined;
  #latencyMs: number | undefined;
  #failure: string | undefined = 'not connected yet';

  constructor(options: RedisStoreOptions) {
    this.#redis = options.redis;
    this.#timeoutMs = options.timeoutMs;
    this.#clock = options.clock;
    this.#prefix = options.prefix;
    this.#tide = `${options.prefix}{tide}`;
    this.#onTrust = options.onTrust ?? (() => undefined);
    this.#redis.on('ready', () => void this.hold());
    this.#redis.on('close', () => this.#distrust(this.#connectError ?? 'the connection is closed'));
    // Without a listener ioredis prints every failed attempt to reconnect; what an operator needs is in health().
    this.#redis.on('error', (error: Error) => (this.#connectError = error.message));
    this.#timer = setInterval(() => void this.hold(), HOLD_EVERY_MS).unref();
  }

  async read(keys: readonly string[], fields: readonly string[]): Promise<StoreReading> {
    await this.#assertTrusted();
    const pipeline = this.#redis.pipeline();
    for (const key of keys) pipeline.pttl(this.#prefix + key).getBuffer(this.#prefix + key);
    pipeline.hmget(this.#tide, 'generation', 'clock', 'floor', ...fields.map((field) => `tag ${field}`));
    const replies = await this.#run(pipeline);
    const tide = toTideReading(replies.at(-1), fields);
    if (!tide) throw this.#distrust('the tide is gone; a new generation begins');
    const entries = keys.map((_, i) => toStoredEntry(replies[2 * i], replies[2 * i + 1]));
    return { entries, tide };
  }

  async write(writes: readonly StoreWrite[]): Promise<void> {
    await this.#assertTrusted();
    const pipeline = this.#redis.pipeline();
    for (const [i, { key, bytes, lifeMs, generation, start }] of writes.entries()) {
      const px = Math.floor(lifeMs);
      if (px <= 0) continue;
      const script = [1, this.#prefix + key, bytes, px, generation, start] as const;
      // The first EVAL of a pipeline loads the script, so that no EVALSHA after it can meet NOSCRIPT.
      if (i === 0 || pipeline.length === 0) pipeline.eval(STORE_SCRIPT, ...script);
      else pipeline.evalsha(STORE_SHA, ...script);
    }
    if (pipeline.length > 0) await this.#runEach(pipeline);
  }

  async raise(raise: Raise): Promise<Raised> {
    try {
      // Not asserted: an answer to a raise needs no trust, and a Redis that answers should have it as soon as it can.
      if (this.#redis.status !== 'ready') throw new StoreUnavailableError(`Redis is ${this.#redis.status}`);
      return await this.#raise(raise);
    } catch (error) {
      if (raise.fields.length > 0) this.#pending.push(raise);
      throw this.#distrust(toError(error).message);
    }
  }

  /** Asks Redis to take part: at once after connecting, then every 300 ms. Never rejects. */
  hold(): Promise<void> {
    this.#holding ??= this.#hold().finally(() => (this.#holding = undefined));
    return this.#holding;
  }

  health(): StoreHealth {
    const available = this.#isTrusted();
    return {
      available,
      latencyMs: available ? this.#latencyMs : undefined,
      pendingRaises: this.#pending.length,
      message: available ? undefined : `Redis is away: ${this.#failure ?? 'it does not answer'}`,
    };
  }

  async size(): Promise<StoreSize | undefined> {
    if (!this.#isTrusted()) return undefined;
    const replies = await this.#run(this.#redis.pipeline().dbsize().info()).catch(ifAway);
    if (!replies) return undefined;
    const [entries, info] = replies;
    const of = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(String(info))?.[1] ?? 0);
    return {
      entries: Number(entries),
      bytes: of('used_memory'),
      maxBytes: of('maxmemory') || null,
      evictions: of('evicted_keys'),
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#holding;
    this.#redis.disconnect();
  }

  async #hold(): Promise<void> {
    if (this.#redis.status !== 'ready') return;
    const sentAt = this.#clock.monotonic();
    try {
      await withTimeout(this.#redis.eval(HOLD_SCRIPT, 1, this.#tide, randomUUID()), this.#timeoutMs);
      while (this.#pending[0]) {
        await this.#raise(this.#pending[0]);
        this.#pending.shift();
      }
      this.#latencyMs = this.#clock.monotonic() - sentAt;
      this.#trustedUntil = sentAt + TRUST_MS;
      this.#failure = this.#connectError = undefined;
      if (!this.#trusted) this.#onTrust((this.#trusted = true), undefined);
    } catch (error) {
      this.#distrust(toError(error).message);
    }
  }

  async #raise({ fields, kind, to }: Raise): Promise<Raised> {
    const raising = this.#redis.eval(RAISE_SCRIPT, 1, this.#tide, randomUUID(), kind, to ?? '', ...fields);
    const [generation, clock] = (await withTimeout(raising, this.#timeoutMs)) as [string, string];
    return { generation, clock: Number(clock) };
  }

  /** Waits for all answers. One that refuses, because Redis is full, costs its entry and not the trust: Redis does answer. */
  async #runEach(pipeline: ChainableCommander): Promise<void> {
    try {
      await withTimeout(pipeline.exec(), this.#timeoutMs);
    } catch (error) {
      throw this.#distrust(toError(error).message);
    }
  }

  /** All replies, or the first error: half an answer is none. */
  async #run(pipeline: ChainableCommander): Promise<unknown[]> {
    try {
      const results = (await withTimeout(pipeline.exec(), this.#timeoutMs)) ?? [];
      return results.map(([error, reply]) => {
        if (error) throw error;
        return reply;
      });
    } catch (error) {
      throw this.#distrust(toError(error).message);
    }
  }

  #isTrusted(): boolean {
    return this.#redis.status === 'ready' && this.#clock.monotonic() < this.#trustedUntil;
  }

  /** Trust that ended without a failure, because this process was too busy to hold, is asked for anew. */
  async #assertTrusted(): Promise<void> {
    if (this.#isTrusted()) return;
    // Twice: a hold that was under way may have been sent too long ago itself.
    for (let attempt = 0; attempt < 2 && this.#trusted && !this.#isTrusted(); attempt += 1) await this.hold();
    if (!this.#isTrusted()) throw this.#distrust(this.#failure ?? 'it does not answer');
  }

  /** Until the next hold is answered nobody waits for Redis again. */
  #distrust(reason: string): StoreUnavailableError {
    this.#failure = reason;
    this.#trustedUntil = -Infinity;
    if (this.#trusted !== false) this.#onTrust((this.#trusted = false), reason);
    return new StoreUnavailableError(`Redis: ${reason}`);
  }
}

/** Private */
function toTideReading(reply: unknown, fields: readonly string[]): TideReading | undefined {
  const [generation, clock, floor, ...values] = reply as (string | null)[];
  if (!generation || !clock || !floor) return undefined;
  const marks = new Map<string, Mark>();
  for (const [i, field] of fields.entries()) {
    const [hard, soft] = values[i]?.split(' ') ?? [];
    if (hard !== undefined) marks.set(field, { hard: Number(hard), soft: Number(soft) });
  }
  return { generation, clock: Number(clock), floor: Number(floor), marks };
}

/** Private: PTTL was asked before the value, and is counted from the sending: no entry is thought younger than it is. */
function toStoredEntry(pttl: unknown, bytes: unknown): StoredEntry | undefined {
  const remainingMs = Number(pttl);
  return Buffer.isBuffer(bytes) && remainingMs > 0 ? { bytes, remainingMs } : undefined;
}

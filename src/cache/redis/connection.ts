import { Redis, type RedisOptions } from 'ioredis';
import { toError } from '../../support/to-error.js';
import { withTimeout } from '../../support/with-timeout.js';
import { LinkError, RefusedError, type RedisArgument } from './redis-link.js';
import type { RedisTarget } from './redis-target.js';

/** A command as it goes over the wire. */
export interface WireCommand {
  readonly name: string;
  readonly args: readonly RedisArgument[];
  readonly buffer?: boolean;
}

export interface ConnectionOptions {
  readonly target: RedisTarget;
  /** What is done on each new connection before it is ready. */
  readonly prepare?: (redis: Redis) => Promise<unknown>;
  readonly onReady: () => void;
  /** An attempt has failed, or a connection is lost. Another attempt follows by itself. */
  readonly onLost: () => void;
}

/** From the connecting to the answer that the server is ready. */
const HANDSHAKE_MS = 3_000;
const CONNECT_MS = 1_000;
const PING_EVERY_MS = 1_000;
/** A server that does not answer for so long may never: TCP alone would notice after a quarter of an hour. */
const SILENT_MS = 1_000;

/**
 * One TCP connection at a time to one server, made again for ever. Each is a client of ioredis of its own that never reconnects, so that
 * nothing outlives a connection: no queue, no database chosen before, and a new {@link Connection.epoch} for whatever comes after.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #redis: Redis | undefined;
  #epoch: string | undefined;
  #lastError: string | undefined;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#open();
  }

  /** Names the connection that is open and ready; no two have the same name in this process. */
  get epoch(): string | undefined {
    return this.#redis?.status === 'ready' ? this.#epoch : undefined;
  }

  /** Why there is none. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Sends commands in one piece. Never rejects: each has its reply, its RefusedError, or the LinkError that befell it. */
  async exchange(commands: readonly WireCommand[], timeoutMs: number): Promise<readonly unknown[]> {
    const redis = this.#redis;
    if (!redis || this.epoch === undefined) return fillWith(commands, `not connected: ${this.#lastError ?? 'not yet'}`);
    const pipeline = redis.pipeline();
    for (const { name, args, buffer } of commands) {
      if (buffer) pipeline.callBuffer(name, ...args);
      else pipeline.call(name, ...args);
    }
    try {
      const results = (await withTimeout(pipeline.exec(), timeoutMs)) ?? [];
      const replies = results.map(([error, reply]) => (error ? toFault(error) : reply));
      // It was the master and is now a replica: whoever is the master is asked for anew.
      const demoted = replies.find((reply) => reply instanceof RefusedError && reply.kind === 'READONLY');
      if (demoted instanceof RefusedError) this.#lose(redis, demoted.message);
      return replies;
    } catch (error) {
      return fillWith(commands, toError(error).message);
    }
  }

  /** Gives up the connection there is, and makes another one. */
  renew(reason: string): void {
    if (this.#redis) this.#lose(this.#redis, reason);
  }

  /** For good. `onLost` is not told. */
  close(): void {
    clearTimeout(this.#timer);
    this.#redis?.disconnect();
    this.#redis = undefined;
  }

  #open(): void {
    const redis = new Redis({ ...this.#options.target(), ...OF_ONE_CONNECTION });
    let fault: string | undefined;
    this.#redis = redis;
    redis.on('error', (error: Error) => (fault ??= explain(error)));
    redis.once('ready', () => void this.#begin(redis, fault));
    redis.once('end', () => this.#lose(redis, fault ?? 'the connection is closed'));
    this.#timer = setTimeout(() => this.#lose(redis, `not ready in ${HANDSHAKE_MS} ms`), HANDSHAKE_MS);
  }

  /** A fault before this is one of the login that ioredis goes on after, in database 0 for one that does not exist. */
  async #begin(redis: Redis, fault: string | undefined): Promise<void> {
    if (fault !== undefined) return this.#lose(redis, fault);
    try {
      await this.#options.prepare?.(redis);
    } catch (error) {
      return this.#lose(redis, toError(error).message);
    }
    if (redis !== this.#redis) return;
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#lastError = undefined;
    this.#epoch = `connection ${(opened += 1)}`;
    this.#options.onReady();
    this.#pingLater(redis);
  }

  #pingLater(redis: Redis): void {
    this.#timer = setTimeout(() => void this.#ping(redis), PING_EVERY_MS);
  }

  /** Any answer will do, a refusal too. */
  async #ping(redis: Redis): Promise<void> {
    const answer = await withTimeout(redis.ping(), SILENT_MS).catch(toFault);
    if (redis !== this.#redis) return;
    if (answer instanceof LinkError) this.#lose(redis, `to a PING: ${answer.message}`);
    else this.#pingLater(redis);
  }

  /** Does nothing where another one has taken its place: both a silence and the end that follows may be told. */
  #lose(redis: Redis, reason: string): void {
    if (redis !== this.#redis) return;
    clearTimeout(this.#timer);
    this.#redis = undefined;
    this.#epoch = undefined;
    this.#lastError = reason;
    if (redis.status !== 'end') redis.disconnect();
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#open(), Math.min(50 * this.#failures, 500));
    this.#options.onLost();
  }
}

/** Private */
let opened = 0;

/** Private: see {@link Connection}. The name is for who reads CLIENT LIST. */
const OF_ONE_CONNECTION = {
  retryStrategy: () => null,
  sentinelRetryStrategy: () => null,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  connectTimeout: CONNECT_MS,
  disconnectTimeout: 100,
  maxLoadingRetryTime: 200,
  connectionName: 'tidemark',
  disableClientInfo: true,
} as const satisfies RedisOptions;

/** Private: an error that came as a reply, or one of the connection. */
function toFault(error: unknown): RefusedError | LinkError {
  const { name, message } = toError(error);
  return name === 'ReplyError' ? new RefusedError(message) : new LinkError(message, { cause: error });
}

/** Private */
function fillWith(commands: readonly WireCommand[], reason: string): readonly LinkError[] {
  const error = new LinkError(reason);
  return commands.map(() => error);
}

/** Private */
function explain(error: Error): string {
  const isUntrusted = 'code' in error && UNTRUSTED.has(String(error.code));
  return isUntrusted ? `${error.message}: name the file of its authority in NODE_EXTRA_CA_CERTS` : error.message;
}

/** Private: OpenSSL's names for a certificate whose issuer nobody here knows. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

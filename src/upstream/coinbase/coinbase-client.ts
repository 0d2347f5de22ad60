import { setMaxListeners } from 'node:events';

import { timeout, TimeoutStrategy, type TimeoutPolicy } from 'cockatiel';
import { z } from 'zod';

import type { Clock } from '../../support/clock.js';
import { GatewayError, unknownSymbol } from '../../support/gateway-error.js';
import type { Logger } from '../../support/logger.js';
import { describeFailure, failureError, isRetryable, type CoinbaseFailure } from './coinbase-failure.js';
import type { Sleep } from './sleep.js';
import { TokenBucket } from './token-bucket.js';

export interface CoinbaseClientOptions {
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly sleep: Sleep;
  /** [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly timeoutMs: number;
  readonly logger: Logger | undefined;
}

export interface CoinbaseCall {
  /** Of the product that is asked about: what a 404 is about. */
  readonly symbol?: string;
  /** Aborts the wait for a token; a call that was sent is not called back. */
  readonly signal?: AbortSignal;
}

/** Public limits by IP, as Coinbase documents them. */
const TOKENS_PER_SECOND = 10;
const BURST = 15;

const MAX_ATTEMPTS = 3;
const FIRST_BACKOFF_MS = 250;
/** A Retry-After beyond this is told to whoever asks, instead of being waited for. */
const MAX_RETRY_AFTER_MS = 5_000;

/** GET requests to Coinbase: limited, timed, tried again, parsed, and their failures named. */
export class CoinbaseClient {
  readonly #options: CoinbaseClientOptions;
  readonly #bucket: TokenBucket;
  readonly #timeout: TimeoutPolicy;
  readonly #closing = new AbortController();
  /** Monotonic ms: no call is sent before it, as Coinbase demanded. */
  #bannedUntil = -Infinity;
  /** The failure of the latest calls, and when (ms since the epoch) the first of them in a row failed. */
  #failing: { readonly what: string; readonly since: number } | undefined;

  constructor(options: CoinbaseClientOptions) {
    this.#options = options;
    const { clock, sleep, timeoutMs } = options;
    this.#bucket = new TokenBucket({ tokensPerSecond: TOKENS_PER_SECOND, burst: BURST, clock, sleep });
    // Every call under way listens to it; Node warns of a leak from the eleventh on.
    setMaxListeners(0, this.#closing.signal);
    // abortOnReturn would abort after every answer, and a network error would look like a timeout.
    this.#timeout = timeout(timeoutMs, { strategy: TimeoutStrategy.Cooperative, abortOnReturn: false });
  }

  /**
   * The body of `path` (with its query) as `schema` has it. Throws NOT_FOUND where Coinbase has no such symbol, UPSTREAM_RATE_LIMITED
   * with retryAfterSeconds, UPSTREAM_TIMEOUT, UPSTREAM_UNAVAILABLE; a request that Coinbase calls bad is our own bug and a plain Error.
   */
  async get<T>(path: string, schema: z.ZodType<T>, call: CoinbaseCall = {}): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#send(path, call);
      if ('body' in answer) return this.#read(path, answer, schema, call);
      if (this.#closing.signal.aborted) throw closing();

      const waitMs = this.#backoffMs(answer, attempt);
      if (answer.kind === 'status' && answer.status === 429) this.#slowDown(waitMs);
      if (attempt === MAX_ATTEMPTS || waitMs > MAX_RETRY_AFTER_MS || !isRetryable(answer)) {
        throw this.#failed(answer, attempt, waitMs);
      }
      this.#options.logger?.debug(
        { path, attempt, failure: describeFailure(answer), waitMs },
        'Coinbase is asked again',
      );
      await this.#options.sleep(waitMs, this.#closing.signal).catch(() => undefined);
    }
  }

  /** One line while the latest calls fail, none after one that succeeded. */
  faults(): readonly string[] {
    return this.#failing
      ? [`Coinbase: ${this.#failing.what} since ${new Date(this.#failing.since).toISOString()}`]
      : [];
  }

  /** Aborts what runs and refuses what comes. */
  close(): void {
    this.#closing.abort();
    this.#bucket.close();
  }

  /** Private: one attempt. The time for it begins with its token: waiting for one is our doing, not Coinbase's. */
  async #send(path: string, call: CoinbaseCall): Promise<Answer | CoinbaseFailure> {
    if (this.#closing.signal.aborted) throw closing();
    await this.#bucket.take(call.signal).catch((error: unknown) => {
      throw this.#closing.signal.aborted ? closing() : error;
    });
    const bannedMs = this.#bannedUntil - this.#options.clock.monotonic();
    if (bannedMs > 0) return { kind: 'status', status: 429, retryAfterMs: bannedMs };

    let timedOut = false;
    try {
      return await this.#timeout.execute(async ({ signal }) => {
        signal.addEventListener('abort', () => (timedOut = true));
        const response = await this.#options.fetch(this.#options.url + path, { signal, headers: HEADERS });
        const body = await response.text();
        const { status } = response;
        if (response.ok || status === 400 || status === 404) return { status, body };
        return { kind: 'status', status, retryAfterMs: this.#retryAfterMs(response) };
      }, this.#closing.signal);
    } catch (cause) {
      return timedOut ? { kind: 'timeout', timeoutMs: this.#options.timeoutMs } : { kind: 'network', cause };
    }
  }

  /** Private: what Coinbase said about the question. */
  #read<T>(path: string, answer: Answer, schema: z.ZodType<T>, { symbol }: CoinbaseCall): T {
    if (answer.status === 404) {
      // Without a symbol nothing can be unknown but the path itself: the base URL is another server's.
      if (symbol === undefined) throw this.#failed({ kind: 'status', status: 404, retryAfterMs: undefined }, 1, 0);
      this.#succeeded();
      throw unknownSymbol(symbol);
    }
    if (answer.status === 400)
      throw new Error(`Coinbase calls our request bad: GET ${path}: ${answer.body.slice(0, 200)}`);
    try {
      const value = schema.parse(JSON.parse(answer.body));
      this.#succeeded();
      return value;
    } catch (error) {
      throw this.#failed({ kind: 'body', path, cause: bodyError(error) }, 1, 0);
    }
  }

  /** Private: exponential with jitter between a half and the whole, or longer where Coinbase says so. */
  #backoffMs(failure: CoinbaseFailure, attempt: number): number {
    const backoffMs = (FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (1 + this.#options.random())) / 2;
    return failure.kind === 'status' ? Math.max(backoffMs, failure.retryAfterMs ?? 0) : backoffMs;
  }

  /** Private: a 429 counts for the whole instance. A short one is waited out in the queue, a long one is told to all who are in it. */
  #slowDown(waitMs: number): void {
    if (waitMs <= MAX_RETRY_AFTER_MS) this.#bucket.pause(waitMs);
    else this.#bannedUntil = this.#options.clock.monotonic() + waitMs;
  }

  /** Private: Retry-After in seconds or as a date (RFC 9110, 10.2.3). */
  #retryAfterMs(response: Response): number | undefined {
    const value = response.headers.get('retry-after');
    if (value === null) return undefined;
    const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - this.#options.clock.now();
    return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
  }

  /** Private */
  #failed(failure: CoinbaseFailure, attempts: number, waitMs: number): GatewayError {
    const what = describeFailure(failure);
    if (!this.#failing) this.#options.logger?.warn({ failure: what }, 'Coinbase fails');
    this.#failing = { what, since: this.#failing?.since ?? this.#options.clock.now() };
    return failureError(failure, attempts, waitMs);
  }

  /** Private */
  #succeeded(): void {
    if (this.#failing) this.#options.logger?.info({ failure: this.#failing.what }, 'Coinbase answers again');
    this.#failing = undefined;
  }
}

/** Private: a response that says something about the question: 2xx, 400 or 404. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Private: without a user agent Coinbase answers 400 (ccxt#848). */
const HEADERS = { accept: 'application/json', 'user-agent': 'tidemark' };

/** Private */
function closing(): GatewayError {
  return new GatewayError('UPSTREAM_UNAVAILABLE', 'Coinbase is not asked any more: this gateway is closing.');
}

/** Private: the first fault of a body, short enough for a message. */
function bodyError(error: unknown): Error {
  const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
  if (issue) return new Error(`${issue.path.join('.') || 'body'}: ${issue.message}`, { cause: error });
  return new Error('not JSON', { cause: error });
}

import type { Clock } from '../../support/clock.js';
import type { Sleep } from './sleep.js';

export interface TokenBucketOptions {
  readonly tokensPerSecond: number;
  /** Most tokens that lie ready; it begins full. */
  readonly burst: number;
  readonly clock: Clock;
  readonly sleep: Sleep;
}

/** A limiter: whoever takes a token may send one call. First come, first served. */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  readonly #closing = new AbortController();
  #waiting: Waiter[] = [];
  #serving = false;
  #tokens: number;
  /** Up to when `#tokens` is counted, ms; in the future while paused. */
  #countedAt: number;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#countedAt = options.clock.monotonic();
  }

  /** Resolves when there is a token for the caller. Who aborts while waiting is rejected at their turn and costs none. */
  take(signal?: AbortSignal): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject, signal });
      if (!this.#serving) void this.#serve();
    });
  }

  /** Gives nobody a token for `ms`, and none are saved up meanwhile: the other side has said that it is too much. */
  pause(ms: number): void {
    this.#tokens = 0;
    this.#countedAt = Math.max(this.#countedAt, this.#options.clock.monotonic() + ms);
  }

  /** Rejects whoever waits and whoever comes. */
  close(): void {
    this.#closing.abort();
    for (const waiter of this.#waiting.splice(0)) waiter.reject(closed());
  }

  /** Private: serves the queue until it is empty; one runs at a time, which is what keeps the order. */
  async #serve(): Promise<void> {
    this.#serving = true;
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (next.signal?.aborted) {
        this.#waiting.shift();
        next.reject(new Error('Nobody waits for this call any more.', { cause: next.signal.reason }));
        continue;
      }
      const waitMs = this.#untilTokenMs();
      if (waitMs > 0) {
        await this.#options.sleep(waitMs, this.#closing.signal).catch(() => undefined);
        continue;
      }
      this.#tokens -= 1;
      this.#waiting.shift();
      next.resolve();
    }
    this.#serving = false;
  }

  /** Private: adds what has accrued; 0 where a token lies ready. */
  #untilTokenMs(): number {
    const { clock, tokensPerSecond, burst } = this.#options;
    const now = clock.monotonic();
    const passedMs = now - this.#countedAt;
    if (passedMs > 0) {
      this.#tokens = Math.min(burst, this.#tokens + (passedMs * tokensPerSecond) / 1_000);
      this.#countedAt = now;
    }
    if (this.#tokens >= 1) return 0;
    return Math.ceil(((1 - this.#tokens) * 1_000) / tokensPerSecond + Math.max(0, -passedMs));
  }
}

/** Private */
interface Waiter {
  resolve(): void;
  reject(error: Error): void;
  readonly signal: AbortSignal | undefined;
}

/** Private */
function closed(): Error {
  return new Error('The limiter is closed.');
}

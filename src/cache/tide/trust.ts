import type { Clock } from '../../support/clock.js';

/** A Redis that has not answered a hold for so long on this connection is not believed. */
const TRUST_MS = 1_000;
/** So many failures within `FAILURES_WITHIN_MS` end the trust before the next hold could. */
const MOST_FAILURES = 5;
const FAILURES_WITHIN_MS = 1_000;

/** `HALF_OPEN`: one hold is under way, to see whether Redis answers again; nobody else asks it. */
export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

export interface TrustOptions {
  readonly clock: Clock;
  /** Told when Redis is believed again and when it no longer is. */
  readonly onChange: (trusted: boolean, reason: string | undefined) => void;
}

/**
 * Whether Redis is believed: on the connection that answered a hold within the last second, until it fails. It is a circuit breaker
 * whose probe is the hold; a bare breaker would also believe a Redis that came back with older marks.
 */
export class Trust {
  readonly #options: TrustOptions;
  #connection: string | undefined;
  #until = -Infinity;
  #failures: number[] = [];
  #timesGiven = 0;
  /** Undefined until it is known for the first time, so that a Redis that was never there is told too. */
  #isGiven: boolean | undefined;
  #isProbing = false;
  #reason: string | undefined = 'not connected yet';

  constructor(options: TrustOptions) {
    this.#options = options;
  }

  /** Whether it is given to the connection that there is now. */
  has(connection: string | undefined): boolean {
    return (
      this.#isGiven === true &&
      connection !== undefined &&
      connection === this.#connection &&
      this.#options.clock.monotonic() < this.#until
    );
  }

  /** It was given, and nothing has failed since: if it is over, then because nobody asked in time. */
  get isGiven(): boolean {
    return this.#isGiven === true;
  }

  /** How often it was given anew: tells one time without it from another. */
  get timesGiven(): number {
    return this.#timesGiven;
  }

  get state(): BreakerState {
    if (this.#isGiven) return 'CLOSED';
    return this.#isProbing ? 'HALF_OPEN' : 'OPEN';
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  /** A hold that is under way. */
  set isProbing(isProbing: boolean) {
    this.#isProbing = isProbing;
  }

  /** A hold that was sent at `sentAt`, on the monotonic clock, was answered on `connection`. */
  give(connection: string, sentAt: number): void {
    this.#connection = connection;
    this.#until = sentAt + TRUST_MS;
    this.#reason = undefined;
    if (this.#isGiven) return;
    this.#failures = [];
    this.#isGiven = true;
    this.#timesGiven += 1;
    this.#options.onChange(true, undefined);
  }

  /** An operation failed; a few in a row end the trust. */
  countFailure(reason: string): void {
    const now = this.#options.clock.monotonic();
    this.#failures = [...this.#failures.filter((at) => now - at < FAILURES_WITHIN_MS), now];
    if (this.#failures.length >= MOST_FAILURES) this.end(reason);
  }

  /** Until the next hold is answered nobody waits for Redis again. */
  end(reason: string): void {
    this.#until = -Infinity;
    this.#reason = reason;
    if (this.#isGiven === false) return;
    this.#isGiven = false;
    this.#options.onChange(false, reason);
  }
}

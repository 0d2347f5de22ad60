import { toError } from '../support/to-error.js';
import type { Outbox, RaiseTags } from './outbox.js';

export interface OutboxDrainOptions {
  readonly outbox: Outbox;
  readonly raise: RaiseTags;
  /** Whether a raise may succeed at present. While it may not the database is not asked: each attempt would wait in the store too. */
  readonly canRaise: () => boolean;
  /** Told once when draining begins to fail, and once, of undefined, when it works again. */
  readonly onFailure: (failure: Error | undefined) => void;
}

const EVERY_MS = 1_000;
/** One raise each: bounds how long its rows are locked. */
const BATCH = 200;

/** Raises what waits in the outbox, whoever left it there, once a second. Every process that has store and database runs one. */
export class OutboxDrain {
  readonly #options: OutboxDrainOptions;
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<number> | undefined;
  #failing = false;
  #stopped = false;

  constructor(options: OutboxDrainOptions) {
    this.#options = options;
  }

  /** Now and every second. Once it has been stopped this does nothing. */
  start(): void {
    if (this.#stopped || this.#timer) return;
    this.#timer = setInterval(() => void this.#tick(), EVERY_MS).unref();
    void this.#tick();
  }

  /** Waits for the batch that is under way; the rest is for others, or for the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#draining?.catch(() => undefined);
  }

  /** Raises all that waits, and answers how much it was. Whoever comes while it runs waits for it. Rejects where the database is away. */
  drainOnce(): Promise<number> {
    return (this.#draining ??= this.#drain().finally(() => (this.#draining = undefined)));
  }

  async #tick(): Promise<void> {
    const failure = await this.drainOnce().then(() => undefined, toError);
    const failing = failure !== undefined;
    if (failing !== this.#failing) this.#options.onFailure(failure);
    this.#failing = failing;
  }

  /** Goes on after a full batch alone: under a load of writes there is always a row that its own process is about to raise. */
  async #drain(): Promise<number> {
    const { outbox, raise, canRaise } = this.#options;
    let [raised, total] = [BATCH, 0];
    while (raised === BATCH && !this.#stopped && canRaise()) {
      raised = await outbox.drain(raise, BATCH);
      total += raised;
    }
    return total;
  }
}

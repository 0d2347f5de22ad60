import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { CancelledError } from '../../support/cancelled-error.js';
import { GatewayError } from '../../support/gateway-error.js';
import type { TaskAnswer, TaskInput, TaskName } from './tasks.js';
import { Turnstile } from './turnstile.js';

export interface RunOptions {
  /** Gives the task up: where it waits it never begins, where it runs its thread ends with it. */
  readonly signal?: AbortSignal | undefined;
  /** Buffers of the input that are handed over, not copied: nobody here can use them any more. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** Threads for what would hold the event loop up. Trainings begin first, and else tasks in the order in which they came. */
export interface AnalystPool {
  /** Turns of those who hold the input of many tasks, {@link MOST_GATHERING} at a time in the process. */
  readonly gathering: Turnstile;
  /**
   * Rejects with the error that the task threw, of which name and message arrive, with {@link CancelledError}, or with RATE_LIMITED where
   * {@link MOST_WAITING} tasks wait already.
   */
  run<N extends TaskName>(name: N, input: TaskInput<N>, options?: RunOptions): Promise<TaskAnswer<N>>;
  /** Cancels what waits and what runs, and ends the threads. */
  close(): Promise<void>;
}

/** How many hold the input of many tasks at a time: a chunk of candles of a batch is up to some 120 MB. */
export const MOST_GATHERING = 3;
/** Tasks that wait, each with its input: four batches of 500 symbols. */
export const MOST_WAITING = 2_000;
const RETRY_AFTER_SECONDS = 5;

export interface AnalystPoolOptions {
  /** By default one for each processor but the one that answers requests, four at the most. */
  readonly threads?: number;
  /** A thread died, and no task could be told. */
  readonly onError?: (error: Error) => void;
}

/** A pool that costs nothing until its first task, and after its last. */
export function createAnalystPool(options: AnalystPoolOptions = {}): AnalystPool {
  const { threads = Math.max(1, Math.min(4, availableParallelism() - 1)), onError = () => undefined } = options;
  return new PiscinaPool({ threads, onError });
}

/** How long a thread waits for another task. */
const IDLE_MS = 30_000;

/** The threads are piscina's. It is handed no more than they can run: its queue has no order of its own for tasks that may be given up. */
class PiscinaPool implements AnalystPool {
  readonly gathering = new Turnstile(MOST_GATHERING);
  readonly #options: Required<AnalystPoolOptions>;
  readonly #turnstile: Turnstile;
  #piscina: Piscina | undefined;
  #isClosed = false;

  constructor(options: Required<AnalystPoolOptions>) {
    this.#options = options;
    this.#turnstile = new Turnstile(options.threads);
  }

  async run<N extends TaskName>(
    name: N,
    input: TaskInput<N>,
    { signal, transfer = [] }: RunOptions = {},
  ): Promise<TaskAnswer<N>> {
    if (this.#turnstile.waiting >= MOST_WAITING) throw tooManyWait();
    // Someone waits for a single training, and for a backtest among hundreds of its batch.
    await this.#turnstile.enter({ signal, isUrgent: name === 'trainModel' });
    const isGivenUp = () => this.#isClosed || signal?.aborted === true;
    try {
      if (isGivenUp()) throw new CancelledError(`${name} was cancelled before it began.`);
      this.#piscina ??= this.#open();
      return (await this.#piscina.run({ name, input }, { signal, transferList: [...transfer] })) as TaskAnswer<N>;
    } catch (error) {
      throw isGivenUp() ? new CancelledError(`${name} was cancelled.`, { cause: error }) : error;
    } finally {
      this.#turnstile.leave();
    }
  }

  async close(): Promise<void> {
    // Who waits still has his turn, and is refused then.
    this.#isClosed = true;
    const piscina = this.#piscina;
    this.#piscina = undefined;
    await piscina?.destroy();
  }

  #open(): Piscina {
    const piscina = new Piscina({
      ...threadFile(),
      name: 'runTask',
      minThreads: 0,
      maxThreads: this.#options.threads,
      idleTimeout: IDLE_MS,
      recordTiming: false,
    });
    // Unheard, an error of the pool would end the process.
    piscina.on('error', this.#options.onError);
    piscina.on('workerDestroy', () => queueMicrotask(() => this.#discardDead(piscina)));
    return piscina;
  }

  /** One without threads is idle, or could not start the only one: then it tries no other, and what it was handed would wait for ever. */
  #discardDead(piscina: Piscina): void {
    if (this.#piscina !== piscina || piscina.threads.length > 0) return;
    this.#piscina = undefined;
    void piscina.destroy();
  }
}

/** Private */
function tooManyWait(): GatewayError {
  const rule = `at most ${MOST_WAITING} trainings and backtests wait for a thread`;
  return new GatewayError(
    'RATE_LIMITED',
    `Too much is being computed: ${rule}. Try again in ${RETRY_AFTER_SECONDS} s.`,
    {
      rule,
      allowed: MOST_WAITING,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    },
  );
}

/** Private: from src/ the thread is TypeScript too, which piscina loads by `require` once tsx has taught it. */
function threadFile(): { readonly filename: string; readonly execArgv?: string[] } {
  if (import.meta.url.endsWith('.js'))
    return { filename: fileURLToPath(new URL('analyst-thread.js', import.meta.url)) };
  const tsx = createRequire(import.meta.url).resolve('tsx/cjs');
  return { filename: fileURLToPath(new URL('analyst-thread.ts', import.meta.url)), execArgv: ['--require', tsx] };
}

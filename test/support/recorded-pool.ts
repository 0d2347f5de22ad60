import { MOST_GATHERING, type AnalystPool, type RunOptions } from '../../src/analytics/threads/analyst-pool.js';
import { TASKS, type TaskAnswer, type TaskInput, type TaskName } from '../../src/analytics/threads/tasks.js';
import { Turnstile } from '../../src/analytics/threads/turnstile.js';
import { CancelledError } from '../../src/support/cancelled-error.js';
import { createDeferred } from '../../src/support/deferred.js';

/** A pool without threads: its tasks run here, a turn of the event loop later, or when they are let go. */
export class RecordedPool implements AnalystPool {
  readonly gathering = new Turnstile(MOST_GATHERING);
  /** Names of the tasks that were asked for, and of those that ran. */
  readonly asked: TaskName[] = [];
  readonly ran: TaskName[] = [];
  /** Buffers that were handed over. */
  readonly transferred: ArrayBuffer[] = [];
  /** What the next task fails with. */
  failure: Error | undefined;
  #isHeld = false;
  #held: (() => void)[] = [];

  /** From now on tasks wait until they are let go. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Lets the first of the tasks that wait run, all by default. */
  letGo(count = this.#held.length): void {
    for (const go of this.#held.splice(0, count)) go();
  }

  /** Lets all that wait run, and those that come. */
  release(): void {
    this.#isHeld = false;
    this.letGo();
  }

  get waiting(): number {
    return this.#held.length;
  }

  async run<N extends TaskName>(
    name: N,
    input: TaskInput<N>,
    { signal, transfer = [] }: RunOptions = {},
  ): Promise<TaskAnswer<N>> {
    this.asked.push(name);
    this.transferred.push(...transfer);
    await Promise.race([this.#isHeld ? this.#wait() : new Promise(setImmediate), aborted(signal)]);
    if (signal?.aborted) throw new CancelledError(`${name} was cancelled.`);
    this.ran.push(name);
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
    return TASKS[name](input);
  }

  async close(): Promise<void> {
    this.#held = [];
  }

  #wait(): Promise<void> {
    const { promise, resolve } = createDeferred();
    this.#held.push(resolve);
    return promise;
  }
}

/** Private */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
}

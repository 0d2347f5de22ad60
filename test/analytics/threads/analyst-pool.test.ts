import { setMaxListeners } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runBacktest } from '../../../src/analytics/backtest/run-backtest.js';
import {
  createAnalystPool,
  type AnalystPool,
  type AnalystPoolOptions,
} from '../../../src/analytics/threads/analyst-pool.js';
import { CancelledError } from '../../../src/support/cancelled-error.js';
import { packBars, unpackBars } from '../../../src/loaders/packed-bars.js';
import { SETTINGS } from '../backtest/support/settings.js';
import { candlesOf } from '../support/candles.js';

const threads: Worker[] = [];
const pools: AnalystPool[] = [];
const noteThread = (thread: Worker) => void threads.push(thread);

beforeEach(() => {
  process.on('worker', noteThread);
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  process.off('worker', noteThread);
  threads.length = 0;
});

/** A pool that ends with the test, of one thread. */
function openPool(options: AnalystPoolOptions = {}): AnalystPool {
  const pool = createAnalystPool({ threads: 1, ...options });
  pools.push(pool);
  return pool;
}

/** A backtest of so many bars, in a buffer of their own. */
function taskOf(length: number, slow = 20) {
  const closes = Array.from({ length }, (_, bar) => 100 + 10 * Math.sin(bar / 7));
  const { bars, buffer } = unpackBars(packBars(candlesOf(closes)));
  return { buffer, input: { bars, settings: { ...SETTINGS, strategy: { name: 'smaCross', fast: 3, slow } as const } } };
}

describe('createAnalystPool', () => {
  it('answers what the task computes, from a thread', async () => {
    const { input } = taskOf(300);
    const report = await openPool().run('runBacktest', input);
    expect(report).toEqual(runBacktest(input.bars, input.settings));
    expect(report.trades.length).toBeGreaterThan(0);
    expect(threads).toHaveLength(1);
  });

  it('starts no thread before its first task, and none for the next', async () => {
    const pool = openPool();
    expect(threads).toHaveLength(0);
    for (const length of [30, 40, 50]) await pool.run('runBacktest', taskOf(length).input);
    expect(threads).toHaveLength(1);
  });

  it('runs tasks side by side, in no more threads than it may have', async () => {
    const pool = openPool({ threads: 2 });
    const tasks = Array.from({ length: 6 }, () => pool.run('runBacktest', taskOf(30).input));
    expect(await Promise.all(tasks)).toHaveLength(6);
    expect(threads).toHaveLength(2);
  });

  it('hands over the buffers that it is told of, and copies the others', async () => {
    const pool = openPool();
    const [handed, copied] = [taskOf(100), taskOf(100)];
    await pool.run('runBacktest', handed.input, { transfer: [handed.buffer] });
    await pool.run('runBacktest', copied.input);
    expect([handed.buffer.byteLength, copied.buffer.byteLength]).toEqual([0, 4_800]);
  });

  it('rejects with what the task threw, and goes on', async () => {
    const pool = openPool();
    const failing = pool.run('runBacktest', taskOf(30, 500).input);
    await expect(failing).rejects.toMatchObject({
      name: 'RangeError',
      message: 'smaCross needs 501 bars, but got: 30',
    });
    await expect(failing).rejects.toBeInstanceOf(Error);
    await expect(pool.run('runBacktest', taskOf(30).input)).resolves.toMatchObject({ curve: {} });
    expect(threads).toHaveLength(1);
  });

  it('begins tasks in the order in which they came, whether they may be given up or not', async () => {
    const pool = openPool();
    const order: number[] = [];
    const { signal } = new AbortController();
    await Promise.all(
      Array.from({ length: 9 }, async (_, i) => {
        await pool.run('runBacktest', taskOf(30).input, i % 3 === 0 ? {} : { signal });
        order.push(i);
      }),
    );
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('begins a training before the backtests that wait', async () => {
    const pool = openPool();
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    const { bars } = taskOf(800).input;
    await Promise.all([
      ...[0, 1, 2].map((i) => pool.run('runBacktest', taskOf(30).input).then(note(`backtest ${i}`))),
      pool.run('trainModel', { bars }).then(note('training')),
    ]);
    expect(order).toEqual(['backtest 0', 'training', 'backtest 1', 'backtest 2']);
  });

  it('refuses what comes while two thousand tasks wait, and takes tasks again once they do not', async () => {
    const pool = openPool();
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const { input } = taskOf(30);
    const tasks = Array.from({ length: 2_001 }, () => pool.run('runBacktest', input, stop));
    const outcomes = Promise.allSettled(tasks);
    await expect(pool.run('runBacktest', input)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: 'Too much is being computed: at most 2000 trainings and backtests wait for a thread. Try again in 5 s.',
      details: { allowed: 2_000, retryAfterSeconds: 5 },
    });
    stop.abort();
    const reasons = (await outcomes).map(
      (outcome) => (outcome.status === 'rejected' ? outcome.reason : undefined) as unknown,
    );
    expect(reasons.every((reason) => reason instanceof CancelledError)).toBe(true);
    await expect(pool.run('runBacktest', input)).resolves.toMatchObject({ curve: {} });
  });

  it('cancels a task at once, whether it waits or runs, and computes the others', async () => {
    const pool = openPool();
    await pool.run('runBacktest', taskOf(30).input);
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = pool.run('runBacktest', taskOf(20_000).input, running);
    const second = pool.run('runBacktest', taskOf(30).input, waiting);
    const third = pool.run('runBacktest', taskOf(30).input);
    waiting.abort();
    await expect(second).rejects.toBeInstanceOf(CancelledError);
    running.abort();
    await expect(first).rejects.toBeInstanceOf(CancelledError);
    // Its thread ended with the first; another one was started for the third, which nobody had to ask for.
    await expect(third).resolves.toMatchObject({ curve: {} });
    expect(threads).toHaveLength(2);
  });

  it('survives tasks that are cancelled while their thread starts', async () => {
    const pool = openPool();
    for (let round = 0; round < 5; round += 1) {
      const stop = new AbortController();
      const task = pool.run('runBacktest', taskOf(30).input, stop);
      await new Promise(setImmediate);
      stop.abort();
      await expect(task).rejects.toBeInstanceOf(CancelledError);
    }
    await expect(pool.run('runBacktest', taskOf(30).input)).resolves.toMatchObject({ curve: {} });
  });

  it('begins nothing that was cancelled before', async () => {
    const task = openPool().run('runBacktest', taskOf(30).input, { signal: AbortSignal.abort() });
    await expect(task).rejects.toBeInstanceOf(CancelledError);
    expect(threads).toHaveLength(0);
  });

  it('fails what it is asked while no thread can start, and computes again once one can', async () => {
    const errors: string[] = [];
    const pool = openPool({ onError: ({ message }) => errors.push(message) });
    // What teaches the thread TypeScript throws.
    process.env['TSX_TSCONFIG_PATH'] = '/nowhere/tsconfig.json';
    try {
      const tasks = Array.from({ length: 4 }, () => pool.run('runBacktest', taskOf(30).input));
      const outcomes = await Promise.allSettled(tasks);
      expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
      expect(errors).toContain('Cannot resolve tsconfig at path: /nowhere/tsconfig.json');
    } finally {
      delete process.env['TSX_TSCONFIG_PATH'];
    }
    await expect(pool.run('runBacktest', taskOf(30).input)).resolves.toMatchObject({ curve: {} });
  });

  it('cancels everything when it is closed, ends its threads and takes no more', async () => {
    const pool = openPool();
    await pool.run('runBacktest', taskOf(30).input);
    const tasks = [20_000, 30, 30].map((length) => pool.run('runBacktest', taskOf(length).input));
    const outcomes = Promise.all(tasks.map((task) => task.catch((error: unknown) => error)));
    await pool.close();
    expect((await outcomes).map((error) => error instanceof CancelledError)).toEqual([true, true, true]);
    expect(threads.map(({ threadId }) => threadId)).toEqual([-1]);
    await expect(pool.run('runBacktest', taskOf(30).input)).rejects.toBeInstanceOf(CancelledError);
    expect(threads).toHaveLength(1);
  });

  it('closes where it never had a task', async () => {
    await openPool().close();
    expect(threads).toHaveLength(0);
  });
});

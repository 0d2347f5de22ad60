import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OutboxDrain } from '../../src/cache/outbox-drain.js';
import type { Outbox, RaiseTags } from '../../src/cache/outbox.js';
import { createDeferred } from '../../src/support/deferred.js';

/** So many rows, in the process's memory. */
class CountedOutbox implements Outbox {
  rows = 0;
  asked = 0;
  failure: Error | undefined;
  /** What a drain waits for. */
  gate: Promise<unknown> = Promise.resolve();

  async keep(): Promise<boolean> {
    this.rows += 1;
    return true;
  }

  forget(): void {}

  async drain(raise: RaiseTags, most: number): Promise<number> {
    this.asked += 1;
    await this.gate;
    if (this.failure) throw this.failure;
    const batch = Math.min(this.rows, most);
    if (batch === 0 || !(await raise(['a'], 'hard'))) return 0;
    this.rows -= batch;
    return batch;
  }
}

describe('OutboxDrain', () => {
  let outbox: CountedOutbox;
  let trusted: boolean;
  let raises: boolean;
  let told: (string | undefined)[];
  let drain: OutboxDrain;

  beforeEach(() => {
    vi.useFakeTimers();
    outbox = new CountedOutbox();
    [trusted, raises, told] = [true, true, []];
    drain = new OutboxDrain({
      outbox,
      raise: async () => raises,
      canRaise: () => trusted,
      onFailure: (failure) => told.push(failure?.message),
    });
  });
  afterEach(async () => {
    await drain.stop();
    vi.useRealTimers();
  });

  it('raises all that waits, in as many batches as it takes', async () => {
    outbox.rows = 1_234;
    expect(await drain.drainOnce()).toBe(1_234);
    expect(outbox.rows).toBe(0);
  });

  it('asks once more after a full batch alone, so that a load of writes does not keep it', async () => {
    outbox.rows = 1;
    await drain.drainOnce();
    expect(outbox.asked).toBe(1);
  });

  it('drains when it starts, and then each second', async () => {
    outbox.rows = 1;
    drain.start();
    drain.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.rows).toBe(0);
    outbox.rows = 1;
    await vi.advanceTimersByTimeAsync(999);
    expect(outbox.rows).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect([outbox.rows, outbox.asked]).toEqual([0, 2]);
  });

  it('asks the database for nothing while nothing can be raised', async () => {
    outbox.rows = 1;
    trusted = false;
    drain.start();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([outbox.rows, outbox.asked]).toEqual([1, 0]);
    trusted = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(outbox.rows).toBe(0);
  });

  it('leaves a raise that failed to the next second', async () => {
    outbox.rows = 500;
    raises = false;
    drain.start();
    await vi.advanceTimersByTimeAsync(0);
    expect([outbox.rows, outbox.asked]).toEqual([500, 1]);
    raises = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(outbox.rows).toBe(0);
  });

  it('runs once at a time, however long the database takes', async () => {
    const gate = createDeferred<void>();
    outbox.gate = gate.promise;
    drain.start();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(outbox.asked).toBe(1);
    gate.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(outbox.asked).toBe(2);
  });

  it('says once that the database is away, and once that it is back, and goes on', async () => {
    outbox.rows = 1;
    outbox.failure = new Error('no database');
    drain.start();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(told).toEqual(['no database']);
    outbox.failure = undefined;
    await vi.advanceTimersByTimeAsync(3_000);
    expect([told, outbox.rows]).toEqual([['no database', undefined], 0]);
  });

  it('stops after the batch that is under way, and does not start again', async () => {
    const gate = createDeferred<void>();
    outbox.gate = gate.promise;
    outbox.rows = 1_000;
    drain.start();
    let stopped = false;
    const stopping = drain.stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(stopped).toBe(false);
    gate.resolve();
    await stopping;
    expect([outbox.rows, outbox.asked]).toEqual([800, 1]);
    drain.start();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(outbox.asked).toBe(1);
  });
});

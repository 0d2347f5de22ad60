import { describe, expect, it } from 'vitest';
import { Refreshes } from '../../src/cache/refreshes.js';
import { createDeferred } from '../../src/support/deferred.js';
import { settle } from '../support/turns.js';

/** A refresh that ends when it is told to. */
function refresh() {
  const { promise, resolve } = createDeferred();
  const begun = { times: 0 };
  const run = () => {
    begun.times += 1;
    return promise;
  };
  return { run, begun, end: resolve };
}

describe('Refreshes', () => {
  it('runs one of a key at a time, and takes another one for begun', async () => {
    const refreshes = new Refreshes(2);
    const [first, second] = [refresh(), refresh()];
    expect([refreshes.run('a', first.run), refreshes.run('a', second.run)]).toEqual([true, true]);
    expect([first.begun.times, second.begun.times]).toEqual([1, 0]);
    first.end();
    await settle();
    expect(refreshes.run('a', second.run)).toBe(true);
    expect(second.begun.times).toBe(1);
  });

  it('says so where there are too many, and takes the next when one has ended', async () => {
    const refreshes = new Refreshes(2);
    const [first, second, third] = [refresh(), refresh(), refresh()];
    refreshes.run('a', first.run);
    refreshes.run('b', second.run);
    expect([refreshes.run('c', third.run), third.begun.times]).toEqual([false, 0]);
    // One of a key that is running is none too many.
    expect(refreshes.run('b', third.run)).toBe(true);
    first.end();
    await settle();
    expect([refreshes.run('c', third.run), third.begun.times]).toEqual([true, 1]);
  });

  it('begins none after its end', () => {
    const refreshes = new Refreshes(2);
    refreshes.close();
    const late = refresh();
    expect([refreshes.isClosed, refreshes.run('a', late.run), late.begun.times]).toEqual([true, true, 0]);
  });
});

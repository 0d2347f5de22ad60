import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../../src/analytics/threads/turnstile.js';
import { CancelledError } from '../../../src/support/cancelled-error.js';
import { settle } from '../../support/turns.js';

/** A turnstile, who is in or was refused, and their signals. */
function crowd(places: number, count: number) {
  const turnstile = new Turnstile(places);
  const log: string[] = [];
  const stops = Array.from({ length: count }, () => new AbortController());
  stops.forEach(({ signal }, i) => {
    turnstile.enter({ signal }).then(
      () => log.push(`in ${i}`),
      (error: unknown) => log.push(`${error instanceof CancelledError ? 'cancelled' : 'failed'} ${i}`),
    );
  });
  const give = (index: number) => stops[index]?.abort();
  return { turnstile, log, give };
}

describe('Turnstile', () => {
  it('lets in as many as there are places, and then one for each that leaves, in the order in which they came', async () => {
    const { turnstile, log } = crowd(2, 5);
    await settle();
    expect(log).toEqual(['in 0', 'in 1']);
    turnstile.leave();
    await settle();
    expect(log).toEqual(['in 0', 'in 1', 'in 2']);
    turnstile.leave();
    turnstile.leave();
    await settle();
    expect(log).toEqual(['in 0', 'in 1', 'in 2', 'in 3', 'in 4']);
  });

  it('has its places again once all have left', async () => {
    const { turnstile } = crowd(1, 2);
    turnstile.leave();
    turnstile.leave();
    await turnstile.enter();
    const next = turnstile.enter();
    turnstile.leave();
    await next;
  });

  it('refuses who gives up while he waits, at once, and passes over him', async () => {
    const { turnstile, log, give } = crowd(1, 4);
    give(1);
    give(2);
    await settle();
    expect(log).toEqual(['in 0', 'cancelled 1', 'cancelled 2']);
    turnstile.leave();
    await settle();
    expect(log).toEqual(['in 0', 'cancelled 1', 'cancelled 2', 'in 3']);
  });

  it('keeps the place of who gives up when it is his turn already', async () => {
    const { turnstile, log, give } = crowd(1, 3);
    turnstile.leave();
    give(1);
    await settle();
    expect(log).toEqual(['in 0', 'in 1']);
    turnstile.leave();
    await settle();
    expect(log).toEqual(['in 0', 'in 1', 'in 2']);
  });

  it('refuses who has given up before he came, also where there is a place', async () => {
    await expect(new Turnstile(1).enter({ signal: AbortSignal.abort() })).rejects.toBeInstanceOf(CancelledError);
  });

  it('forgets the signals of those who are in', async () => {
    const { signal } = new AbortController();
    const turnstile = new Turnstile(1);
    await turnstile.enter();
    const entering = turnstile.enter({ signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    turnstile.leave();
    await entering;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('lets the urgent in before all others who wait, and counts who waits', async () => {
    const turnstile = new Turnstile(1);
    await turnstile.enter();
    const log: string[] = [];
    const stop = new AbortController();
    const enter = (name: string, isUrgent: boolean, signal?: AbortSignal) =>
      turnstile.enter({ signal, isUrgent }).then(
        () => log.push(name),
        () => log.push(`not ${name}`),
      );
    void enter('a', false);
    void enter('b', true, stop.signal);
    void enter('c', true);
    void enter('d', true);
    expect(turnstile.waiting).toBe(4);
    stop.abort();
    expect(turnstile.waiting).toBe(3);
    for (let left = 0; left < 3; left += 1) turnstile.leave();
    await settle();
    expect(log).toEqual(['not b', 'c', 'd', 'a']);
    expect(turnstile.waiting).toBe(0);
  });
});

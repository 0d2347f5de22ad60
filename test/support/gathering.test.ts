import { describe, expect, it } from 'vitest';
import { createDeferred } from '../../src/support/deferred.js';
import { Gathering } from '../../src/support/gathering.js';
import { ManualClock } from './manual-clock.js';
import { settle } from './turns.js';

/** A gathering of promises that the test settles, and what its reader was told. */
function gather(count: number) {
  const timers = new ManualClock();
  const promises = Array.from({ length: count }, () => createDeferred<string>());
  const left: string[] = [];
  const gathering = new Gathering(
    promises.map(({ promise }) => promise),
    { timers, forMs: 50, onLeave: () => left.push('left') },
  );
  return { gathering, timers, left, come: (index: number) => promises[index]?.resolve(`value ${index}`) };
}

/** What a promise has come to after everything that is ready has run; undefined while it waits. */
async function stateOf<T>(promise: Promise<T>): Promise<T | undefined> {
  let state: T | undefined;
  void promise.then((value) => (state = value));
  await settle();
  return state;
}

const event = (values: string[], done: number, total: number) => ({ done: false, value: { values, done, total } });
const END = { done: true, value: undefined };

describe('Gathering', () => {
  it('begins with what is there', async () => {
    const { gathering, come } = gather(3);
    come(2);
    come(0);
    expect(await gathering.next()).toEqual(event(['value 2', 'value 0'], 2, 3));
  });

  it('begins at once where nothing is there', async () => {
    const { gathering } = gather(3);
    expect(await gathering.next()).toEqual(event([], 0, 3));
  });

  it('is over with its first event where all is there', async () => {
    const { gathering, come, left } = gather(1);
    come(0);
    expect(await gathering.next()).toEqual(event(['value 0'], 1, 1));
    expect(await gathering.next()).toEqual(END);
    expect(await gathering.return()).toEqual(END);
    expect(left).toEqual([]);
  });

  it('tells together what comes within the time', async () => {
    const { gathering, come, timers } = gather(4);
    await gathering.next();
    const next = gathering.next();
    come(1);
    expect(await stateOf(next)).toBeUndefined();
    timers.advance(49);
    come(0);
    expect(await stateOf(next)).toBeUndefined();
    timers.advance(1);
    expect(await stateOf(next)).toEqual(event(['value 1', 'value 0'], 2, 4));
    const later = gathering.next();
    timers.advance(1_000);
    expect(await stateOf(later)).toBeUndefined();
    come(3);
    await settle();
    timers.advance(50);
    expect(await stateOf(later)).toEqual(event(['value 3'], 3, 4));
  });

  it('does not wait once all have come', async () => {
    const { gathering, come } = gather(2);
    await gathering.next();
    const next = gathering.next();
    come(0);
    await settle();
    come(1);
    expect(await stateOf(next)).toEqual(event(['value 0', 'value 1'], 2, 2));
    expect(await gathering.next()).toEqual(END);
  });

  it('gives a slow reader all that came meanwhile', async () => {
    const { gathering, come, timers } = gather(4);
    await gathering.next();
    come(0);
    await settle();
    timers.advance(1_000);
    come(1);
    come(2);
    await settle();
    const next = gathering.next();
    await settle();
    timers.advance(50);
    expect(await stateOf(next)).toEqual(event(['value 0', 'value 1', 'value 2'], 3, 4));
  });

  it('ends as soon as its reader goes, also while he waits for the next value', async () => {
    const { gathering, come, left } = gather(2);
    await gathering.next();
    const next = gathering.next();
    await settle();
    expect(await stateOf(gathering.return())).toEqual(END);
    expect(await stateOf(next)).toEqual(END);
    expect(left).toEqual(['left']);
    come(0);
    expect(await gathering.next()).toEqual(END);
    await gathering.return();
    expect(left).toEqual(['left']);
  });

  it('is left by a reader who goes before its first event', async () => {
    const { gathering, left } = gather(2);
    await gathering.return();
    expect(left).toEqual(['left']);
    expect(await gathering.next()).toEqual(END);
  });

  it('is read by a loop', async () => {
    const { gathering, come } = gather(2);
    const values: string[] = [];
    come(0);
    for await (const { values: some, done } of gathering) {
      values.push(...some);
      if (done === 1) come(1);
    }
    expect(values).toEqual(['value 0', 'value 1']);
  });
});

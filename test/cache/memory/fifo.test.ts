import { describe, expect, it } from 'vitest';
import { Fifo, type Slot } from '../../../src/cache/memory/fifo.js';

function slot(key: string): Slot<string> {
  return { key, value: key, bytes: 10, uses: 0, queue: undefined, older: undefined, newer: undefined };
}

/** Takes all out, oldest first. */
function drain(queue: Fifo<string>): string[] {
  const keys: string[] = [];
  for (let oldest = queue.oldest; oldest; oldest = queue.oldest) {
    keys.push(oldest.key);
    queue.remove(oldest);
  }
  return keys;
}

describe('Fifo', () => {
  it.each([
    [0, ['b', 'c', 'd', 'e']],
    [1, ['a', 'c', 'd', 'e']],
    [3, ['a', 'b', 'c', 'e']],
  ])('lets the slot at %d leave, and keeps the order of the others', (index, expected) => {
    const slots = ['a', 'b', 'c', 'd'].map(slot);
    const queue = new Fifo<string>();
    slots.forEach((each) => queue.push(each));
    const leaving = slots[index];
    if (leaving) queue.remove(leaving);
    expect([leaving?.queue, queue.bytes]).toEqual([undefined, 30]);
    queue.push(slot('e'));
    expect([drain(queue), queue.bytes]).toEqual([expected, 0]);
  });

  it('lets neighbours leave one after the other', () => {
    const slots = ['a', 'b', 'c', 'd'].map(slot);
    const queue = new Fifo<string>();
    slots.forEach((each) => queue.push(each));
    for (const each of slots.slice(1, 3)) queue.remove(each);
    expect(drain(queue)).toEqual(['a', 'd']);
  });

  it('is empty when it is cleared', () => {
    const queue = new Fifo<string>();
    queue.push(slot('a'));
    queue.clear();
    expect([queue.oldest, queue.bytes]).toEqual([undefined, 0]);
    queue.push(slot('b'));
    expect(drain(queue)).toEqual(['b']);
  });
});

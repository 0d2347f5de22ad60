import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/support/turns.js';

describe('Turns', () => {
  it('give the event loop its turn once work has held it for 10 ms, and count anew from there', async () => {
    let now = 0;
    let others = 0;
    const turns = new Turns(() => now);
    const passed: number[] = [];
    for (const at of [9, 10, 19, 20]) {
      setImmediate(() => (others += 1));
      now = at;
      await turns.pass();
      passed.push(others);
    }
    expect(passed).toEqual([0, 2, 2, 4]);
  });
});

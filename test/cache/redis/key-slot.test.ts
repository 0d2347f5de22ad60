import { describe, expect, it } from 'vitest';
import { keySlot } from '../../../src/cache/redis/key-slot.js';

describe('keySlot', () => {
  // By CLUSTER KEYSLOT of a real Redis.
  it.each([
    ['123456789', 12739],
    ['foo', 12182],
    ['', 0],
    ['Größe', 2599],
  ])('hashes %j', (key, slot) => {
    expect(keySlot(key)).toBe(slot);
  });

  it('hashes what is in the first braces alone', () => {
    expect(keySlot('a{foo}b{bar}')).toBe(keySlot('foo'));
    expect(keySlot('{foo}')).toBe(keySlot('foo'));
    expect(keySlot('{{foo}}')).toBe(keySlot('{foo'));
  });

  it('takes empty braces and lone ones for letters', () => {
    expect(new Set(['{}foo', '{foo', '}foo{', 'foo'].map(keySlot)).size).toBe(4);
  });
});

import { describe, expect, it } from 'vitest';
import { Ghosts } from '../../../src/cache/memory/ghosts.js';

function createGhosts(...keys: readonly string[]): Ghosts {
  const ghosts = new Ghosts();
  for (const key of keys) ghosts.add(key);
  return ghosts;
}

describe('Ghosts', () => {
  it('knows a key until it is taken', () => {
    const ghosts = createGhosts('a', 'b');
    expect([ghosts.take('a'), ghosts.take('a'), ghosts.take('c'), ghosts.size]).toEqual([true, false, false, 1]);
  });

  it('forgets the oldest first, again and again', () => {
    const ghosts = createGhosts('a', 'b', 'c', 'd');
    ghosts.trim(2);
    expect(ghosts.size).toBe(2);
    ghosts.take('c');
    for (const key of ['e', 'f', 'c']) ghosts.add(key);
    ghosts.trim(2);
    expect(['a', 'b', 'd', 'e', 'f', 'c'].map((key) => ghosts.take(key))).toEqual(
      ['a', 'b', 'd', 'e'].map(() => false).concat(true, true),
    );
  });

  it('begins anew when it is cleared', () => {
    const ghosts = createGhosts('a', 'b');
    ghosts.trim(0);
    ghosts.clear();
    ghosts.add('c');
    ghosts.add('d');
    ghosts.trim(1);
    expect(['c', 'd'].map((key) => ghosts.take(key))).toEqual([false, true]);
  });

  it('tells keys apart that end alike', () => {
    const ghosts = createGhosts('market:price:f1:HASH-OF-THE-ARGUMENTS');
    expect(ghosts.take('market:book:f1:HASH-OF-THE-ARGUMENTS')).toBe(false);
  });
});

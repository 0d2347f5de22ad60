import { describe, expect, it } from 'vitest';
import { settle } from '../../support/turns.js';
import { createAloneWorld, LONG_MS } from '../alone-world.js';
import { policyOf, Source } from '../cache-world.js';

const KEY = { id: 'a' };
const TIMEOUT_MS = 100;
const SECOND_MS = 1_000;

describe('A hold', () => {
  it('grants no lease over a raise that failed while the members of before were let go', async () => {
    const dropped: (() => void)[] = [];
    const { tide, join, pass } = createAloneWorld({
      onMessage: (way, arrive) => void (way === 'one drop answered' ? dropped.push(arrive) : setImmediate(arrive)),
    });
    const { store, cache } = join('one');
    const source = new Source();
    await pass(SECOND_MS / 2);
    await cache.load(policyOf(), KEY, source.compute);
    expect((await cache.load(policyOf(), KEY, source.compute)).info.status).toBe('HIT');
    // A second into its generation.
    for (let passed = 0; dropped.length === 0 && passed < 2 * SECOND_MS; passed += 10) await pass(10);
    expect(dropped).toHaveLength(1);
    source.value = 2;
    tide.hung.add('one');
    const invalidating = cache.invalidate(['number:a']);
    await pass(TIMEOUT_MS + 10);
    expect((await invalidating).status).toBe('PENDING');
    tide.hung.clear();
    dropped[0]?.();
    await settle();
    expect([store.health().leased, (await cache.load(policyOf(), KEY, source.compute)).value]).toEqual([false, 2]);
  });

  it('makes up for any number of failed raises of one tag by one', async () => {
    const sent: string[] = [];
    const { tide, join, pass, leaveAlone } = createAloneWorld({
      onMessage: (way, arrive) => {
        sent.push(way);
        setImmediate(arrive);
      },
    });
    const { store, cache } = join('one');
    await pass(LONG_MS);
    await leaveAlone('one');
    for (let i = 0; i < 1_000; i += 1) await cache.invalidate(['number:a']);
    expect(store.health().pendingRaises).toBe(1_000);
    sent.length = 0;
    tide.cutOff.clear();
    await pass(100);
    expect(store.health()).toMatchObject({ available: true, leased: true, pendingRaises: 0 });
    expect(sent.filter((way) => way === 'one raise sent')).toHaveLength(1);
  });
});

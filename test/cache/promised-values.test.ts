import { describe, expect, it } from 'vitest';
import type { Compute } from '../../src/cache/index.js';
import { CancelledError } from '../../src/support/cancelled-error.js';
import { createDeferred, type Deferred } from '../../src/support/deferred.js';
import { settle } from '../support/turns.js';
import { createLockedCache } from './locked-cache.js';
import { createWorld, policyOf } from './cache-world.js';

const KEYS = ['a', 'b', 'c'].map((id) => ({ id }));
const [A, B, C] = KEYS as [{ id: string }, { id: string }, { id: string }];

/** Promises each value, and counts what it was asked for. */
class Promising {
  readonly asked: string[] = [];
  readonly promised = new Map<string, Deferred<number>>();
  readonly compute: Compute<number> = async (misses) =>
    misses.map(({ args }) => {
      const id = String(args['id']);
      this.asked.push(id);
      const deferred = createDeferred<number>();
      this.promised.set(id, deferred);
      return deferred.promise;
    });

  resolve(id: string, value: number): void {
    this.promised.get(id)?.resolve(value);
  }

  cancel(id: string): void {
    this.promised.get(id)?.reject(new CancelledError('given up'));
  }
}

describe('Cache, of promised values', () => {
  it('answers and stores each as it comes, whatever the others do', async () => {
    const { cache } = createWorld();
    const source = new Promising();
    const loading = await cache.loadEach(policyOf(), KEYS, source.compute);
    await settle();
    source.resolve('b', 2);
    expect(await loading[1]).toMatchObject({ value: 2, info: { status: 'MISS' } });
    expect((await cache.load(policyOf(), B, source.compute)).info.status).toBe('HIT');
    source.promised.get('a')?.reject(new Error('broken'));
    expect(await loading[0]).toMatchObject({ message: 'broken' });
    source.resolve('c', 3);
    expect(await loading[2]).toMatchObject({ value: 3 });
    expect(source.asked).toEqual(['a', 'b', 'c']);
  });

  it('takes values, errors and promises beside each other', async () => {
    const { cache } = createWorld();
    const compute: Compute<number> = async () => [1, new Error('none'), Promise.resolve(3)];
    expect(await cache.loadMany(policyOf(), KEYS, compute)).toMatchObject([
      { value: 1 },
      { message: 'none' },
      { value: 3 },
    ]);
  });

  it('is never served a value from before a raise while it was promised', async () => {
    const { cache } = createWorld();
    const source = new Promising();
    const loading = cache.load(policyOf(), A, source.compute);
    await settle();
    await cache.invalidate(['number:a']);
    source.resolve('a', 1);
    await loading;
    const again = cache.load(policyOf(), A, source.compute);
    await settle();
    source.resolve('a', 2);
    expect(await again).toMatchObject({ value: 2, info: { status: 'MISS' } });
  });

  it('cuts off the promised that take too long, by the time since the computation began', async () => {
    const { cache, clock } = createWorld();
    const source = new Promising();
    const loading = await cache.loadEach(policyOf({ timeout: '10s' }), [A, B], source.compute);
    await settle();
    clock.advance(9_000);
    source.resolve('a', 1);
    expect(await loading[0]).toMatchObject({ value: 1 });
    clock.advance(1_000);
    expect(await loading[1]).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  });

  it('keeps each locked until it has landed', async () => {
    const { cache, released } = await createLockedCache();
    const source = new Promising();
    const loading = await cache.loadEach(policyOf(), [A, B], source.compute);
    await settle();
    expect(released).toEqual([]);
    source.resolve('b', 2);
    await loading[1];
    await settle();
    expect(released).toHaveLength(1);
    source.resolve('a', 1);
    await loading[0];
    await settle();
    expect(new Set(released).size).toBe(2);
  });

  it('lets who had joined a cancelled computation begin one, once for all of them', async () => {
    const { cache } = createWorld();
    const source = new Promising();
    const first = cache.load(policyOf(), C, source.compute);
    await settle();
    const joined = [1, 2].map(() => cache.load(policyOf(), C, source.compute));
    await settle();
    source.cancel('c');
    await expect(first).rejects.toThrow(CancelledError);
    await settle();
    source.resolve('c', 3);
    expect(await Promise.all(joined)).toMatchObject([
      { value: 3, info: { status: 'MISS' } },
      { value: 3, info: { status: 'COALESCED' } },
    ]);
    expect(source.asked).toEqual(['c', 'c']);
  });

  it('hands any other failure to those who had joined', async () => {
    const { cache } = createWorld();
    const source = new Promising();
    const loads = [1, 2].map(() => cache.load(policyOf(), C, source.compute));
    await settle();
    source.promised.get('c')?.reject(new Error('broken'));
    expect(await Promise.allSettled(loads)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(source.asked).toEqual(['c']);
  });
});

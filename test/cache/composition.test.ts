import { describe, expect, it } from 'vitest';
import { partOfError, type Compute, type PolicyOptions } from '../../src/cache/index.js';
import { GatewayError } from '../../src/support/gateway-error.js';
import { createWorld } from './cache-world.js';

const MINUTE_MS = 60_000;

/** What a whole inherits from what it is made of. */
describe('Cache, of a whole', () => {
  it.each(['staleFor', 'staleIfError'] as const)(
    'serves it past its TTL (%s) no longer than its part',
    async (window) => {
      const { cache, clock } = createWorld({ isUpstreamFailure: () => true });
      const part: PolicyOptions<number> = { name: 'Query.part', ttl: '60s', [window]: '60s', tags: ['part'] };
      const whole: PolicyOptions<number> = { name: 'Query.whole', ttl: '1h', [window]: '1h', tags: ['whole'] };
      let fails = false;
      const compute: Compute<number> = async (misses) =>
        misses.map(() => (fails ? new Error('the upstream is down') : clock.monotonic()));
      const load = () =>
        cache.load<number>(whole, {}, (misses) =>
          Promise.all(
            misses.map(async ({ parts }) => {
              const inner = await cache.load(part, {}, compute);
              parts.add(inner.part);
              return inner.value;
            }),
          ),
        );
      const { value } = await load();
      fails = true;
      clock.advance(2 * MINUTE_MS - 1);
      expect((await load()).value).toBe(value);
      // What may have been made of the part just now, too.
      clock.advance(1);
      await expect(load()).rejects.toThrow('the upstream is down');
    },
  );

  it('ends it with the tag of a part of which there was none', async () => {
    const { cache } = createWorld();
    const part: PolicyOptions<string> = { name: 'Query.part', ttl: '1h', negativeTtl: '1h', tags: ['part'] };
    const whole: PolicyOptions<string> = { name: 'Query.whole', ttl: '1h', tags: ['whole'] };
    let isThere = false;
    const compute: Compute<string> = async (misses) =>
      misses.map(() => (isThere ? 'there' : new GatewayError('NOT_FOUND', 'There is none.', {})));
    const load = async () => {
      const loaded = await cache.load<string>(whole, {}, (misses) =>
        Promise.all(
          misses.map(async ({ parts }) => {
            try {
              const inner = await cache.load(part, {}, compute);
              parts.add(inner.part);
              return inner.value;
            } catch (error) {
              const missing = partOfError(error);
              if (!missing) throw error;
              parts.add(missing);
              return 'none';
            }
          }),
        ),
      );
      return loaded.value;
    };
    expect(await load()).toBe('none');
    isThere = true;
    expect(await load()).toBe('none');
    await cache.invalidate(['part']);
    expect(await load()).toBe('there');
  });
});

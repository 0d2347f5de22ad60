import { describe, expect, it } from 'vitest';
import type { BacktestKey } from '../../src/loaders/backtests.js';
import { settle, until } from '../support/turns.js';
import { SETTINGS } from '../analytics/backtest/support/settings.js';
import { createLoaderWorld } from './loader-world.js';

const NOON = Date.UTC(2026, 0, 15, 12);
const MINUTE = 60_000;

function keyOf(fast: number, range: Pick<BacktestKey, 'timeframe' | 'from' | 'to'>): BacktestKey {
  const strategy = { name: 'smaCross', fast, slow: 20 } as const;
  return { symbol: 'BTC-USD', ...range, strategy: 'smaCross', settings: { ...SETTINGS, strategy } };
}

const PRESENT = { timeframe: 'M1', from: Date.UTC(2026, 0, 15, 10), to: null } as const;
const OVER = { timeframe: 'D1', from: Date.UTC(2025, 0, 15), to: Date.UTC(2026, 0, 1) } as const;

function createWorld() {
  const world = createLoaderWorld();
  const { pool, provenance, request } = world;
  const load = (key: BacktestKey, force = false) => request().backtests.load(key, { force });
  const statusOf = async (key: BacktestKey) => provenance.of(await load(key))?.status;
  const whenAsked = (count: number) => until(() => pool.waiting === count);
  return { ...world, load, statusOf, whenAsked };
}

describe('who joins a backtest under way', () => {
  it('is not answered by it where it ended before he came: candles have closed since', async () => {
    const { clock, pool, load, whenAsked } = createWorld();
    pool.hold();
    const first = load(keyOf(3, PRESENT));
    await whenAsked(1);
    clock.advance(5 * MINUTE);
    const second = load(keyOf(3, PRESENT));
    await settle();
    pool.release();
    expect((await first).statistics.endAt).toBe(NOON - MINUTE);
    expect((await second).statistics.endAt).toBe(NOON + 4 * MINUTE);
  });

  it('costs one computation more with all the others, where its candles were invalidated before they came', async () => {
    const { cache, pool, load, whenAsked } = createWorld();
    pool.hold();
    const key = keyOf(3, OVER);
    const readers = [load(key)];
    await whenAsked(1);
    await cache.invalidate(['candles:BTC-USD:D1']);
    for (let reader = 0; reader < 20; reader += 1) readers.push(load(key));
    await settle();
    pool.release();
    await Promise.all(readers);
    expect(pool.ran).toHaveLength(2);
  });
});

describe('a forced backtest', () => {
  it('leaves the old one where it fails', async () => {
    const { pool, load, statusOf } = createWorld();
    const key = keyOf(3, OVER);
    await load(key);
    pool.failure = new Error('The thread died.');
    await expect(load(key, true)).rejects.toThrow('The thread died.');
    expect(await statusOf(key)).toBe('HIT');
  });

  it('keeps nobody waiting who does not force it', async () => {
    const { pool, load, statusOf, whenAsked } = createWorld();
    const key = keyOf(3, OVER);
    await load(key);
    pool.hold();
    const forced = load(key, true);
    await whenAsked(1);
    expect(await statusOf(key)).toBe('HIT');
    pool.release();
    await forced;
  });

  it('leaves those of other strategies over the same candles', async () => {
    const { load, statusOf } = createWorld();
    await load(keyOf(4, OVER));
    await load(keyOf(3, OVER), true);
    expect(await statusOf(keyOf(4, OVER))).toBe('HIT');
  });
});

describe('a forced analysis', () => {
  it('leaves the indicators of its candles, which have a policy of their own', async () => {
    const { provenance, request } = createWorld();
    const key = { symbol: 'BTC-USD', timeframe: 'H1' } as const;
    await request().indicators.load(key);
    await request().analyses.load(key, { force: true });
    expect(provenance.of(await request().indicators.load(key))?.status).toBe('HIT');
  });
});

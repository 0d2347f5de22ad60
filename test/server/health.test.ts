import { describe, expect, it, vi } from 'vitest';
import { MemoryStore, type Store } from '../../src/cache/index.js';
import { checkHealth, type HealthSources } from '../../src/server/health.js';
import { watchLoopDelay } from '../../src/server/loop-delay.js';
import { ManualClock } from '../support/manual-clock.js';

const SOURCES: HealthSources = {
  store: storeWith({}),
  marketFaults: () => [],
  pingDatabase: async () => {},
  loopDelayMs: () => 3,
};

describe('checkHealth', () => {
  it('is healthy where everything is', async () => {
    expect(await checkHealth({ ...SOURCES, loopDelayMs: () => 999 })).toEqual({
      status: 'healthy',
      checks: {
        cache: { status: 'healthy' },
        market: { status: 'healthy' },
        database: { status: 'healthy' },
        eventLoop: { status: 'healthy' },
      },
    });
  });

  it('is degraded without Redis, and says what is pending', async () => {
    const store = storeWith({ available: false, message: 'ECONNREFUSED', pendingRaises: 2 });
    const { status, checks } = await checkHealth({ ...SOURCES, store });
    expect([status, checks['cache']]).toEqual([
      'degraded',
      { status: 'degraded', message: 'ECONNREFUSED; 2 invalidations pending' },
    ]);
  });

  it('is degraded where the source has faults, and names them', async () => {
    const { status, checks } = await checkHealth({
      ...SOURCES,
      marketFaults: () => ['a.csv: no time', 'b.csv: empty'],
    });
    expect([status, checks['market']]).toEqual([
      'degraded',
      { status: 'degraded', message: 'a.csv: no time; b.csv: empty' },
    ]);
  });

  it('is degraded while the database is still opening', async () => {
    const { status, checks } = await checkHealth({ ...SOURCES, pingDatabase: undefined });
    expect([status, checks['database']?.message]).toEqual(['degraded', 'The database is still opening.']);
  });

  it('is unhealthy without the database, whatever else, and does not say where it is', async () => {
    const pingDatabase = () => Promise.reject(new Error('connect ECONNREFUSED postgres://me:secret@db'));
    const health = await checkHealth({ ...SOURCES, pingDatabase, marketFaults: () => ['a.csv'] });
    expect([health.status, health.checks['database']]).toEqual([
      'unhealthy',
      { status: 'unhealthy', message: 'The database does not answer.' },
    ]);
    expect(JSON.stringify(health)).not.toContain('secret');
  });

  it('waits two seconds for a database that does not answer', async () => {
    vi.useFakeTimers();
    try {
      const health = checkHealth({ ...SOURCES, pingDatabase: () => new Promise<void>(() => {}) });
      await vi.advanceTimersByTimeAsync(2_000);
      expect((await health).status).toBe('unhealthy');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is unhealthy where the event loop was blocked for a second', async () => {
    const { status, checks } = await checkHealth({ ...SOURCES, loopDelayMs: () => 1_000.4 });
    expect([status, checks['eventLoop']?.message]).toEqual(['unhealthy', 'The event loop was blocked for 1000 ms.']);
  });
});

describe('watchLoopDelay', () => {
  it('remembers the longest delay of the last five seconds', () => {
    vi.useFakeTimers();
    try {
      const { longestMs, stop } = watchLoopDelay();
      vi.advanceTimersByTime(1_000);
      expect(longestMs()).toBe(0);
      // The clock goes on, and no timer runs.
      const blocked = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1_750);
      expect(longestMs()).toBe(1_500);
      vi.advanceTimersToNextTimer();
      blocked.mockRestore();
      expect(longestMs()).toBe(1_500);
      vi.advanceTimersByTime(5_250);
      expect(longestMs()).toBeLessThan(1_500);
      stop();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

/** Private */
function storeWith(health: Partial<ReturnType<Store['health']>>): Store {
  const store = new MemoryStore({ clock: new ManualClock(), maxBytes: 1_000 });
  const own = store.health();
  return Object.assign(store, { health: () => ({ ...own, ...health }) });
}

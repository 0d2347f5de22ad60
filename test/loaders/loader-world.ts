import { Cache, MemoryStore, Namespaces, Provenance } from '../../src/cache/index.js';
import { createLoaders } from '../../src/loaders/loaders.js';
import type { CandleRequest, MarketData } from '../../src/market/market-data.js';
import { createSimulatedMarket } from '../../src/upstream/simulated/simulated-market.js';
import { ManualClock } from '../support/manual-clock.js';
import { RecordedPool } from '../support/recorded-pool.js';

/**
 * A simulated market on a driven clock whose calls are recorded, a cache over it, and loaders for as many requests as are wanted.
 * Computations time out by that clock where `timesOut` is set.
 */
export function createLoaderWorld(
  alter: (market: MarketData) => Partial<MarketData> = () => ({}),
  { timesOut = false }: { readonly timesOut?: boolean } = {},
) {
  const clock = new ManualClock(Date.UTC(2026, 0, 15, 12, 0, 30));
  const timers = timesOut ? clock : undefined;
  const simulated = createSimulatedMarket({ seed: 1, latencyMs: 0, clock });
  const calls: (readonly CandleRequest[])[] = [];
  const market: MarketData = Object.assign(Object.create(simulated) as MarketData, simulated, alter(simulated));
  const recorded: MarketData = Object.assign(Object.create(market) as MarketData, market, {
    candles: (requests: readonly CandleRequest[]) => {
      calls.push(requests);
      return market.candles(requests);
    },
  });
  const namespaces = new Namespaces();
  namespaces.set('api', 'm.test');
  const cache = new Cache({
    store: new MemoryStore({ clock, maxBytes: 100_000_000 }),
    clock,
    namespaces,
    timers,
  });
  const provenance = new Provenance();
  const pool = new RecordedPool();
  return {
    cache,
    clock,
    market,
    calls,
    provenance,
    pool,
    request: () => createLoaders({ cache, clock, market: recorded, pool, provenance }),
  };
}

import { describe, expect, it } from 'vitest';
import { analyzeDow } from '../../src/analytics/dow/analyze-dow.js';
import { deriveSignal, signalFacts } from '../../src/analytics/signals/analysis-signal.js';
import { analyzeVolume } from '../../src/analytics/volume/analyze-volume.js';
import { analyzeWyckoff } from '../../src/analytics/wyckoff/analyze-wyckoff.js';
import type { Candle } from '../../src/market/candle.js';
import { createLoaderWorld } from './loader-world.js';

const KEY = { symbol: 'ETH-USD', timeframe: 'H1' } as const;
const NOON = Date.UTC(2026, 0, 15, 12);

describe('analyses loader', () => {
  it('reads Dow, Wyckoff, volume and signal from the closed candles of the series', async () => {
    const { request, market } = createLoaderWorld();
    const { nextClose, ...analysis } = await request().analyses.load(KEY);
    const [candles] = await market.candles([{ ...KEY, limit: 500 }]);
    const closed = (candles as readonly Candle[]).filter((candle) => candle.closed);
    const [dow, wyckoff, volume] = [analyzeDow(closed), analyzeWyckoff(closed), analyzeVolume(closed, 'H1')];
    expect(analysis).toEqual({
      ...KEY,
      asOf: NOON,
      price: closed.at(-1)?.close,
      ...{ dow, wyckoff, volume },
      signal: deriveSignal(signalFacts(closed, { dow, wyckoff, volume })),
    });
    expect(nextClose).toBe(NOON + 3_600_000);
  });

  it('says the same until the next candle closes, however the open one goes', async () => {
    let factor = 1;
    const { request, clock } = createLoaderWorld((market) => ({
      candles: async (requests) =>
        (await market.candles(requests)).map((each) =>
          each instanceof Error
            ? each
            : each.map((candle) => (candle.closed ? candle : { ...candle, close: candle.close * factor })),
        ),
    }));
    const before = await request().analyses.load(KEY, { force: true });
    factor = 3;
    clock.advance(50 * 60_000);
    expect(await request().analyses.load(KEY, { force: true })).toEqual(before);
    clock.advance(10 * 60_000);
    expect(await request().analyses.load(KEY, { force: true })).not.toEqual(before);
  });

  it('keeps an analysis as it was computed', async () => {
    const { request, provenance } = createLoaderWorld();
    const computed = await request().analyses.load(KEY);
    const kept = await request().analyses.load(KEY);
    expect([provenance.of(computed)?.status, provenance.of(kept)?.status]).toEqual(['MISS', 'HIT']);
    expect(JSON.parse(JSON.stringify(kept))).toEqual(computed);
  });
});

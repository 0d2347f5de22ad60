import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeIndicators } from '../../../src/analytics/indicators/indicators.js';
import { analyzeVolume } from '../../../src/analytics/volume/analyze-volume.js';
import { volumeProfile } from '../../../src/analytics/volume/volume-profile.js';
import { aggregate } from '../../../src/market/aggregate.js';
import type { Candle } from '../../../src/market/candle.js';
import { TIMEFRAME_MS } from '../../../src/market/timeframe.js';
import { arbitraryCandles, candleAt, MIDNIGHT } from '../support/candles.js';
import { hasHourlySeries, readHourlySeries } from '../support/shared-data.js';

/** A wave with a range and a volume of its own in each candle. */
function wave(length: number): Candle[] {
  return Array.from({ length }, (_, index) => {
    const close = 100 + 10 * Math.sin(index / 9) + (index % 7);
    return candleAt(index, close, { high: close + (index % 3), low: close - (index % 5), volume: 10 + (index % 11) });
  });
}

/** A steady series, a candle an hour from 1 to 3, and one more after it. */
function steadyWith(last: Partial<Candle>): Candle[] {
  const steady = Array.from({ length: 30 }, (_, index) =>
    candleAt(index, 2, { low: 1, high: 3, volume: index < 10 ? 900 : 4 }),
  );
  return [...steady, candleAt(30, 2, { low: 1, high: 3, ...last })];
}

describe('analyzeVolume', () => {
  it('says of volume what the indicators of the same candles say', () => {
    const candles = wave(250);
    for (const timeframe of ['H1', 'D1'] as const) {
      const { obv, cmf20: cmf, mfi14: mfi, vwap } = computeIndicators(candles, timeframe);
      expect(analyzeVolume(candles, timeframe)).toMatchObject({ obv, cmf, mfi, vwap });
    }
  });

  it('measures the last volume against the 20 before it', () => {
    expect(analyzeVolume(steadyWith({ volume: 10 }), 'H1').relativeVolume).toBe(2.5);
  });

  it('labels the last candle', () => {
    expect(analyzeVolume(steadyWith({ volume: 10 }), 'H1').effortResult).toBe('BULLISH_ABSORPTION');
    expect(analyzeVolume(steadyWith({ volume: 10, close: 1.5 }), 'H1').effortResult).toBe('BEARISH_ABSORPTION');
    expect(analyzeVolume(steadyWith({ volume: 10, close: 9, high: 9 }), 'H1').effortResult).toBe('CONFIRMED');
    expect(analyzeVolume(steadyWith({ volume: 1, close: 9, high: 9 }), 'H1').effortResult).toBe('EASY_MOVE');
    expect(analyzeVolume(steadyWith({ volume: 4 }), 'H1').effortResult).toBe('NEUTRAL');
  });

  it('profiles the last 120 candles, or those there are', () => {
    const heavy = candleAt(0, 900, { volume: 1e9 });
    const lastOf = (count: number) => wave(count).map((candle) => ({ ...candle, time: candle.time + TIMEFRAME_MS.H1 }));
    expect(analyzeVolume([heavy, ...lastOf(120)], 'H1').profile).toEqual(volumeProfile(lastOf(120)));
    expect(analyzeVolume([heavy, ...lastOf(119)], 'H1').profile?.valueAreaHigh).toBe(900);
    expect(analyzeVolume(wave(7), 'H1').profile).toEqual(volumeProfile(wave(7)));
  });

  it('has no average price of a day whose beginning is missing, and one again after midnight', () => {
    const minutes = (count: number) =>
      Array.from({ length: count }, (_, index) => candleAt(0, 5, { time: MIDNIGHT + (600 + index) * TIMEFRAME_MS.M1 }));
    expect(analyzeVolume(minutes(500), 'M1').vwap).toBeNull();
    expect(analyzeVolume(minutes(841), 'M1').vwap).toBe(5);
  });

  it('leaves out an open candle', () => {
    const candles = wave(60);
    const open = candleAt(60, 1, { high: 900, volume: 1e9, closed: false });
    expect(analyzeVolume([...candles, open], 'H1')).toEqual(analyzeVolume(candles, 'H1'));
  });

  it('is null for what is not warm, and NEUTRAL', () => {
    const cold = { obv: 0, cmf: null, mfi: null, vwap: null, relativeVolume: null, effortResult: 'NEUTRAL' };
    expect(analyzeVolume([], 'H1')).toEqual({ ...cold, profile: null });
    expect(analyzeVolume([candleAt(5, 100, { volume: 3 })], 'H1')).toEqual({
      ...cold,
      profile: { poc: 100, valueAreaHigh: 100, valueAreaLow: 100 },
    });
  });

  it('is there where nothing trades', () => {
    const silent = wave(60).map((candle) => ({ ...candle, volume: 0 }));
    expect(analyzeVolume(silent, 'H1')).toEqual({
      ...{ obv: 0, cmf: 0, mfi: 50, vwap: null, relativeVolume: null, effortResult: 'NEUTRAL', profile: null },
    });
  });

  it('is plain JSON, the same every time, over any candles', () => {
    fc.assert(
      fc.property(arbitraryCandles(), (candles) => {
        const analysis = analyzeVolume(candles, 'H1');
        expect(JSON.parse(JSON.stringify(analysis))).toEqual(analysis);
        expect(analyzeVolume(candles, 'H1')).toEqual(analysis);
      }),
    );
  });
});

describe.skipIf(!hasHourlySeries)('analyzeVolume over 15 pairs (needs ../shared/data/binance_1h_2023)', () => {
  it('is whole, with values of the sizes that they can have', () => {
    const series = hasHourlySeries ? readHourlySeries() : [];
    expect(series).toHaveLength(15);
    for (const hourly of series) {
      const candles = aggregate(hourly, 'H4', Infinity).slice(-500);
      const { cmf, mfi, vwap, relativeVolume, profile } = analyzeVolume(candles, 'H4');
      const [low, high] = [Math.min(...candles.map((each) => each.low)), Math.max(...candles.map((each) => each.high))];
      expect(Math.abs(cmf ?? NaN)).toBeLessThan(0.6);
      expect(mfi).toBeGreaterThan(5);
      expect(mfi).toBeLessThan(95);
      expect(relativeVolume).toBeGreaterThan(0.05);
      expect(relativeVolume).toBeLessThan(20);
      for (const price of [vwap, profile?.poc, profile?.valueAreaHigh, profile?.valueAreaLow]) {
        expect(price).toBeGreaterThan(low);
        expect(price).toBeLessThan(high);
      }
      // Most of what traded lies in less than the whole range.
      const { valueAreaHigh, valueAreaLow } = profile ?? { valueAreaHigh: NaN, valueAreaLow: NaN };
      expect(valueAreaHigh - valueAreaLow).toBeLessThan(0.8 * (high - low));
    }
  });
});

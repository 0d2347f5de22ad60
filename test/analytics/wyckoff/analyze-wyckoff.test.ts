import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeWyckoff, type WyckoffAnalysis } from '../../../src/analytics/wyckoff/analyze-wyckoff.js';
import { traceWyckoff } from '../../../src/analytics/wyckoff/trace-wyckoff.js';
import { candleAt, candlesOf } from '../support/candles.js';
import { accumulation, SIGN } from './support/accumulation.js';
import { rangeCandles } from './support/range-candles.js';
import { walks } from './support/walks.js';

describe('analyzeWyckoff', () => {
  it('says phase, sub-phase, confidence, range and events', () => {
    const candles = rangeCandles(110, {
      changes: { 60: { high: 201, low: 192, close: 198, volume: 40 }, 97: { low: 191, close: 195, volume: 8 } },
    });
    const time = (index: number) => candles[index]?.time;
    expect(analyzeWyckoff(candles)).toEqual({
      phase: 'ACCUMULATION',
      subPhase: 'C',
      confidence: 0.9,
      events: [
        { time: time(60), price: 192, kind: 'SC' },
        { time: time(69), price: 205, kind: 'AR' },
        { time: time(79), price: 199, kind: 'ST' },
        { time: time(97), price: 191, kind: 'SPRING', strong: true },
      ],
      range: { support: 195, resistance: 205 },
    });
  });

  it('puts an event that was known late among those of its time', () => {
    const candles = accumulation().map((candle, index) => (index === SIGN + 5 ? { ...candle, high: 212 } : candle));
    const known = traceWyckoff(candles).events.map(({ kind, index }) => `${kind} ${index - SIGN}`);
    expect(known.slice(-3)).toEqual(['SOS 0', 'UPTHRUST 5', 'LPS 4']);
    expect(
      analyzeWyckoff(candles)
        .events.map(({ kind }) => kind)
        .slice(-3),
    ).toEqual(['SOS', 'LPS', 'UPTHRUST']);
  });

  it('leaves out an open candle', () => {
    const candles = rangeCandles(110);
    const open = candleAt(candles.length, 1, { closed: false, high: 400, low: 1, volume: 1e6 });
    expect(analyzeWyckoff([...candles, open])).toEqual(analyzeWyckoff(candles));
  });

  it('is UNKNOWN with confidence 0 over too few candles', () => {
    const nothing: WyckoffAnalysis = { phase: 'UNKNOWN', subPhase: null, confidence: 0, events: [], range: null };
    expect(analyzeWyckoff([])).toEqual(nothing);
    expect(analyzeWyckoff([candleAt(0, 100, { closed: false })])).toEqual(nothing);
    expect(analyzeWyckoff(rangeCandles(79))).toEqual(nothing);
    expect(analyzeWyckoff(rangeCandles(80)).phase).not.toBe('UNKNOWN');
    expect(analyzeWyckoff(candlesOf([100, 0, 100]))).toEqual(nothing);
  });
});

describe('analyzeWyckoff over any walk', () => {
  it('is plain JSON, the same every time', () => {
    fc.assert(
      fc.property(walks, (candles) => {
        const analysis = analyzeWyckoff(candles);
        expect(JSON.parse(JSON.stringify(analysis))).toStrictEqual(analysis);
        expect(analyzeWyckoff(candles)).toEqual(analysis);
      }),
    );
  });

  it('says at each candle the label that the walk over all of them gives it', () => {
    fc.assert(
      fc.property(walks, (candles) => {
        const { labels } = traceWyckoff(candles);
        for (let end = 70; end <= candles.length; end += 13) {
          expect(analyzeWyckoff(candles.slice(0, end))).toMatchObject({ ...labels[end - 1] });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('has its events oldest first, and keeps each', () => {
    fc.assert(
      fc.property(walks, fc.nat(255), (candles, cut) => {
        const { events } = analyzeWyckoff(candles);
        const times = events.map(({ time }) => time);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        const earlier = analyzeWyckoff(candles.slice(0, cut)).events;
        expect(events).toEqual(expect.arrayContaining([...earlier]));
      }),
    );
  });
});

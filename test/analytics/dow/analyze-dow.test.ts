import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeDow, DEGREE_SPANS, type DowAnalysis } from '../../../src/analytics/dow/analyze-dow.js';
import { traceStructure } from '../../../src/analytics/dow/structure.js';
import { candleAt } from '../support/candles.js';
import { turnAt, zigzag } from '../support/zigzag.js';

const RISING = [110, 100, 120, 110, 130, 120, 124];

function confidenceOf(turns: readonly number[], volumeOf?: (index: number) => number): number {
  return analyzeDow(zigzag(turns, volumeOf)).confidence;
}

/** More volume in the legs down than in the legs up. */
const againstUp = (index: number) => (Math.ceil((index - turnAt(0)) / 5) % 2 ? 2 : 1);

describe('analyzeDow', () => {
  it('says trend, swings, events and volume of the minor degree', () => {
    const candles = zigzag(RISING);
    const time = (turn: number) => candles[turnAt(turn)]?.time;
    const analysis = analyzeDow(candles);
    expect(analysis).toMatchObject({
      trend: 'UP',
      swings: [
        { time: time(0), price: 110.5, kind: 'HIGH', label: null },
        { time: time(1), price: 99.5, kind: 'LOW', label: null },
        { time: time(2), price: 120.5, kind: 'HIGH', label: 'HH' },
        { time: time(3), price: 109.5, kind: 'LOW', label: 'HL' },
        { time: time(4), price: 130.5, kind: 'HIGH', label: 'HH' },
        { time: time(5), price: 119.5, kind: 'LOW', label: 'HL' },
      ],
      events: [{ kind: 'BOS_UP', price: 122 }],
      volumeConfirms: true,
    });
    expect(Object.keys(analysis.swings[0] ?? {})).toEqual(['time', 'price', 'kind', 'label']);
  });

  it('says the trend of each degree', () => {
    // A ripple on a wave on a rise: none of the three goes where another does.
    const candles = Array.from({ length: 410 }, (_, index) => {
      const close = 1_000 + 0.3 * index + 42 * Math.sin(index / 22) + 10 * Math.sin(index / 5.5);
      return candleAt(index, close, { high: close + 1, low: close - 1 });
    });
    expect(analyzeDow(candles).degrees).toEqual([
      { degree: 'MINOR', trend: 'SIDEWAYS' },
      { degree: 'SECONDARY', trend: 'DOWN' },
      { degree: 'PRIMARY', trend: 'UP' },
    ]);
  });

  it('leaves out an open candle', () => {
    const candles = zigzag(RISING);
    const open = candleAt(candles.length, 1, { closed: false });
    expect(analyzeDow([...candles, open])).toEqual(analyzeDow(candles));
  });

  it('is UNKNOWN with confidence 0 over too few candles', () => {
    const nothing: DowAnalysis = {
      trend: 'UNKNOWN',
      confidence: 0,
      swings: [],
      events: [],
      degrees: [
        { degree: 'MINOR', trend: 'UNKNOWN' },
        { degree: 'SECONDARY', trend: 'UNKNOWN' },
        { degree: 'PRIMARY', trend: 'UNKNOWN' },
      ],
      volumeConfirms: null,
    };
    expect(analyzeDow([])).toEqual(nothing);
    expect(analyzeDow([candleAt(0, 100, { closed: false })])).toEqual(nothing);
    expect(analyzeDow(zigzag([100]).slice(0, 10))).toEqual(nothing);
  });
});

describe('the confidence of analyzeDow', () => {
  it('is 0.6 with two swings that confirm the trend', () => {
    expect(confidenceOf([110, 100, 120, 110, 114], againstUp)).toBe(0.6);
  });

  it('grows by 0.1 with each further one, up to four', () => {
    expect(confidenceOf([110, 100, 120, 110, 130, 120, 124], againstUp)).toBe(0.8);
    expect(confidenceOf([110, 100, 120, 110, 130, 120, 140, 130, 134], againstUp)).toBe(0.8);
  });

  it('counts only swings in a row', () => {
    // The low of 95 is a LL: what came before it no longer counts.
    expect(confidenceOf([110, 100, 120, 110, 130, 95, 140, 130, 134], againstUp)).toBe(0.6);
  });

  it('grows by 0.1 with volume', () => {
    expect(confidenceOf([110, 100, 120, 110, 114])).toBe(0.7);
  });

  it('grows by 0.1 on the side of the mean of 200', () => {
    const turns = Array.from({ length: 42 }, (_, turn) => 100 + 10 * turn - (turn % 2 ? 15 : 0));
    expect(analyzeDow(zigzag(turns, againstUp)).trend).toBe('UP');
    expect(confidenceOf(turns, againstUp)).toBe(0.9);
    expect(confidenceOf(turns)).toBe(1);
    expect(confidenceOf(turns.slice(-30), againstUp)).toBe(0.8);
  });

  it('is 0.4 where the trend is SIDEWAYS', () => {
    const analysis = analyzeDow(zigzag([110, 100, 120, 90, 100]));
    expect(analysis).toMatchObject({ trend: 'SIDEWAYS', confidence: 0.4, volumeConfirms: null });
  });
});

describe('analyzeDow over any walk', () => {
  const steps = fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 150 });
  const candlesAlong = (walk: readonly number[]) => {
    let close = 500;
    return walk.map((step, index) => {
      close += step;
      return candleAt(index, close, { high: close + 1, low: close - 1, volume: Math.abs(step) });
    });
  };

  it('is plain JSON, the same every time, with a confidence from 0 to 1', () => {
    fc.assert(
      fc.property(steps, (walk) => {
        const analysis = analyzeDow(candlesAlong(walk));
        expect(JSON.parse(JSON.stringify(analysis))).toEqual(analysis);
        expect(analyzeDow(candlesAlong(walk))).toEqual(analysis);
        expect(analysis.confidence).toBeGreaterThanOrEqual(0);
        expect(analysis.confidence).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('says at each candle the trend that the walk over all of them gives it', () => {
    fc.assert(
      fc.property(steps, (walk) => {
        const candles = candlesAlong(walk);
        const { trends } = traceStructure(candles, DEGREE_SPANS.MINOR);
        for (let end = 1; end <= candles.length; end += 10) {
          expect(analyzeDow(candles.slice(0, end)).trend).toBe(trends[end - 1]);
        }
      }),
      { numRuns: 30 },
    );
  });
});

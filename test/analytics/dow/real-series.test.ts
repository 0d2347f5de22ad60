import { describe, expect, it } from 'vitest';
import { DEGREE_SPANS } from '../../../src/analytics/dow/analyze-dow.js';
import { traceStructure, type Structure, type Trend } from '../../../src/analytics/dow/structure.js';
import { aggregate } from '../../../src/market/aggregate.js';
import { hasHourlySeries, readHourlySeries } from '../support/shared-data.js';

/**
 * Four-hour candles of 15 pairs in 2023. The figures are those that a prototype of the same rules gave over the same candles: they say
 * that the trend is not degenerate, not that it is right.
 */
describe.skipIf(!hasHourlySeries)('the minor degree over 15 pairs (needs ../shared/data/binance_1h_2023)', () => {
  const structures: Structure[] = hasHourlySeries
    ? readHourlySeries().map((candles) => traceStructure(aggregate(candles, 'H4', Infinity), 3))
    : [];
  const trends = structures.flatMap((structure) => structure.trends);

  it('is read from 2,178 candles each', () => {
    expect(structures.map((structure) => structure.trends.length)).toEqual(Array(15).fill(2_178));
  });

  it.each<[Trend, number, number]>([
    ['UP', 26, 2],
    ['DOWN', 24, 2],
    ['SIDEWAYS', 48.5, 2],
    ['UNKNOWN', 1.3, 1],
  ])('is %s in %d %% of the candles, within %d points', (trend, percent, points) => {
    const share = (100 * trends.filter((each) => each === trend).length) / trends.length;
    expect(Math.abs(share - percent)).toBeLessThanOrEqual(points);
  });

  it('has about 330 swings a pair', () => {
    const mean = structures.reduce((sum, { swings }) => sum + swings.length, 0) / structures.length;
    expect(Math.abs(mean - 330)).toBeLessThanOrEqual(10);
  });

  it('breaks both ways, with and against the trend', () => {
    const kinds = new Set(structures.flatMap(({ events }) => events.map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual(['BOS_DOWN', 'BOS_UP', 'CHOCH_DOWN', 'CHOCH_UP']);
  });
});

describe.skipIf(!hasHourlySeries)('Dow over 15 pairs (needs ../shared/data/binance_1h_2023)', () => {
  const series = hasHourlySeries ? readHourlySeries().map((candles) => aggregate(candles, 'H4', Infinity)) : [];

  it.each(Object.entries(DEGREE_SPANS))(
    'never changes what it said at the %s degree when candles are added',
    (_, span) => {
      expect(series).toHaveLength(15);
      for (const candles of series) {
        const whole = traceStructure(candles, span);
        for (let end = 100; end < candles.length; end += 211) {
          const { swings, events, trends } = traceStructure(candles.slice(0, end), span);
          expect(trends).toEqual(whole.trends.slice(0, end));
          expect(events).toEqual(whole.events.slice(0, events.length));
          expect(swings.slice(0, -1)).toEqual(whole.swings.slice(0, Math.max(0, swings.length - 1)));
          // And none of them is of a candle that was not there: the next event is of a later one.
          const next = whole.events[events.length];
          if (next) expect(next.time).toBeGreaterThan(candles[end - 1]?.time ?? NaN);
        }
      }
    },
  );
});

import { describe, expect, it } from 'vitest';
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

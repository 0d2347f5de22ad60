import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceWyckoff, type WyckoffTrace } from '../../../src/analytics/wyckoff/trace-wyckoff.js';
import type { WyckoffEventKind } from '../../../src/analytics/wyckoff/event.js';
import type { WyckoffPhase } from '../../../src/analytics/wyckoff/phase.js';
import { aggregate } from '../../../src/market/aggregate.js';
import { hasHourlySeries, readHourlySeries } from '../support/shared-data.js';

/**
 * Four-hour candles of 15 pairs in 2023. The figures are those that a prototype of the same rules gave over the same candles: they say
 * that no label is degenerate, not that any is right.
 */
describe.skipIf(!hasHourlySeries)('phases over 15 pairs (needs ../shared/data/binance_1h_2023)', () => {
  const series = hasHourlySeries ? readHourlySeries().map((candles) => aggregate(candles, 'H4', Infinity)) : [];
  const traces: WyckoffTrace[] = series.map(traceWyckoff);
  const labels = traces.flatMap((trace) => trace.labels);
  const events = traces.flatMap((trace) => trace.events);
  const countOf = (kind: WyckoffEventKind) => events.filter((event) => event.kind === kind).length;

  it('are read from 32,670 candles', () => {
    expect(labels).toHaveLength(32_670);
  });

  it.each<[WyckoffPhase, number]>([
    ['MARKUP', 26.5],
    ['MARKDOWN', 24.8],
    ['RANGE', 13.1],
    ['DISTRIBUTION', 11.9],
    ['ACCUMULATION', 11.6],
    ['TRANSITION', 8.4],
    ['UNKNOWN', 3.6],
  ])('are %s in %d %% of the candles', (phase, percent) => {
    const share = (100 * labels.filter((label) => label.phase === phase).length) / labels.length;
    expect(Math.abs(share - percent)).toBeLessThanOrEqual(0.1);
  });

  it.each<[WyckoffEventKind, number]>([
    ['SPRING', 256],
    ['UPTHRUST', 303],
  ])('have %s about %d times', (kind, count) => {
    expect(Math.abs(countOf(kind) - count)).toBeLessThanOrEqual(3);
  });

  it.each<WyckoffEventKind>(['SC', 'BC', 'AR', 'ST', 'SOS', 'SOW', 'LPS', 'LPSY'])(
    'have %s in some pairs and not all the time',
    (kind) => {
      expect(countOf(kind)).toBeGreaterThan(50);
      expect(countOf(kind)).toBeLessThan(600);
    },
  );

  it('go through every sub-phase', () => {
    expect(new Set(labels.map(({ subPhase }) => subPhase))).toEqual(new Set(['A', 'B', 'C', 'D', 'E', null]));
  });

  it('never change by candles that come later', () => {
    fc.assert(
      fc.property(fc.nat(14), fc.integer({ min: 80, max: 2_177 }), (pair, cut) => {
        const whole = traces[pair];
        const { labels, events } = traceWyckoff((series[pair] ?? []).slice(0, cut));
        expect(whole?.labels.slice(0, cut)).toEqual(labels);
        expect(whole?.events.filter(({ knownAt }) => knownAt < cut)).toEqual(events);
      }),
      { numRuns: 60 },
    );
  });
});

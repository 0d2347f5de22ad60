import { describe, expect, it } from 'vitest';
import type { Instrument } from '../../src/market/instrument.js';
import type { Timeframe } from '../../src/market/timeframe.js';
import { usualTimeframe } from '../../src/market/usual-timeframe.js';

/** Of symbols with the timeframes that they have; others are asked for with `symbols`. */
function usualOf(
  having: Readonly<Record<string, readonly Timeframe[]>>,
  timeframes: readonly Timeframe[],
  symbols = Object.keys(having),
) {
  return usualTimeframe(
    symbols,
    timeframes,
    Object.entries(having).map(([symbol, timeframes]) => instrument(symbol, timeframes)),
  );
}

function instrument(symbol: string, timeframes: readonly Timeframe[]): Instrument {
  const steps = { priceIncrement: '0.01', quantityIncrement: '1' };
  return { symbol, name: symbol, base: symbol, quote: null, exchange: null, status: 'ONLINE', ...steps, timeframes };
}

describe('usualTimeframe', () => {
  it('is H4 or D1 where half of the symbols have it, though all have a longer one, and puts these first', () => {
    const having = { A: ['MN1'], B: ['D1', 'W1', 'MN1'] } as const;
    expect(usualOf(having, ['D1', 'W1', 'MN1'])).toEqual({ timeframe: 'D1', symbols: ['B', 'A'] });
  });

  it('is what most of the symbols have where fewer than half have these', () => {
    const having = { A: ['H4', 'D1'], B: ['W1'], C: ['MN1'], D: ['W1', 'MN1'], E: ['W1'] } as const;
    const usual = usualOf(having, ['H4', 'D1', 'W1', 'MN1']);
    expect(usual).toEqual({ timeframe: 'W1', symbols: ['B', 'D', 'E', 'A', 'C'] });
  });

  it('is of those that tie H4, then D1, then the shortest', () => {
    const all = ['M5', 'H4', 'D1', 'W1'] as const;
    expect(usualOf({ A: all }, all).timeframe).toBe('H4');
    expect(usualOf({ A: ['M5', 'D1', 'W1'] }, ['M5', 'D1', 'W1']).timeframe).toBe('D1');
    expect(usualOf({ A: ['H1', 'W1'] }, ['H1', 'W1']).timeframe).toBe('H1');
  });

  it('counts the symbols that are asked for alone', () => {
    const having = { A: ['W1'], B: ['H4'], C: ['H4'] } as const;
    expect(usualOf(having, ['H4', 'W1'], ['A'])).toEqual({ timeframe: 'W1', symbols: ['A'] });
  });

  it('is one that the source has where nothing is known of the symbols', () => {
    expect(usualOf({}, ['M1', 'H4', 'D1'], ['A', 'B'])).toEqual({ timeframe: 'H4', symbols: ['A', 'B'] });
    expect(usualOf({}, ['M1', 'D1'], ['A']).timeframe).toBe('D1');
    expect(usualOf({}, ['H6', 'W1'], ['A']).timeframe).toBe('H6');
  });
});

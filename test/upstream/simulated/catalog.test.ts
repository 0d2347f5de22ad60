import { describe, expect, it } from 'vitest';
import { CATALOG } from '../../../src/upstream/simulated/catalog.js';

describe('the catalog', () => {
  it('lists 243 pairs, none twice', () => {
    expect(CATALOG).toHaveLength(243);
    expect(new Set(CATALOG.map(({ symbol }) => symbol)).size).toBe(243);
  });

  it('begins with the pairs of an overview', () => {
    const first = CATALOG.slice(0, 15).map(({ symbol }) => symbol);
    expect(first.slice(0, 3)).toEqual(['BTC-USD', 'ETH-USD', 'SOL-USD']);
    expect(first.every((symbol) => symbol.endsWith('-USD'))).toBe(true);
  });

  it('names a pair by its base and its quote', () => {
    for (const { symbol, base, quote, name } of CATALOG) {
      expect(symbol).toBe(`${base}-${quote}`);
      expect(symbol).toMatch(/^[A-Z0-9]{1,8}-[A-Z]{3,4}$/);
      expect(name, symbol).toMatch(/^[\w].*[^*]$/);
    }
  });

  it('counts the prices of most pairs in dollars', () => {
    expect(CATALOG.filter(({ quote }) => quote === 'USD').length).toBeGreaterThan(220);
    expect(new Set(CATALOG.map(({ quote }) => quote)).size).toBeGreaterThan(1);
  });

  it('gives a price four digits or more to move in, and a quantity a value of cents at most', () => {
    for (const { symbol, typicalPrice, priceDecimals, quantityDecimals, quote } of CATALOG) {
      expect(typicalPrice * 10 ** priceDecimals, symbol).toBeGreaterThanOrEqual(10_000);
      if (quote === 'USD') expect(typicalPrice / 10 ** quantityDecimals, symbol).toBeLessThan(0.01);
    }
  });

  it('makes what trades little the wilder, and what is pegged calm', () => {
    const volatility = (symbol: string) => CATALOG.find((listing) => listing.symbol === symbol)?.volatility ?? NaN;
    expect(volatility('BTC-USD')).toBeLessThan(volatility('ATOM-USD'));
    expect(volatility('ATOM-USD')).toBeLessThan(volatility('MLN-USD'));
    expect(volatility('DAI-USD')).toBeLessThan(0.001);
  });
});

import { describe, expect, it } from 'vitest';
import { splitPair } from '../../../src/upstream/csv/pair.js';

describe('splitPair', () => {
  it.each([
    ['BTC-USD', 'BTC', 'USD'],
    ['BTC/USDT', 'BTC', 'USDT'],
    ['BTC_USDT', 'BTC', 'USDT'],
    ['BTCUSDT', 'BTC', 'USDT'],
    ['btcusdt', 'btc', 'usdt'],
    ['BTCFDUSD', 'BTC', 'FDUSD'],
    ['SHIBUSDT', 'SHIB', 'USDT'],
    ['TUSDT', 'T', 'USDT'],
    ['ETHBTC', 'ETH', 'BTC'],
    ['EURUSD', 'EUR', 'USD'],
    ['USDT-USD', 'USDT', 'USD'],
  ])('%s is %s in %s', (symbol, base, quote) => {
    expect(splitPair(symbol)).toEqual({ base, quote });
  });

  it.each(['GOOG', 'BRK-B', 'NSE:INFY', 'USDT', 'BUSD', 'FDUSD', 'METH', 'default'])('%s has no quote', (symbol) => {
    expect(splitPair(symbol)).toEqual({ base: symbol, quote: null });
  });
});

import { describe, expect, it } from 'vitest';
import { fileSymbol } from '../../../src/upstream/csv/file-symbol.js';

describe('fileSymbol', () => {
  it.each([
    ['Binance_ATOMUSDT_d.csv', 'ATOMUSDT', 'Binance'],
    ['BTC-USD-1d.csv', 'BTC-USD', null],
    ['GOOG.csv', 'GOOG', null],
    ['BTCUSDT_1h.csv.gz', 'BTCUSDT', null],
    ['BTCUSDT_1H.CSV.GZ', 'BTCUSDT', null],
    ['BTC_USDT_15m.csv', 'BTC_USDT', null],
    ['BTC_USDT.csv', 'BTC_USDT', null],
    ['ETH_BUSD.csv', 'ETH_BUSD', null],
    ['Coinbase_BTC-USD_1h.csv', 'BTC-USD', 'Coinbase'],
    ['bitstamp_BTC_USD_minute.csv', 'BTC_USD', 'bitstamp'],
    ['NYSE_BRK-B_daily.csv', 'BRK-B', 'NYSE'],
    ['NASDAQ-GOOG.csv', 'GOOG', 'NASDAQ'],
    ['Someplace_ATOMUSDT_d.csv', 'ATOMUSDT', 'Someplace'],
    ['Someplace_ATOM-USDT_d.csv', 'ATOM-USDT', 'Someplace'],
    ['BTCUSDT-1h-2024-01.csv', 'BTCUSDT', null],
    ['BTCUSDT-1m-2024-01-31.csv', 'BTCUSDT', null],
    ['EURUSD_M15.csv', 'EURUSD', null],
    ['EURUSD_MN1.csv', 'EURUSD', null],
    ['BRK-B.csv', 'BRK-B', null],
    ['BRK-D.csv', 'BRK-D', null],
    ['ES-H24.csv', 'ES-H24', null],
    ['1d.csv', '1d', null],
  ])('%s is %s of %s', (file, symbol, exchange) => {
    expect(fileSymbol(file)).toEqual({ symbol, exchange });
  });
});

import { withoutExtension } from './find-csv-files.js';
import { splitPair } from './pair.js';

/** What a file's name says of what it holds. */
export interface FileSymbol {
  readonly symbol: string;
  /** As the name spells it; null where it names none. */
  readonly exchange: string | null;
}

/** `_1h`, `-1d`, `_daily`, `_M15`, with the month or day of a dump after it; a letter alone (`_d`) only after `_`: BRK-D is a share. */
const TIMEFRAME =
  /(?:[-_ ](?:\d+ ?(?:s|m|min|minutes?|h|hr|hours?|d|days?|w|wk|weeks?|mo|mon|months?)|minute|hourly|hour|daily|day|weekly|week|monthly|month|m1|m5|m15|m30|h1|h2|h4|h6|h12|d1|w1|mn1)|_[mhdw])(?:[-_]\d{4}-\d\d(?:-\d\d)?)?$/i;

const EXCHANGES =
  /^(binance(?:us)?|bitfinex|bitflyer|bitget|bithumb|bitmex|bitstamp|bittrex|bse|bybit|cexio|coinbase(?:pro)?|cryptocom|deribit|exmo|ftx|gateio|gdax|gemini|hitbtc|huobi|htx|itbit|kraken|kucoin|lse|mexc|nasdaq|nse|nyse|okcoin|okex|okx|poloniex|upbit)[-_ ](.+)$/i;

/** What stands before a whole pair is taken for an exchange that the list above has not. */
const BEFORE_PAIR = /^([^-_ ]+)[_ ]([^-_ ]{5,}|[^-_ ]+-[^-_ ]+)$/;

/**
 * `Binance_ATOMUSDT_d.csv` is ATOMUSDT of Binance, `BTC-USD-1d.csv` BTC-USD, `GOOG.csv` GOOG, `BTCUSDT-1h-2024-01.csv.gz` BTCUSDT.
 * For files without a symbol column.
 */
export function fileSymbol(fileName: string): FileSymbol {
  const name = withoutExtension(fileName).replace(TIMEFRAME, '');
  const [, exchange, symbol] = EXCHANGES.exec(name) ?? [];
  if (exchange && symbol) return { symbol, exchange };
  const [, prefix, pair] = BEFORE_PAIR.exec(name) ?? [];
  if (prefix && pair && splitPair(pair).quote !== null) return { symbol: pair, exchange: prefix };
  return { symbol: name, exchange: null };
}

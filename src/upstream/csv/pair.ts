/** The two sides of a symbol; what has no quote that we know (a share, say) is its own base. */
export interface Pair {
  readonly base: string;
  readonly quote: string | null;
}

/** Longer ones first, so that a suffix is not taken for a shorter one: FDUSD before USD. */
const QUOTES = [
  ...['FDUSD', 'USDT', 'USDC', 'BUSD', 'TUSD', 'USDP', 'USDE', 'USDS', 'PYUSD', 'GUSD'],
  ...[
    'USD',
    'EUR',
    'GBP',
    'JPY',
    'CHF',
    'AUD',
    'CAD',
    'NZD',
    'TRY',
    'BRL',
    'RUB',
    'UAH',
    'KRW',
    'INR',
    'IDR',
    'ZAR',
    'MXN',
  ],
  ...['PLN', 'SGD', 'HKD', 'CNY', 'CNH', 'SEK', 'NOK', 'DKK', 'CZK', 'HUF', 'ARS', 'NGN', 'THB', 'PHP', 'VND'],
  ...['BTC', 'XBT', 'ETH', 'BNB', 'DAI'],
].sort((a, b) => b.length - a.length);
const KNOWN: ReadonlySet<string> = new Set(QUOTES);

/** `BTC-USD` and `BTC/USD` by their separator, `BTCUSDT` by its end; of `BRK-B` and `GOOG` the quote is null. */
export function splitPair(symbol: string): Pair {
  const separated = /^([^-/_:]+)[-/_:]([^-/_:]+)$/.exec(symbol);
  if (separated) {
    const [, base = symbol, quote = ''] = separated;
    return KNOWN.has(quote.toUpperCase()) ? { base, quote } : { base: symbol, quote: null };
  }
  const upper = symbol.toUpperCase();
  const quote = KNOWN.has(upper) ? undefined : QUOTES.find((known) => endsIn(upper, known));
  if (quote === undefined) return { base: symbol, quote: null };
  return { base: symbol.slice(0, -quote.length), quote: symbol.slice(-quote.length) };
}

/** Private: a single letter stays before a stablecoin alone (TUSDT); METH is no pair, and WBTC none either. */
function endsIn(symbol: string, quote: string): boolean {
  return symbol.endsWith(quote) && symbol.length - quote.length >= (quote.length > 3 ? 1 : 2);
}

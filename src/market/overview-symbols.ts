import type { Instrument } from './instrument.js';
import type { MarketData } from './market-data.js';

/** The bases of an overview that nobody chose, in order. */
const BASES = [
  'BTC',
  'ETH',
  'SOL',
  'XRP',
  'ADA',
  'DOGE',
  'AVAX',
  'DOT',
  'LINK',
  'LTC',
  'MATIC',
  'UNI',
  'ATOM',
  'AAVE',
  'BCH',
];
const QUOTES = ['USD', 'USDT', 'USDC', 'EUR'];

/**
 * The pairs of an overview that names none: those that were configured, else those of a fixed list of 15 that the source has, filled up
 * by the volume of the last 24 h in the quote. Without `instruments`, of a source that does not answer, the fixed list against USD.
 */
export async function chooseOverviewSymbols(
  market: MarketData,
  instruments: readonly Instrument[] | undefined,
  configured: readonly string[] | undefined,
): Promise<readonly string[]> {
  if (!instruments) return configured ?? BASES.map((base) => `${base}-USD`);
  const spelling = new Map(instruments.map(({ symbol }) => [symbol.toUpperCase(), symbol]));
  if (configured) return configured.map((symbol) => spelling.get(symbol.toUpperCase()) ?? symbol);
  const known = BASES.flatMap((base) => {
    const found = QUOTES.flatMap((quote) => spelling.get(`${base}-${quote}`) ?? spelling.get(`${base}${quote}`) ?? []);
    return found.slice(0, 1);
  });
  const missing = BASES.length - known.length;
  if (missing === 0) return known;
  const others = instruments.map(({ symbol }) => symbol).filter((symbol) => !known.includes(symbol));
  return [...known, ...(await byVolume(market, others)).slice(0, missing)];
}

/** Private: most traded first; asked only where there is a choice to make, of the first few hundred. */
async function byVolume(market: MarketData, symbols: readonly string[]): Promise<readonly string[]> {
  if (symbols.length <= 1) return symbols;
  const tickers = await market.tickers(symbols.slice(0, 500));
  const traded = new Map<string, number>();
  for (const ticker of tickers) {
    if (!(ticker instanceof Error)) traded.set(ticker.symbol, (ticker.volume24h ?? 0) * ticker.price);
  }
  return [...symbols].sort((a, b) => (traded.get(b) ?? 0) - (traded.get(a) ?? 0));
}

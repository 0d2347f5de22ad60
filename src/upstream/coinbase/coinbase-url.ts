/** The public interface of Coinbase Exchange. Alone in its file: configuration reads it, and loads nothing else. */
export const COINBASE_URL = 'https://api.exchange.coinbase.com';

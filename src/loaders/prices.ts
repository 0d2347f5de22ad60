import type { PolicyOptions } from '../cache/index.js';
import type { Ticker } from '../market/instrument.js';

export interface SymbolKey extends Readonly<Record<string, unknown>> {
  readonly symbol: string;
}

/** What an instrument last traded at. */
export const pricePolicy: PolicyOptions<Ticker> = {
  name: 'Query.price',
  ttl: '5s',
  ttlName: 'PRICE',
  alone: 'ttl',
  tags: ['price:{$args.symbol}'],
  refreshable: true,
};
